// What waits to fly: taken in batches that are bounded in entries and bytes. Callers who wait for acceptance do not wait
// for ever.
import { appError } from "../errors.js";
import type { Entry } from "./entries.js";

export interface Accepted {
  execution_id: string;
  /** True: the key was taken, `execution_id` is the execution that holds it. */
  duplicate: boolean;
}

export interface Pending {
  entry: Entry;
  bytes: number;
  /** Monotonic time after which an acceptance is refused. */
  giveUpAt: number;
  /** The caller was told no; whether it is stored is not known yet. */
  refused: boolean;
  resolve(accepted: Accepted | undefined): void;
  reject(error: unknown): void;
}

const maxEntries = 1000;
const maxBytes = 8 * 1024 * 1024;

export class WaitingLine {
  #line: Pending[] = [];
  #bytes = 0;

  get length(): number {
    return this.#line.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(pending: Pending): void {
    this.#line.push(pending);
    this.#bytes += pending.bytes;
  }

  /** The next batch. */
  take(): Pending[] {
    let bytes = 0;
    let count = 0;
    for (const pending of this.#line) {
      if (count >= maxEntries || (count > 0 && bytes + pending.bytes > maxBytes)) break;
      bytes += pending.bytes;
      count += 1;
    }
    this.#bytes -= bytes;
    return this.#line.splice(0, count);
  }

  takeAll(): Pending[] {
    this.#bytes = 0;
    return this.#line.splice(0);
  }

  /** Refuses callers in the line whose time is up, who then leave it. */
  refuseLate(now: number): void {
    refuseLate(this.#line, now);
    this.#line = this.#line.filter(({ refused, bytes }) => {
      if (refused) this.#bytes -= bytes;
      return !refused;
    });
  }
}

/** Tells those no whose time for acceptance is up. */
export const refuseLate = (batch: readonly Pending[], now: number): void => {
  for (const pending of batch) {
    if (!pending.entry.accept || pending.refused || now < pending.giveUpAt) continue;
    pending.refused = true;
    pending.reject(unavailable("The database is not available; try again later."));
  }
};

export const unavailable = (message: string) =>
  appError("SERVICE_UNAVAILABLE", message, { headers: { "retry-after": "2" } });
