// Driving one execution: what the state owes is performed, what happens is stored, and the state goes on.
//
// V1. An effect is sent only after everything that led to it is durable.
// V2. Events are stored in the order in which they were applied; the state in memory is the state that they replay to.
// V3. When only time is waited for, the execution leaves memory: it is parked with the time at which it is due.
// V4. A drive that is fenced stops at once and stores nothing more.
// V5. What may be sent once only (`retry: "never"`) is announced, durably, before it is sent; what an earlier life has
//     announced is not sent again.
// V6. Nothing is sent to the outside while it is uncertain whether the lease is still held, or after the deadline: not
//     by a process that wakes after a long sleep, and not by one that takes an execution over too late.

import type { Outside } from "@workflow-core/core";
import {
  commands,
  type ExecutionEvent,
  isFinal,
  isoTime,
  type Owed,
  type Plan,
  perform,
  type Started,
  type State,
  transition,
  unknownOutcome,
} from "@workflow-core/core";
import { CallOff } from "../call-off.js";
import type { Clock } from "../clock.js";
import { crashPoint } from "./crash-point.js";
import type { DatabaseClock } from "./database-clock.js";
import type { Holding } from "./entries.js";
import { Fenced, type Journal } from "./journal.js";
import type { Live } from "./live.js";
import { maxEventBytes, toEventRecord, toFinishRecord, tooLarge } from "./records.js";

type LaterEvent = Exclude<ExecutionEvent, Started>;

export interface DriveOptions {
  executionId: string;
  workflowId: string;
  communityId: number;
  plan: Plan;
  state: State;
  /** The number of the last stored event. */
  sequence: number;
  journal: Pick<Journal, "append">;
  /** How the execution is held. */
  holding: Holding;
  /** Whether it is certain that nobody has taken the lease; who makes it certain again calls `wake`. Unless given, it is. */
  holdsLease?(): boolean;
  outside: Outside;
  /** How owed actions are performed: core's own way, unless somebody watches it. */
  perform?: typeof perform | undefined;
  clock: Clock;
  databaseClock: DatabaseClock;
  live: Live;
  /** Waits longer than this leave memory (milliseconds). */
  parkAfterMs: number;
  /** For tests: leaves memory after every event; with `first`, before anything else happens too. */
  alwaysSuspend?: { first: boolean };
  onBug(error: unknown, executionId: string): void;
}

export type DriveEnd = { kind: "over"; state: State } | { kind: "parked"; due: number } | { kind: "fenced" };

export class Drive {
  readonly #options: DriveOptions;
  #state: State;
  #sequence: number;
  #inbox: LaterEvent[] = [];
  #inFlight = new Map<string, CallOff>();
  /** What this drive has announced and not sent yet (V5). */
  #announced = new Set<string>();
  #wakeUp: (() => void) | undefined;
  #stopped = false;
  /** What is owed and not sent, because the lease is uncertain. */
  #withheld = false;

  constructor(options: DriveOptions) {
    this.#options = options;
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
    this.#inbox.push(event);
    this.#wakeUp?.();
  }

