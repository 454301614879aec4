// The worker: where executions to run come from, and how this process begins and ends.
//
// W1. At most `slots` executions are in hand; one that rests (delay, retry) holds none.
// W2. What was accepted here runs here at once if a slot is free and nobody has waited longer, or next if one is about
//     to be; the rest waits in the database, in order and fair between communities, until some worker has a slot.
// W3. The lease is renewed every second; whoever finds it older than `leaseSeconds` takes it away, and what this
//     worker held goes on elsewhere. A worker that lost its lease stores nothing and begins anew under a new name.
// W4. Draining: nothing new is taken, what is in hand may finish in time or is handed over where it stands.
// W5. What this worker has claimed and knows nothing of (the answer to a claim was lost) is given back.
import type { Outside, perform, Started } from "@workflow-core/core";
import type { Clock } from "../clock.js";
import type { Caps } from "../store/claim-due.js";
import type { Pool } from "../store/database.js";
import type { AcceptRecord } from "../store/flight-records.js";
import { type Listening, listen } from "../store/listen.js";
import { readWorkMessage, workChannel } from "../store/work-channel.js";
import { Claiming } from "./claiming.js";
import { crashPoint } from "./crash-point.js";
import type { DatabaseClock } from "./database-clock.js";
import type { DriveEnd } from "./drive.js";
import { Hand, type Slot } from "./hand.js";
import type { Journal } from "./journal.js";
import { Lease } from "./lease.js";
import type { Happening, Live } from "./live.js";
import { lostClaims } from "./lost-claims.js";
import { createNews } from "./news.js";
import type { Plans } from "./plans.js";
import { createPolls, type Polls } from "./polls.js";
import { repeat } from "./timers.js";
import type { WorkerLog } from "./worker-log.js";

export type { WorkerLog } from "./worker-log.js";

export interface WorkerOptions {
  pool: Pool;
  /** For claims, which are made often and must not wait. */
  enginePool: Pool;
  outside: Outside;
  perform?: typeof perform;
  plans: Plans;
  live: Live;
  clock: Clock;
  databaseClock: DatabaseClock;
  name: string;
  role: string;
  /** MAX_CONCURRENT_WORKFLOWS; 0 for a process that only accepts. */
  slots: number;
  /** Over all workers. With a cap everything waits its turn in the database, where it is counted. */
  caps?: Caps;
  leaseSeconds?: number;
  parkAfterMs?: number;
  /** False: nothing that is accepted here is run here first. */
  localFirst?: boolean;
  /** For tests: executions leave memory after every event. */
  alwaysSuspend?: boolean;
  log: WorkerLog;
}

const idlePollMs = 1000;
const nearMs = 60_000;

