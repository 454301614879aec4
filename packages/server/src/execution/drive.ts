// Driving one execution: what the state owes is performed, what happens is stored, and the state goes on.
//
// V1. An effect is sent only after everything that led to it is durable. What needs no outside is no effect and may be
//     worked out before (look-ahead.ts).
// V2. Events are stored in the order in which they were applied; the state in memory is the state that they replay to.
// V3. When only time is waited for, the execution leaves memory: it is parked with the time at which it is due.
// V4. A drive that is fenced stops at once and stores nothing more.
// V5. What may be sent once only (`retry: "never"`) is announced, durably, before it is sent; what an earlier life has
//     announced is not sent again.
// V6. Nothing is sent to the outside while it is uncertain whether the lease is still held, or after the deadline: not
//     by a process that wakes after a long sleep, and not by one that takes an execution over too late.

import { commands, isFinal, isoTime, type Owed, type Plan, type State, unknownOutcome } from "@workflow-core/core";
import type { Clock } from "../clock.js";
import { crashPoint } from "./crash-point.js";
import type { DatabaseClock } from "./database-clock.js";
import type { Holding } from "./entries.js";
import type { Inbox } from "./inbox.js";
import { Fenced, type Journal } from "./journal.js";
import type { Live } from "./live.js";
import { lookAhead } from "./look-ahead.js";
import { toFinishRecord } from "./records.js";
import { type LaterEvent, Step } from "./step.js";

export interface DriveOptions {
  executionId: string;
  workflowId: string;
  communityId: number;
  plan: Plan;
  state: State;
  /** The number of the last stored event. */
  sequence: number;
  /** What is under way and has come already. */
  inbox: Inbox;
  journal: Pick<Journal, "append">;
  /** How the execution is held. */
  holding: Holding;
  /** Whether it is certain that nobody has taken the lease; who makes it certain again calls `wake`. Unless given, it is. */
  holdsLease?(): boolean;
  clock: Clock;
  databaseClock: DatabaseClock;
  live: Live;
  /** Waits longer than this leave memory (milliseconds). */
  parkAfterMs: number;
  /** For tests: leaves memory after every event; with `first`, before anything else happens too. */
  alwaysSuspend?: { first: boolean };
  /** Told when its end is decided and nothing but storing it is left. */
  onDecided?(): void;
}

export type DriveEnd = { kind: "over"; state: State } | { kind: "parked"; due: number } | { kind: "fenced" };

export class Drive {
  readonly #options: DriveOptions;
  readonly #inbox: Inbox;
  #state: State;
  #sequence: number;
  /** What this drive has announced and not sent yet (V5). */
  #announced = new Set<string>();
  #stopped = false;
  /** What is owed and not sent, because the lease is uncertain. */
  #withheld = false;

  constructor(options: DriveOptions) {
    this.#options = options;
    this.#inbox = options.inbox;
    this.#state = options.state;
    this.#sequence = options.sequence;
  }

  get state(): State {
    return this.#state;
  }

  /** The number of the last stored event. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Lets something from outside happen to it: a cancellation, say. */
  deliver(event: LaterEvent): void {
    this.#inbox.deliver(event);
  }

