// The journal: the only writer of executions. What all executions of this process want to store at a moment goes down
// in one statement (group commit); each of them goes on when its own line is durable.
//
// J1. An entry is written whole or not at all, and answered only when it is durable.
// J2. An execution has at most one entry under way; so its events reach the database in order.
// J3. At most two flights are under way, each bounded in entries and bytes; what comes meanwhile waits for the next
//     (when one departs: runway.ts).
// J4. A flight without a lease writes nothing: this process has been declared dead and must stop (Fenced). A flight
//     keeps the lease with which it departed: what one life wanted to store is never written by the next.
// J5. When a flight's outcome is unknown, what it wrote is read back before anything is sent again. It may even arrive
//     after that: an entry that is then found to be there already is answered as stored.
// J6. A record that the database refuses fails alone: its flight is repeated entry by entry.
// J7. What is not stored in time is refused to callers who wait for acceptance; running executions wait as long as it
//     takes. A refused acceptance that turns out to be stored is taken back, unless it has a key to be found by.
import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../clock.js";
import type { Pool } from "../store/database.js";
import { databaseFailure } from "../store/database-failure.js";
import { type FlightResult, writeFlight } from "../store/flight.js";
import { findByKeys, keyName } from "../store/flight-aftermath.js";
import type { AcceptRecord } from "../store/flight-records.js";
import { isTaken, storedAmong, takeBack } from "./aftermath.js";
import { type Entry, type Holding, sizeOf, toFlight } from "./entries.js";
import { Runway } from "./runway.js";
import { repeat } from "./timers.js";
import { type Accepted, type Pending, refuseLate, unavailable, WaitingLine } from "./waiting-line.js";

export type { Accepted } from "./waiting-line.js";

/** This process no longer holds the execution, or its lease: somebody else goes on. */
export class Fenced extends Error {
  override readonly name = "Fenced";
}

/** A batch on its way, the lease with which it departed, and how the runway is told that the database is done with it. */
interface Departed {
  lease: string;
  batch: Pending[];
  land(): void;
}

export interface JournalOptions {
  pool: Pool;
  workerId: string;
  clock: Clock;
  /** Called once when the lease is gone (J4). */
  onFenced(): void;
  onFlight?(entries: number, bytes: number, milliseconds: number): void;
  /** Told of each execution whose end is stored by this process. */
  onFinish?(finish: NonNullable<Entry["finish"]>): void;
  warn(message: string): void;
}

/** More than this in waiting, and new executions are refused. */
const maxPendingBytes = 64 * 1024 * 1024;
const acceptPatienceMs = 5000;
/** So many go on in one turn of the event loop: what they want to store next departs while the others are answered. */
const answeredAtOnce = 64;

const heldElsewhere = ({ execution_id }: { execution_id: string }): Fenced =>
  new Fenced(`execution ${execution_id} is held by another worker`);