export class Worker {
  readonly #options: WorkerOptions;
  readonly #lease: Lease;
  readonly #hand: Hand;
  readonly #claiming: Claiming;
  readonly #polls: Polls;
  #journal: Journal | undefined;
  #timers: (() => void)[] = [];
  #state: "new" | "running" | "draining" | "stopped" = "new";
  #listening: Listening | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    const { outside, perform, clock, databaseClock, live, log, parkAfterMs = 500, alwaysSuspend = false } = options;
    this.#lease = new Lease({ ...options, seconds: options.leaseSeconds ?? 5 });
    this.#hand = new Hand({
      ...{ outside, clock, databaseClock, live, log, parkAfterMs, alwaysSuspend },
      ...(perform ? { perform } : {}),
      lease: this.#lease,
      onEnd: (end) => this.#ended(end),
      onDecided: () => {
        this.#claiming.freed();
        this.#lookForMore();
      },
      onFree: () => this.#lookForMore(),
    });
    this.#claiming = new Claiming({
      ...options,
      ...{ lease: this.#lease, hand: this.#hand, caps: options.caps ?? { total: 0, perCommunity: 0 } },
      mayBegin: () => this.#state === "running" || this.#state === "draining",
    });
    this.#polls = createPolls(clock, () =>
      this.#claiming.claim().catch((error: unknown) => {
        log.error("worker_claim", error);
        return idlePollMs;
      }),
    );
  }

  get id(): string {
    return this.#lease.id;
  }

  /** Whether the database answered the last heartbeat. */
  get reachesDatabase(): boolean {
    return this.#lease.reached;
  }

  get status(): { state: string; slots: number; taken: number; backlog: boolean } {
    const { slots } = this.#options;
    // Beside those whose end is being stored, others may have begun (hand.ts, H3).
    const taken = Math.min(slots, this.#hand.taken);
    return { state: this.#state, slots, taken, backlog: this.#claiming.backlog };
  }

  /** The journal writes under this worker's lease; it is made after the worker and given here once. */
  useJournal(journal: Journal): void {
    this.#journal = journal;
    this.#hand.useJournal(journal);
    this.#claiming.useJournal(journal);
  }

  /** Takes a lease and begins to look for work. */
  async start(): Promise<void> {
    const { clock, log, pool } = this.#options;
    await this.#lease.register();
    this.#state = "running";
    const { beatMs } = this.#lease;
    const every = (milliseconds: number, action: () => Promise<void>) =>
      this.#timers.push(repeat(clock, milliseconds, action, (error) => log.error("worker_tick", error)));
    every(beatMs, () => this.#beat());
    every(beatMs * (1.5 + Math.random() / 2), () => this.#judge());
    const lost = lostClaims(pool, clock, (id) => this.#claiming.has(id));
    every(2000, async () => {
      const executions = await lost.giveBack(this.id);
      if (executions.length === 0) return;
      log.warn("worker_gave_back", `${executions.length} executions were claimed, but not in hand`, { executions });
      this.#pollIn(0);
    });
    this.#listen();
    this.nudge();
  }

  /** A slot for an execution that is being accepted here, or a place in the line; undefined when it must wait its turn (W2). */
  reserve(executionId: string): Slot | undefined {
    if (this.#state !== "running" || this.#options.localFirst === false) return undefined;
    return this.#claiming.isOpen ? this.#hand.slot(executionId, this.id) : this.#claiming.place(executionId);
  }

  /** There may be something due: look soon. */
  nudge(): void {
    this.#claiming.nudge();
    this.#pollIn(0);
  }

  /** What was accepted here without a slot waits in the database; this worker may be the one to claim it. */
  remember(record: AcceptRecord, started: Started): void {
    if (this.#options.slots > 0) this.#claiming.remembered.add(record, started);
    this.nudge();
  }

  announce(happening: Happening): void {
    this.#options.live.publish(happening);
  }

  /** Somebody wants an execution cancelled: at once if it is held here, else it is taken for that if it rests. */
  async cancel(executionId: string, wish: { by?: string; reason?: string }): Promise<void> {
    if (this.#tellCancelled(executionId, wish) || this.#state !== "running") return;
    await this.#claiming.claimForCancelling(executionId);
  }

  /** W4: takes nothing new; resolves when everything in hand has finished, or after `seconds` hands it over. */
  async drain(seconds: number): Promise<void> {
    if (this.#state === "stopped" || this.#state === "new") return;
    this.#state = "draining";
    const polled = this.#polls.stop();
    this.#claiming.drain();
    crashPoint("B17");
    let cancelTimer: (() => void) | undefined;
    const patience = new Promise<void>((resolve) => {
      cancelTimer = this.#options.clock.setTimer(seconds * 1000, resolve);
    });
    await Promise.race([this.#hand.whenEmpty(), patience]);
    cancelTimer?.();
    this.#state = "stopped";
    // What a last poll claimed goes back with the lease; what a drive is storing is stored before.
    await polled;
    this.#hand.letGo();
    await this.#hand.whenEnded();
    for (const stop of this.#timers.splice(0)) stop();
    await this.#listening?.stop();
    await this.#lease.giveBack().catch((error) => this.#options.log.error("worker_unregister", error));
  }

  /** The lease is gone (the journal found out): everything in hand is somebody else's now. */
  fenced(): void {
    if (this.#state === "stopped") return;
    this.#options.log.warn("worker_fenced", "This worker was declared dead; it begins anew.");
    this.#claiming.letGo();
    this.#hand.letGo();
  }

  /** Hears of work that found no slot elsewhere, of cancellations and of news; it only hurries what polls would find. */
  #listen(): void {
    const { pool, clock, live, log } = this.#options;
    const news = createNews({ pool, live, clock });
    this.#timers.push(() => news.stop());
    this.#listening = listen({
      pool,
      channel: workChannel,
      clock,
      onConnected: () => this.#pollIn(0),
      onMessage: (payload) => {
        const message = readWorkMessage(payload);
        if (message === undefined) return;
        if ("due" in message) this.#pollIn(0);
        else if (!("cancel" in message)) news.heard(message);
        else this.#tellCancelled(message.cancel, message);
      },
      log: { info: () => undefined, warn: (text) => log.warn("worker_listen", text) },
    });
  }

  /** Whether the execution is held here, and is cancelled. */
  #tellCancelled(
    executionId: string,
    { by, reason }: { by?: string | undefined; reason?: string | undefined },
  ): boolean {
    const who = { ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) };
    const event = { type: "cancelled", at: this.#options.databaseClock.now(), ...who } as const;
    const drive = this.#hand.drive(executionId);
    drive?.deliver(event);
    return drive !== undefined || this.#claiming.cancelNext(executionId, event);
  }

  async #beat(): Promise<void> {
    crashPoint("B16");
    const cancelled = await this.#lease.beat(this.#state === "draining");
    if (!cancelled || this.#journal?.fenced) return this.#begin();
    this.#hand.wake();
    for (const id of cancelled) this.#tellCancelled(id, {});
  }

  /** After a lost lease: a new name, a new lease (W3). */
  async #begin(): Promise<void> {
    this.fenced();
    if (this.#state !== "running") return;
    const id = this.#lease.renew();
    await this.#lease.register();
    // Only now: what the journal wrote under a lease that is not there yet would fence it for good.
    this.#journal?.renew(id);
    this.nudge();
  }

  async #judge(): Promise<void> {
    const found = await this.#lease.judge();
    if (!found) return;
    const { workers, executions } = found;
    this.#options.log.warn("worker_recovered", `${workers} workers were lost; ${executions.length} executions go on`, {
      executions: executions.slice(0, 20),
    });
    this.nudge();
  }

  #ended(end: DriveEnd): void {
    if (end.kind !== "parked") return;
    const wait = end.due - this.#options.databaseClock.now();
    if (wait < nearMs) this.#pollIn(Math.max(0, wait));
  }

  #lookForMore(): void {
    if (this.#claiming.wantsMore) this.#pollIn(0);
  }

  #pollIn(milliseconds: number): void {
    if (this.#state === "running" && this.#options.slots > 0) this.#polls.in(milliseconds);
  }
}