  /** The lease is certain: what was withheld is sent. */
  wake(): void {
    if (this.#withheld) this.#inbox.wake();
  }

  /** Lets go of the execution where it stands: somebody else has it, or will. Nothing more is stored (V4). */
  stop(): void {
    this.#stopped = true;
    this.#inbox.wake();
  }

  /** Runs until the execution is over, or rests, or is somebody else's. Never throws but for bugs. */
  async run(): Promise<DriveEnd> {
    let suspends = this.#options.alwaysSuspend?.first === true;
    try {
      for (;;) {
        if (this.#stopped) return { kind: "fenced" };
        if (isFinal(this.#state.status)) return { kind: "over", state: this.#state };
        const now = this.#options.databaseClock.now();
        if (suspends && this.#inbox.underWay + this.#announced.size === 0 && (await this.#park(now)))
          return { kind: "parked", due: now };
        const wakeAt = this.#issue(now);
        if (this.#inbox.isEmpty) {
          const wait = wakeAt - now;
          if (this.#inbox.underWay === 0 && !this.#withheld && wait > this.#options.parkAfterMs) {
            if (await this.#park(wakeAt)) return { kind: "parked", due: wakeAt };
          } else await this.#inbox.sleep(wait);
        }
        const before = this.#sequence;
        if (!this.#stopped) await this.#apply();
        suspends = this.#options.alwaysSuspend !== undefined && this.#sequence > before;
      }
    } catch (error) {
      if (error instanceof Fenced) return { kind: "fenced" };
      throw error;
    } finally {
      this.#inbox.keepOnly([]);
    }
  }

  /** Starts what is owed and not yet under way, ends what is no longer owed; gives the time to wake at. */
  #issue(now: number): number {
    let wakeAt = this.#state.deadline;
    if (now >= wakeAt) return wakeAt; // V6
    const mayAct = this.#options.holdsLease?.() ?? true;
    this.#withheld = false;
    const owed: Owed[] = [];
    for (const command of commands(this.#options.plan, this.#state)) {
      if (command.type === "wake") {
        wakeAt = command.at;
        continue;
      }
      owed.push(command);
      if (this.#inbox.isUnderWay(command)) continue;
      if (!mayAct) {
        this.#withheld = true;
        continue;
      }
      if (command.once !== undefined && !this.#maySendOnce(command, now)) continue;
      if (this.#inbox.underWay > 0) crashPoint("B8");
      this.#inbox.begin(this.#options.plan, this.#state, command);
    }
    this.#inbox.keepOnly(owed);
    return wakeAt;
  }

  /** V5: whether this is the moment to send it; if not, what is to be stored instead comes in. */
  #maySendOnce({ token, attempt, once }: Owed, at: number): boolean {
    const name = `${token} ${attempt}`;
    if (once === "announced" && this.#announced.delete(name)) return true;
    if (once === "announced") this.deliver(unknownOutcome(at, { token, attempt }));
    else if (!this.#announced.has(name)) {
      this.#announced.add(name);
      this.deliver({ type: "attempted", at, token, attempt });
    }
    return false;
  }

  /** Applies what has come and what can be worked out from it, stores it in one entry, and tells who listens (V1, V2). */
  async #apply(): Promise<void> {
    const { plan, executionId, journal, holding, databaseClock, live, workflowId, communityId } = this.#options;
    const step = new Step({ executionId, plan, state: this.#state, sequence: this.#sequence });
    const come = this.#inbox.take();
    if (come.length === 0) come.push({ type: "elapsed", at: databaseClock.now() });
    for (const event of come) step.apply(event);
    if (step.records.length === 0) return;
    await lookAhead(step, this.#inbox, this.#options.clock);
    if (this.#stopped) return;
    const { state, sequence, events, records } = step;
    const finish = isFinal(state.status) ? toFinishRecord(executionId, plan, state) : undefined;
    if (state.joins.size > 0) crashPoint("B9");
    if (finish) {
      crashPoint("B10");
      this.#options.onDecided?.();
    }
    await journal.append(holding, { events: records, ...(finish ? { finish } : {}) });
    crashPoint(finish ? "B11" : events.at(-1)?.type === "faulted" ? "B14" : "B7");
    this.#state = state;
    this.#sequence = sequence;
    const { fence } = holding;
    live.publish({ executionId, workflowId, communityId, sequence, fence, plan, state, events });
  }

  /** Leaves memory until `due`; false when something came in the meantime. */
  async #park(due: number): Promise<boolean> {
    if (!this.#inbox.isEmpty) return false;
    await this.#options.journal.append(this.#options.holding, {
      park: {
        execution_id: this.#options.executionId,
        status: this.#state.status,
        available_at: isoTime(due),
      },
    });
    crashPoint("B13");
    return true;
  }
}
