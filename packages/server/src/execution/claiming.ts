// Claiming: what is due in the database comes into the slots of this worker, in its turn.
//
// C1. A free slot is filled at once with who is next (next-up.ts), then from the database.
// C2. What is claimed is in hand, being read, or next in line, or was lost on the way (lost-claims.ts).
// C3. With caps over all workers nobody is held next in line: what is claimed counts as running there.
// C4. No more begin than there are free slots when a claim's answer is here, however many there were when it was made:
//     the rest is next in line.
// C5. What is accepted here while the slots are taken joins the line, if there is room in it and nobody waits in the
//     database as far as this worker knows: it is spared a claim. Everything after it waits in its turn there.
import type { Clock } from "../clock.js";
import { type Caps, type ClaimedExecution, claimDue, suspectFrom } from "../store/claim-due.js";
import { claimOne, secondsUntilDue, tellRunning } from "../store/claims.js";
import type { Pool } from "../store/database.js";
import { crashPoint } from "./crash-point.js";
import type { DatabaseClock } from "./database-clock.js";
import type { Hand, Slot } from "./hand.js";
import { Fenced, type Journal } from "./journal.js";
import type { Lease } from "./lease.js";
import type { Live } from "./live.js";
import { type Next, NextUp } from "./next-up.js";
import type { Plans } from "./plans.js";
import { Remembered } from "./remembered.js";
import { applyTo, type Ending, giveBack, type ResumeOptions, resume } from "./resume.js";
import type { WorkerLog } from "./worker-log.js";

export interface ClaimingOptions {
  pool: Pool;
  /** For claims, which are made often and must not wait. */
  enginePool: Pool;
  plans: Plans;
  clock: Clock;
  databaseClock: DatabaseClock;
  live: Live;
  log: WorkerLog;
  slots: number;
  caps: Caps;
  lease: Lease;
  hand: Hand;
  /** Whether anything may begin. */
  mayBegin(): boolean;
}

const idlePollMs = 1000;
const blockedPollMs = 100;
/** What began out of the line is told as running when it has not ended after so long: most have. */
const tellAfterMs = 250;

export class Claiming {
  readonly #options: ClaimingOptions;
  readonly #next: NextUp;
  /** What was accepted here and waits in the database. */
  readonly remembered = new Remembered();
  readonly #capped: boolean;
  #journal: Journal | undefined;
  /** True when the database has more that is due than we have slots for. */
  #backlog = false;
  /** The community whose turn was last. */
  #turn = -1;
  #draining = false;
  /** What is claimed and being read, with the cancellation that came meanwhile. */
  readonly #reading = new Map<string, Ending | undefined>();
  /** What began out of the line and is not told as running. */
  #begun: string[] = [];
  #stopTelling: (() => void) | undefined;

  constructor(options: ClaimingOptions) {
    this.#options = options;
    this.#capped = options.caps.total + options.caps.perCommunity > 0;
    this.#next = new NextUp({ clock: options.clock, onLate: (next) => this.#giveBack(next) });
  }

  useJournal(journal: Journal): void {
    this.#journal = journal;
  }

  get backlog(): boolean {
    return this.#backlog;
  }

  /** Whether what is accepted now may begin before anything else (W2), in a slot that is free. */
  get isOpen(): boolean {
    const { hand, slots } = this.#options;
    return !this.#backlog && !this.#capped && this.#next.size === 0 && hand.taken < slots;
  }

