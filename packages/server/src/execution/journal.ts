// The journal: the only writer of executions. What all executions of this process want to store at a moment goes down
// in one statement (group commit); each of them goes on when its own line is durable.
//
// J1. An entry is written whole or not at all, and answered only when it is durable.
// J2. An execution has at most one entry under way; so its events reach the database in order.
// J3. At most two flights are under way, each bounded in entries and bytes; what comes meanwhile waits for the next.
// J4. A flight without a lease writes nothing: this process has been declared dead and must stop (Fenced).
// J5. When a flight's outcome is unknown, what it wrote is read back before anything is sent again.
// J6. A record that the database refuses fails alone: its flight is repeated entry by entry.
// J7. What is not stored in time is refused to callers who wait for acceptance; running executions wait as long as it takes.
import type { Clock } from "../clock.js";
import { appError } from "../errors.js";
import type { Pool } from "../store/database.js";
import { databaseFailure } from "../store/database-failure.js";
import {
  type AcceptRecord,
  type EventRecord,
  type FinishRecord,
  type Flight,
  type FlightResult,
  findByKeys,
  keyName,
  type ParkRecord,
  storedOf,
  writeFlight,
} from "../store/flight.js";

/** This process no longer holds the execution, or its lease: somebody else goes on. */
export class Fenced extends Error {
  override readonly name = "Fenced";
}

/** What one execution wants to store: its acceptance, or a few events and perhaps its rest or end. */
export interface Entry {
  accept?: AcceptRecord;
  events?: readonly EventRecord[];
  park?: ParkRecord;
  finish?: FinishRecord;
}

export interface Accepted {
  execution_id: string;
  /** True: the key was taken, `execution_id` is the execution that holds it. */
  duplicate: boolean;
}

interface Pending {
  entry: Entry;
  bytes: number;
  /** Monotonic time after which an acceptance is refused. */
  giveUpAt: number;
  resolve(accepted: Accepted | undefined): void;
  reject(error: unknown): void;
}

export interface JournalOptions {
  pool: Pool;
  workerId: string;
  clock: Clock;
  /** Called once when the lease is gone (J4). */
  onFenced(): void;
  onFlight?(entries: number, bytes: number, milliseconds: number): void;
  warn(message: string): void;
}

const maxFlights = 2;
const maxEntries = 1000;
const maxBytes = 8 * 1024 * 1024;
/** More than this in waiting, and new executions are refused. */
const maxPendingBytes = 64 * 1024 * 1024;
const acceptPatienceMs = 5000;

const sizeOf = ({ accept, events = [], finish }: Entry): number =>
  200 +
  (accept ? 400 + accept.first.data.length + (accept.finish ? finishSize(accept.finish) : 0) : 0) +
  events.reduce((sum, { data }) => sum + data.length + 80, 0) +
  (finish ? finishSize(finish) : 0);

const finishSize = (finish: FinishRecord): number =>
  300 +
  finish.node_states.length +
  finish.final_variables.length +
  finish.execution_path.length +
  (finish.final_output?.length ?? 0);

const toFlight = (batch: readonly Pending[]): Flight => ({
  accepts: batch.flatMap(({ entry }) => entry.accept ?? []),
  events: batch.flatMap(({ entry }) => entry.events ?? []),
  parks: batch.flatMap(({ entry }) => entry.park ?? []),
  finishes: batch.flatMap(({ entry }) => entry.finish ?? []),
});

/** The primary key (execution, sequence) was there already: the last line of defence against two writers. */
const isTaken = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  error.code === "23505" &&
  "table" in error &&
  error.table === "workflow_execution_events";