  /** The lease is certain: what was withheld is sent. */
  wake(): void {
    if (this.#withheld) this.#wakeUp?.();
  }

  /** Lets go of the execution where it stands: somebody else has it, or will. Nothing more is stored (V4). */
  stop(): void {
    this.#stopped = true;
    this.#wakeUp?.();
  }

  /** Runs until the execution is over, or rests, or is somebody else's. Never throws but for bugs. */
  async run(): Promise<DriveEnd> {
    let suspends = this.#options.alwaysSuspend?.first === true;
    try {
      for (;;) {
        if (this.#stopped) return { kind: "fenced" };
        if (isFinal(this.#state.status)) return { kind: "over", state: this.#state };
        const now = this.#options.databaseClock.now();
        if (suspends && this.#inFlight.size + this.#announced.size === 0 && (await this.#park(now)))
          return { kind: "parked", due: now };
        const wakeAt = this.#issue(now);
        if (this.#inbox.length === 0) {
          const wait = wakeAt - now;
          if (this.#inFlight.size === 0 && !this.#withheld && wait > this.#options.parkAfterMs) {
            if (await this.#park(wakeAt)) return { kind: "parked", due: wakeAt };
          } else await this.#sleep(wait);
        }
        const before = this.#sequence;
        if (!this.#stopped) await this.#apply();
        suspends = this.#options.alwaysSuspend !== undefined && this.#sequence > before;
      }
    } catch (error) {
      if (error instanceof Fenced) return { kind: "fenced" };
      throw error;
    } finally {
      for (const callOff of this.#inFlight.values()) callOff.abort();
      this.#inFlight.clear();
    }
  }

  /** Starts what is owed and not yet under way, ends what is no longer owed; gives the time to wake at. */
  #issue(now: number): number {
    let wakeAt = this.#state.deadline;
    if (now >= wakeAt) return wakeAt; // V6
    const mayAct = this.#options.holdsLease?.() ?? true;
    this.#withheld = false;
    const owed = new Set<string>();
    for (const command of commands(this.#options.plan, this.#state)) {
      if (command.type === "wake") {
        wakeAt = command.at;
        continue;
      }
      const name = `${command.token} ${command.attempt}`;
      owed.add(name);
      if (this.#inFlight.has(name)) continue;
      if (!mayAct) {
        this.#withheld = true;
        continue;
      }
      if (command.once !== undefined && !this.#maySendOnce(command, name, now)) continue;
      if (this.#inFlight.size > 0) crashPoint("B8");
      const callOff = new CallOff();
      this.#inFlight.set(name, callOff);
      void this.#perform(command, name, callOff);
    }
    for (const [name, callOff] of this.#inFlight) {
      if (owed.has(name)) continue;
      this.#inFlight.delete(name);
      callOff.abort();
    }
    return wakeAt;
  }

  /** V5: whether this is the moment to send it; if not, what is to be stored instead comes in. */
  #maySendOnce({ token, attempt, once }: Owed, name: string, at: number): boolean {
    if (once === "announced" && this.#announced.delete(name)) return true;
    if (once === "announced") this.deliver(unknownOutcome(at, { token, attempt }));
    else if (!this.#announced.has(name)) {
      this.#announced.add(name);
      this.deliver({ type: "attempted", at, token, attempt });
    }
    return false;
  }

  async #perform(command: Owed, name: string, callOff: CallOff): Promise<void> {
    const { plan, outside, databaseClock, onBug, executionId, perform: act = perform } = this.#options;
    const named = { token: command.token, attempt: command.attempt };
    let event: LaterEvent;
    try {
      crashPoint("B4");
      const answer = await act(plan, this.#state, command, outside, callOff);
      crashPoint("B6");
      const at = databaseClock.now();
      event = answer.ok
        ? { type: "performed", at, ...named, ...answer.value }
        : { type: "faulted", at, ...named, failure: answer.failure };
    } catch (error) {
      onBug(error, executionId);
      event = {
        type: "faulted",
        at: databaseClock.now(),
        ...named,
        failure: { code: "INTERNAL_ERROR", message: "The action failed unexpectedly.", retryable: false },
      };
    }
    if (this.#inFlight.get(name) !== callOff) return; // no longer owed: the answer is nobody's
    this.deliver(event);
  }

  /** Applies what has come, stores it in one entry, and tells who listens (V1, V2). */
  async #apply(): Promise<void> {
    const { plan, executionId, journal, databaseClock, live, workflowId, communityId } = this.#options;
    const inbox = this.#inbox.splice(0);
    if (inbox.length === 0) inbox.push({ type: "elapsed", at: databaseClock.now() });
    const records = [];
    const applied: LaterEvent[] = [];
    let state = this.#state;
    for (const given of inbox) {
      let event = given;
      let record = toEventRecord(executionId, this.#sequence + records.length + 1, event);
      if (record.data.length > maxEventBytes && event.type === "performed") {
        event = tooLarge(event, record.data.length);
        record = toEventRecord(executionId, this.#sequence + records.length + 1, event);
      }
      const next = transition(plan, state, event);
      if (event.type === "performed" || event.type === "faulted")
        this.#inFlight.delete(`${event.token} ${event.attempt}`);
      if (next === state) continue;
      state = next;
      records.push(record);
      applied.push(event);
    }
    if (records.length === 0) return;
    const finish = isFinal(state.status) ? toFinishRecord(executionId, plan, state) : undefined;
    if (state.joins.size > 0) crashPoint("B9");
    if (finish) crashPoint("B10");
    await journal.append(this.#options.holding, { events: records, ...(finish ? { finish } : {}) });
    crashPoint(finish ? "B11" : applied.at(-1)?.type === "faulted" ? "B14" : "B7");
    this.#state = state;
    this.#sequence += records.length;
    live.publish({ executionId, workflowId, communityId, sequence: this.#sequence, plan, state, events: applied });
  }

  /** Leaves memory until `due`; false when something came in the meantime. */
  async #park(due: number): Promise<boolean> {
    if (this.#inbox.length > 0) return false;
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

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const cancelTimer = this.#options.clock.setTimer(Math.max(0, milliseconds), () => this.#wakeUp?.());
      this.#wakeUp = () => {
        this.#wakeUp = undefined;
        cancelTimer();
        resolve();
      };
    });
  }
}