const told = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class Journal {
  readonly #options: JournalOptions;
  readonly #waiting = new WaitingLine();
  readonly #runway: Runway;
  #scheduled = false;
  #fenced = false;
  #workerId: string;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#workerId = options.workerId;
    this.#runway = new Runway(options.clock, () => this.#schedule());
  }

  /** Stores an execution and its first event. Throws SERVICE_UNAVAILABLE when the database does not take it in time. */
  async accept(record: AcceptRecord): Promise<Accepted> {
    if (this.#waiting.bytes > maxPendingBytes)
      throw unavailable(
        `The journal is full: more than MAX_PENDING_BYTES (${maxPendingBytes}) wait for the database; try again later.`,
      );
    const accepted = (await this.#submit({ accept: record })) as Accepted;
    if (record.finish && !accepted.duplicate) this.#options.onFinish?.(record.finish);
    return accepted;
  }

  /** Stores what happened to an execution that is held so. Throws Fenced when it is no longer held. */
  async append({ lease, fence }: Holding, entry: Omit<Entry, "accept" | "fence">): Promise<void> {
    if (lease !== this.#workerId) throw new Fenced("the execution was held under a lease that is gone");
    const { events, park, finish } = entry;
    await this.#submit({ events, park, finish, fence });
    if (finish) this.#options.onFinish?.(finish);
  }

  /** Goes on under a new lease, after the old one was lost. What was wanted under the old one is refused (J4). */
  renew(workerId: string): void {
    this.#refuseAll(this.#waiting.takeAll());
    this.#workerId = workerId;
    this.#fenced = false;
  }

  /** Whether a flight found the lease gone; nothing is stored until there is a new one (J4). */
  get fenced(): boolean {
    return this.#fenced;
  }

  /** How much waits to be written. */
  get depth(): { entries: number; bytes: number; flights: number } {
    return { entries: this.#waiting.length, bytes: this.#waiting.bytes, flights: this.#runway.flights };
  }

  #submit(entry: Entry): Promise<Accepted | undefined> {
    return new Promise((resolve, reject) => {
      const bytes = sizeOf(entry);
      const giveUpAt = this.#options.clock.monotonic() + acceptPatienceMs;
      const pending: Pending = { entry, bytes, giveUpAt, refused: false, resolve, reject };
      if (this.#fenced) return this.#refuseAll([pending]);
      this.#waiting.add(pending);
      this.#schedule();
    });
  }

  /** Lets everything that is submitted in this turn of the event loop fly together. */
  #schedule(): void {
    if (this.#scheduled || !this.#runway.isFree(this.#waiting.length)) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#runway.isFree(this.#waiting.length)) return;
      const batch = this.#waiting.take();
      if (batch.length === 0) return;
      const land = this.#runway.depart();
      const watch = repeat(
        this.#options.clock,
        1000,
        async () => this.#refuseLate(batch),
        () => undefined,
      );
      void this.#fly({ lease: this.#workerId, batch, land })
        .catch((error: unknown) => {
          for (const { reject } of batch) reject(error);
        })
        .finally(() => {
          watch();
          land();
          this.#schedule();
        });
      this.#schedule();
    });
  }

  /** Brings a batch to its end: written, refused, or read back and sent again until the database answers. */
  async #fly({ lease, batch: first, land }: Departed): Promise<void> {
    let batch = first;
    for (let attempt = 0; batch.length > 0; attempt += 1) {
      try {
        if (attempt > 0) batch = await this.#readBack({ lease, batch });
        if (batch.length > 0) await this.#write({ lease, batch, land });
        return;
      } catch (error) {
        if (databaseFailure(error) === "other") return this.#apart({ lease, batch, land }, error);
        if (attempt === 0) this.#options.warn(`The database did not take a flight of ${batch.length}: ${told(error)}`);
        this.#refuseLate(batch);
        await this.#pause(Math.min(2000, 50 * 2 ** attempt));
      }
    }
  }

  async #write(departed: Departed): Promise<void> {
    const { lease, batch } = departed;
    const begun = this.#options.clock.monotonic();
    const result = await writeFlight(this.#options.pool, lease, toFlight(batch));
    const bytes = batch.reduce((sum, pending) => sum + pending.bytes, 0);
    this.#options.onFlight?.(batch.length, bytes, this.#options.clock.monotonic() - begun);
    if (!result.leased) return this.#fence(departed);
    departed.land();
    await this.#landed(batch, result);
    const unwanted = batch.filter(
      ({ refused, entry: { accept } }) => refused && accept && result.accepted(accept.execution_id),
    );
    await takeBack(this.#options.pool, lease, unwanted);
  }

  async #landed(batch: readonly Pending[], result: FlightResult): Promise<void> {
    const taken = batch.filter(({ entry: { accept } }) => accept && !result.accepted(accept.execution_id));
    const holders = taken.length > 0 ? await this.#holders(taken) : new Map<string, string>();
    for (const [index, { entry, resolve, reject }] of batch.entries()) {
      if (index > 0 && index % answeredAtOnce === 0) await turn();
      const { accept, park, finish } = entry;
      if (accept) {
        const { dedupe_source: source, dedupe_key: key, execution_id } = accept;
        const holder = result.accepted(execution_id) ? execution_id : holders.get(keyName(source ?? "", key ?? ""));
        if (holder === undefined) reject(unavailable("The execution could not be stored; try again."));
        else resolve({ execution_id: holder, duplicate: holder !== execution_id });
      } else if (park && !result.parked(park.execution_id)) reject(heldElsewhere(park));
      else if (finish && !result.finished(finish.execution_id)) reject(heldElsewhere(finish));
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

  #fence({ lease, batch }: Departed): void {
    this.#refuseAll(batch);
    if (lease !== this.#workerId || this.#fenced) return;
    this.#fenced = true;
    this.#refuseAll(this.#waiting.takeAll());
    this.#options.onFenced();
  }

  #refuseAll(batch: readonly Pending[]): void {
    for (const { reject, entry } of batch)
      reject(
        entry.accept
          ? unavailable("This worker is being replaced; try again.")
          : new Fenced("the worker's lease is gone"),
      );
  }

  /** J6: one at a time, so that only what is really refused fails. */
  async #apart({ lease, batch, land }: Departed, error: unknown): Promise<void> {
    const [only, ...others] = batch;
    if (others.length > 0) {
      for (const pending of batch) await this.#fly({ lease, batch: [pending], land: () => undefined });
      return;
    }
    if (!isTaken(error)) return only?.reject(error);
    try {
      if ((await this.#readBack({ lease, batch })).length === 0) return;
      only?.reject(new Fenced("another worker wrote this event"));
    } catch {
      await this.#pause(1000);
      await this.#fly({ lease, batch, land });
    }
  }

  /** J5: answers what turns out to be stored, and gives back what must be sent again. */
  async #readBack({ lease, batch }: Omit<Departed, "land">): Promise<Pending[]> {
    const there = await storedAmong(this.#options.pool, lease, batch);
    const isThere = (pending: Pending) => there.has(pending);
    await takeBack(
      this.#options.pool,
      lease,
      batch.filter((pending) => isThere(pending) && pending.refused),
    );
    for (const { entry, resolve } of there)
      resolve(entry.accept ? { execution_id: entry.accept.execution_id, duplicate: false } : undefined);
    return batch.filter((pending) => !isThere(pending) && !pending.refused);
  }

  /** J7: callers whose time is up are told no; what became of an entry under way is looked for later all the same. */
  #refuseLate(departed: readonly Pending[]): void {
    const now = this.#options.clock.monotonic();
    refuseLate(departed, now);
    this.#waiting.refuseLate(now);
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.#options.clock.setTimer(milliseconds, resolve));
  }
}