export class Journal {
  readonly #options: JournalOptions;
  #waiting: Pending[] = [];
  #waitingBytes = 0;
  #flights = 0;
  #scheduled = false;
  #fenced = false;
  #workerId: string;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#workerId = options.workerId;
  }

  /** Stores an execution and its first event. Throws SERVICE_UNAVAILABLE when the database does not take it in time. */
  async accept(record: AcceptRecord): Promise<Accepted> {
    if (this.#waitingBytes > maxPendingBytes)
      throw appError("SERVICE_UNAVAILABLE", "The journal is full; try again later.", {
        headers: { "retry-after": "1" },
      });
    return (await this.#submit({ accept: record })) as Accepted;
  }

  /** Stores what happened to an execution held under this lease. Throws Fenced when it is no longer held. */
  async append(lease: string, entry: Omit<Entry, "accept">): Promise<void> {
    if (lease !== this.#workerId) throw new Fenced("the execution was held under a lease that is gone");
    await this.#submit(entry);
  }

  /** Goes on under a new lease, after the old one was lost. What was under way stays refused. */
  renew(workerId: string): void {
    this.#workerId = workerId;
    this.#fenced = false;
  }

  /** How much waits to be written. */
  get depth(): { entries: number; bytes: number; flights: number } {
    return { entries: this.#waiting.length, bytes: this.#waitingBytes, flights: this.#flights };
  }

  #submit(entry: Entry): Promise<Accepted | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#fenced) return reject(new Fenced("the worker's lease is gone"));
      const bytes = sizeOf(entry);
      this.#waiting.push({
        entry,
        bytes,
        giveUpAt: this.#options.clock.monotonic() + acceptPatienceMs,
        resolve,
        reject,
      });
      this.#waitingBytes += bytes;
      this.#schedule();
    });
  }

  /** Lets everything that is submitted in this turn of the event loop fly together. */
  #schedule(): void {
    if (this.#scheduled || this.#flights >= maxFlights || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#flights >= maxFlights) return;
      const batch = this.#take();
      if (batch.length === 0) return;
      this.#flights += 1;
      void this.#fly(batch).finally(() => {
        this.#flights -= 1;
        this.#schedule();
      });
      this.#schedule();
    });
  }

  #take(): Pending[] {
    let bytes = 0;
    let count = 0;
    for (const pending of this.#waiting) {
      if (count >= maxEntries || (count > 0 && bytes + pending.bytes > maxBytes)) break;
      bytes += pending.bytes;
      count += 1;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  /** Brings a batch to its end: written, refused, or read back and sent again until the database answers. */
  async #fly(first: Pending[]): Promise<void> {
    let batch = first;
    for (let attempt = 0; batch.length > 0; attempt += 1) {
      try {
        const begun = this.#options.clock.monotonic();
        const result = await writeFlight(this.#options.pool, this.#workerId, toFlight(batch));
        this.#options.onFlight?.(
          batch.length,
          batch.reduce((sum, { bytes }) => sum + bytes, 0),
          this.#options.clock.monotonic() - begun,
        );
        return await this.#landed(batch, result);
      } catch (error) {
        if (databaseFailure(error) === "other") return await this.#apart(batch, error);
        if (attempt === 0)
          this.#options.warn(
            `The database did not take a flight of ${batch.length}: ${error instanceof Error ? error.message : error}`,
          );
        await this.#pause(Math.min(2000, 50 * 2 ** attempt));
        batch = await this.#readBack(batch);
      }
    }
  }

  async #landed(batch: readonly Pending[], result: FlightResult): Promise<void> {
    if (!result.leased) return this.#fence(batch);
    const taken = batch.filter(({ entry }) => entry.accept && !result.accepted.has(entry.accept.execution_id));
    const holders = taken.length > 0 ? await this.#holders(taken) : new Map<string, string>();
    for (const { entry, resolve, reject } of batch) {
      const release = entry.park ?? entry.finish;
      if (entry.accept) {
        const { dedupe_source: source, dedupe_key: key, execution_id } = entry.accept;
        const holder = result.accepted.has(execution_id) ? execution_id : holders.get(keyName(source ?? "", key ?? ""));
        if (holder === undefined)
          reject(appError("SERVICE_UNAVAILABLE", "The execution could not be stored; try again."));
        else resolve({ execution_id: holder, duplicate: holder !== execution_id });
      } else if (release && !result.released.has(release.execution_id))
        reject(new Fenced(`execution ${release.execution_id} is held by another worker`));
      else resolve(undefined);
    }
  }

  async #holders(taken: readonly Pending[]): Promise<Map<string, string>> {
    const keys = taken.map(({ entry }) => ({
      source: entry.accept?.dedupe_source ?? "",
      key: entry.accept?.dedupe_key ?? "",
    }));
    return findByKeys(this.#options.pool, keys);
  }

  #fence(batch: readonly Pending[]): void {
    const error = new Fenced("the worker's lease is gone");
    const all = [...batch, ...this.#waiting.splice(0)];
    this.#waitingBytes = 0;
    for (const { reject, entry } of all)
      reject(entry.accept ? appError("SERVICE_UNAVAILABLE", "This worker is being replaced; try again.") : error);
    if (this.#fenced) return;
    this.#fenced = true;
    this.#options.onFenced();
  }

  /** J6: one at a time, so that only what is really refused fails. */
  async #apart(batch: readonly Pending[], error: unknown): Promise<void> {
    if (batch.length === 1)
      return batch[0]?.reject(isTaken(error) ? new Fenced("another worker wrote this event") : error);
    for (const pending of batch) await this.#fly([pending]);
  }

  /** J5: answers what turns out to be stored, refuses acceptances whose time is up, and gives back what must be sent again. */
  async #readBack(batch: readonly Pending[]): Promise<Pending[]> {
    try {
      const stored = await storedOf(this.#options.pool, this.#workerId, toFlight(batch));
      return batch.filter((pending) => !this.#answeredBy(pending, stored));
    } catch (error) {
      if (databaseFailure(error) === "other") throw error;
      return batch.filter((pending) => !this.#refusedByTime(pending));
    }
  }

  #answeredBy({ entry, resolve }: Pending, stored: Awaited<ReturnType<typeof storedOf>>): boolean {
    const first = entry.accept?.first ?? entry.events?.[0];
    const release = entry.park ?? entry.finish;
    const isStored = first
      ? stored.events.has(`${first.execution_id}:${first.sequence}`)
      : release !== undefined && !stored.held.has(release.execution_id);
    if (isStored) resolve(entry.accept ? { execution_id: entry.accept.execution_id, duplicate: false } : undefined);
    return isStored;
  }

  #refusedByTime({ entry, giveUpAt, reject }: Pending): boolean {
    if (!entry.accept || this.#options.clock.monotonic() < giveUpAt) return false;
    reject(
      appError("SERVICE_UNAVAILABLE", "The database is not available; try again later.", {
        headers: { "retry-after": "2" },
      }),
    );
    return true;
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.#options.clock.setTimer(milliseconds, resolve));
  }
}