  /**
   * A place in the line for what is being accepted here and finds no slot, while nobody waits in the database (C5);
   * undefined when it must wait there.
   */
  place(executionId: string): Slot | undefined {
    if (this.#backlog || this.#capped || this.#next.room === 0) return undefined;
    const lease = this.#options.lease.id;
    this.#next.expect(executionId);
    const release = () => this.#next.forget(executionId);
    return {
      beginsAtOnce: false,
      lookAhead: async () => undefined,
      release,
      drive: (begun) => {
        release();
        this.#line({ begun, lease, suspect: false, status: "queued" });
        this.#fill();
      },
    };
  }

  has(executionId: string): boolean {
    return this.#options.hand.has(executionId) || this.#reading.has(executionId) || this.#next.has(executionId);
  }

  /** There may be more due than there are slots for. */
  nudge(): void {
    this.#backlog = this.#backlog || this.#options.hand.taken >= this.#options.slots;
  }

  /** A slot is free, or about to be: who is next begins. */
  freed(): void {
    this.#next.freed();
    this.#fill();
  }

  /** Whether it is worth looking for more. */
  get wantsMore(): boolean {
    const { hand, slots } = this.#options;
    // A look for one costs as much as a look for many.
    return this.#backlog && (hand.taken < slots || this.#next.room >= this.#next.size);
  }

  /** Fills the free slots with what is due, and the line behind them; gives the milliseconds until it is worth looking again. */
  async claim(): Promise<number> {
    const { hand, lease: holder, slots, caps, enginePool, pool } = this.#options;
    const running = Math.max(0, slots - hand.taken);
    const count = running + (this.#capped ? 0 : this.#next.room);
    if (count <= 0) return idlePollMs;
    const suspects = !hand.hasSuspect() && !this.#next.hasSuspect();
    const lease = holder.id;
    const wish = { workerId: lease, count, running, suspects, after: this.#turn, caps };
    const { executions: claimed, after } = await claimDue(enginePool, wish);
    this.#turn = after;
    this.#backlog = claimed.length === count;
    if (claimed.length > 0) {
      crashPoint("B2");
      await this.#begin(claimed, lease, Math.min(running, Math.max(0, slots - hand.taken)));
      return this.#backlog ? idlePollMs : 0;
    }
    const seconds = await secondsUntilDue(pool, suspects);
    if (seconds === undefined) return idlePollMs;
    // What is due and was not claimed waits for one before it, or is being claimed elsewhere: soon, but not at once.
    return seconds <= 0 ? blockedPollMs : Math.min(idlePollMs, seconds * 1000);
  }

  /** Takes one execution that rests, for its cancellation. */
  async claimForCancelling(executionId: string): Promise<void> {
    const { pool, lease } = this.#options;
    const { id } = lease;
    const claimed = await claimOne(pool, id, executionId);
    if (claimed) await this.#begin([claimed], id);
  }

  /** Cancels an execution that is next in line, or will be when it is read; false when it is neither. */
  cancelNext(executionId: string, event: Ending): boolean {
    if (this.#reading.has(executionId)) {
      this.#reading.set(executionId, event);
      return true;
    }
    const next = this.#next.take(executionId);
    if (next) this.#end(next, event);
    return next !== undefined;
  }

  /** Those next in line are given back: nothing more begins here. */
  drain(): void {
    this.#draining = true;
    for (const next of this.#next.takeAll()) this.#giveBack(next);
  }

  /** The lease is gone, and so are those next in line (N3). */
  letGo(): void {
    this.#next.takeAll();
    this.#begun = [];
  }

  /**
   * Goes on with executions that were claimed under a lease, in their order: the first take the free slots, the rest is
   * next in line. One that cannot be read fails alone. When the lease was lost since, others have them.
   */
  async #begin(claimed: readonly ClaimedExecution[], lease: string, running = claimed.length): Promise<void> {
    if (lease !== this.#options.lease.id) return;
    const slots = claimed.slice(0, running).map(({ execution_id }) => this.#options.hand.slot(execution_id, lease));
    for (const { execution_id } of claimed) this.#reading.set(execution_id, undefined);
    const resumed = await resume(this.#resumeOptions(lease), claimed);
    claimed.forEach(({ execution_id, recoveries, status }, index) => {
      const [slot, begun] = [slots[index], resumed[index]];
      const suspect = recoveries >= suspectFrom;
      const cancelled = this.#reading.get(execution_id);
      this.#reading.delete(execution_id);
      if (begun === undefined || !this.#options.mayBegin()) slot?.release();
      else if (cancelled) this.#end({ begun, lease, suspect, status }, cancelled, slot);
      else if (slot) slot.drive(begun, { suspect });
      else this.#line({ begun, lease, suspect, status });
    });
    this.#fill();
  }

  #line(next: Next): void {
    if (next.lease !== this.#options.lease.id) return;
    if (this.#draining) this.#giveBack(next);
    else this.#next.add(next);
  }

  #fill(): void {
    const { hand, slots } = this.#options;
    while (hand.running < slots) {
      const next = this.#next.take();
      if (next === undefined) return;
      this.#start(next);
    }
  }

  #start(next: Next): void {
    const { hand } = this.#options;
    const { executionId } = next.begun;
    hand.slot(executionId, next.lease).drive(next.begun, { suspect: next.suspect });
    if (next.status === "running") return;
    this.#begun.push(executionId);
    this.#tellLater();
  }

  #tellLater(): void {
    this.#stopTelling ??= this.#options.clock.setTimer(tellAfterMs, () => this.#tell());
  }

  /** Tells what began and runs on as running, but for as many as run beside those that only store their end (H3). */
  #tell(): void {
    const { hand, lease, log, slots, enginePool } = this.#options;
    this.#stopTelling = undefined;
    const open = this.#begun.splice(0).filter((id) => hand.drive(id));
    const beyond = Math.max(0, hand.taken - slots);
    const told = open.splice(0, Math.max(0, open.length - beyond));
    if (told.length > 0)
      tellRunning(enginePool, lease.id, told).catch((error: unknown) => log.error("worker_tell", error));
    if (open.length === 0) return;
    this.#begun = open;
    this.#tellLater();
  }

  #end(next: Next, event: Ending, slot?: Slot): void {
    applyTo(this.#resumeOptions(next.lease), next.begun, event)
      .then((left) => left && this.#start({ ...next, begun: left }))
      .catch((error: unknown) => this.#failed(error, next.begun.executionId))
      .finally(() => slot?.release());
  }

  #giveBack(next: Next): void {
    const { executionId: execution_id, fence } = next.begun;
    this.#backlog = true; // it waits there now
    giveBack(this.#resumeOptions(next.lease), { execution_id, fence, status: next.status }).catch((error: unknown) =>
      this.#failed(error, execution_id),
    );
  }

  #failed(error: unknown, execution_id: string): void {
    if (!(error instanceof Fenced)) this.#options.log.error("execution_resume", error, { execution_id });
  }

  #resumeOptions(lease: string): ResumeOptions {
    if (!this.#journal) throw new Error("the worker has no journal");
    const { enginePool: pool, plans, databaseClock, live } = this.#options;
    const onError = (error: unknown, executionId: string) => this.#failed(error, executionId);
    const { remembered } = this;
    return { pool, plans, databaseClock, live, remembered, journal: this.#journal, lease, onError };
  }
}
