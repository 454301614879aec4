// The worker: the slots of this process, its lease, and where executions to run come from.
//
// W1. At most `slots` executions are in hand; one that rests (delay, retry) holds none.
// W2. What was accepted here runs here at once if a slot is free and nobody has waited longer; the rest waits in the
//     database, in order and fair between communities, until some worker has a slot.
// W3. The lease is renewed every second; whoever finds it older than `leaseSeconds` takes it away, and what this
//     worker held goes on elsewhere. A worker that lost its lease stores nothing and begins anew under a new name.
// W4. Draining: nothing new is taken, what is in hand may finish in time or is handed over where it stands.
import { randomUUID } from "node:crypto";
import type { Outside } from "@workflow-core/core";
import type { Clock } from "../clock.js";
import { type ClaimedExecution, claimDue, claimOne, secondsUntilDue } from "../store/claims.js";
import type { Pool } from "../store/database.js";
import { type Listening, listen } from "../store/listen.js";
import { readWorkMessage, workChannel } from "../store/work-channel.js";
import { heartbeat, recoverFromDead, registerWorker, unregisterWorker } from "../store/workers.js";
import type { DatabaseClock } from "./database-clock.js";
import { Drive, type DriveEnd, type DriveOptions } from "./drive.js";
import type { Journal } from "./journal.js";
import type { Happening, Live } from "./live.js";
import type { Plans } from "./plans.js";
import { resume } from "./resume.js";

export interface WorkerOptions {
  pool: Pool;
  outside: Outside;
  plans: Plans;
  live: Live;
  clock: Clock;
  databaseClock: DatabaseClock;
  name: string;
  role: string;
  /** MAX_CONCURRENT_WORKFLOWS; 0 for a process that only accepts. */
  slots: number;
  leaseSeconds?: number;
  parkAfterMs?: number;
  /** False: nothing that is accepted here is run here first. */
  localFirst?: boolean;
  log: WorkerLog;
}

export interface WorkerLog {
  info(action: string, message: string, fields?: Record<string, unknown>): void;
  warn(action: string, message: string, fields?: Record<string, unknown>): void;
  error(action: string, error: unknown, fields?: Record<string, unknown>): void;
}

type Begun = Pick<DriveOptions, "executionId" | "workflowId" | "communityId" | "plan" | "state" | "sequence">;

/** A place for one execution. It is released by its drive's end, or by hand when it was not needed. */
export interface Slot {
  drive(begun: Begun): void;
  release(): void;
}

const idlePollMs = 1000;
const nearMs = 60_000;

export class Worker {
  readonly #options: WorkerOptions;
  #journal: Journal | undefined;
  #id = randomUUID() as string;
  #taken = 0;
  #drives = new Map<string, Drive>();
  #timers: (() => void)[] = [];
  #pollTimer: (() => void) | undefined;
  #pollAt = Number.POSITIVE_INFINITY;
  #polling = false;
  #pollAgain = false;
  /** True when the database has more that is due than we have slots for. */
  #backlog = false;
  #state: "new" | "running" | "draining" | "stopped" = "new";
  #idle: (() => void)[] = [];
  #listening: Listening | undefined;
  #reached = true;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  get id(): string {
    return this.#id;
  }

  /** Whether the database answered the last heartbeat. */
  get reachesDatabase(): boolean {
    return this.#reached;
  }

  get status(): { state: string; slots: number; taken: number; backlog: boolean } {
    return { state: this.#state, slots: this.#options.slots, taken: this.#taken, backlog: this.#backlog };
  }

  /** The journal writes under this worker's lease; it is made after the worker and given here once. */
  useJournal(journal: Journal): void {
    this.#journal = journal;
  }

  /** Takes a lease and begins to look for work. */
  async start(): Promise<void> {
    await this.#register();
    this.#state = "running";
    this.#every(1000, () => this.#beat());
    this.#every(1500 + Math.random() * 500, () => this.#recover());
    this.#listen();
    this.nudge();
  }

  /** A slot for an execution that is being accepted here; undefined when it must wait its turn (W2). */
  reserve(): Slot | undefined {
    if (
      this.#state !== "running" ||
      this.#backlog ||
      this.#options.localFirst === false ||
      this.#taken >= this.#options.slots
    )
      return undefined;
    return this.#slot();
  }

  /** There may be something due: look soon. */
  nudge(): void {
    this.#backlog = this.#backlog || this.#taken >= this.#options.slots;
    this.#pollIn(0);
  }

  announce(happening: Happening): void {
    this.#options.live.publish(happening);
  }

  /** Somebody wants an execution cancelled: at once if it is in hand here, else it is taken for that if it rests. */
  async cancel(executionId: string, wish: { by?: string; reason?: string }): Promise<void> {
    const drive = this.#drives.get(executionId);
    if (drive) return drive.deliver(this.#cancelled(wish));
    if (this.#state !== "running") return;
    const claimed = await claimOne(this.#options.pool, this.#id, executionId);
    if (claimed) await this.#resume([claimed]);
  }

  /** W4: takes nothing new; resolves when everything in hand has finished, or after `seconds` hands it over. */
  async drain(seconds: number): Promise<void> {
    if (this.#state === "stopped" || this.#state === "new") return;
    this.#state = "draining";
    this.#pollTimer?.();
    if (this.#taken > 0) {
      let cancelTimer: (() => void) | undefined;
      await Promise.race([
        new Promise<void>((resolve) => this.#idle.push(resolve)),
        new Promise<void>((resolve) => {
          cancelTimer = this.#options.clock.setTimer(seconds * 1000, resolve);
        }),
      ]);
      cancelTimer?.();
    }
    this.#state = "stopped";
    this.#letGo();
    for (const stop of this.#timers.splice(0)) stop();
    await this.#listening?.stop();
    await unregisterWorker(this.#options.pool, this.#id).catch((error) =>
      this.#options.log.error("worker_unregister", error),
    );
  }

  /** The lease is gone (the journal found out): everything in hand is somebody else's now. */
  fenced(): void {
    if (this.#state === "stopped") return;
    this.#options.log.warn("worker_fenced", "This worker was declared dead; it begins anew.");
    this.#letGo();
    this.#taken = 0;
  }

  #letGo(): void {
    for (const drive of this.#drives.values()) drive.stop();
    this.#drives.clear();
  }

  /** Hears of work that found no slot elsewhere, and of cancellations; it only hurries what the polls would find. */
  #listen(): void {
    const { pool, clock, log } = this.#options;
    this.#listening = listen({
      pool,
      channel: workChannel,
      clock,
      onConnected: () => this.#pollIn(0),
      onMessage: (payload) => {
        const message = readWorkMessage(payload);
        if (message && "due" in message) this.#pollIn(0);
        else if (message) this.#drives.get(message.cancel)?.deliver(this.#cancelled(message));
      },
      log: { info: () => undefined, warn: (text) => log.warn("worker_listen", text) },
    });
  }

  #cancelled({ by, reason }: { by?: string | undefined; reason?: string | undefined }) {
    const who = { ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) };
    return { type: "cancelled", at: this.#options.databaseClock.now(), ...who } as const;
  }

  async #register(): Promise<void> {
    const { pool, clock, databaseClock, name, role, slots } = this.#options;
    const asked = clock.monotonic();
    databaseClock.adjust(await registerWorker(pool, { worker_id: this.#id, name, role, slots }), asked);
  }

  #every(milliseconds: number, action: () => Promise<void>): void {
    let stopped = false;
    let cancel: (() => void) | undefined;
    const next = () => {
      if (stopped) return;
      cancel = this.#options.clock.setTimer(milliseconds, () => {
        void action()
          .catch((error) => this.#options.log.error("worker_tick", error))
          .finally(next);
      });
    };
    next();
    this.#timers.push(() => {
      stopped = true;
      cancel?.();
    });
  }

  async #beat(): Promise<void> {
    const { pool, clock, databaseClock } = this.#options;
    const asked = clock.monotonic();
    const beat = await heartbeat(pool, this.#id, this.#state === "draining").catch((error: unknown) => {
      this.#reached = false;
      throw error;
    });
    this.#reached = true;
    databaseClock.adjust(beat.now, asked);
    if (!beat.alive) return this.#begin();
    for (const id of beat.cancelled) this.#drives.get(id)?.deliver({ type: "cancelled", at: databaseClock.now() });
  }

  /** After a lost lease: a new name, a new lease (W3). */
  async #begin(): Promise<void> {
    if (this.#state !== "running") return;
    this.fenced();
    this.#id = randomUUID();
    this.#journal?.renew(this.#id);
    await this.#register();
    this.nudge();
  }

  async #recover(): Promise<void> {
    const { workers, executions } = await recoverFromDead(this.#options.pool, this.#options.leaseSeconds ?? 5);
    if (workers === 0 && executions.length === 0) return;
    this.#options.log.warn("worker_recovered", `${workers} workers were lost; ${executions.length} executions go on`, {
      executions: executions.slice(0, 20),
    });
    this.nudge();
  }

  #slot(): Slot {
    this.#taken += 1;
    const id = this.#id;
    let open = true;
    const release = () => {
      if (!open) return;
      open = false;
      if (id !== this.#id) return; // a slot of the life before the lease was lost
      this.#taken -= 1;
      if (this.#taken === 0) for (const resolve of this.#idle.splice(0)) resolve();
      if (this.#backlog) this.#pollIn(0);
    };
    return { release, drive: (begun) => void this.#drive(begun, id).finally(release) };
  }

  async #drive(begun: Begun, lease: string): Promise<void> {
    const { outside, clock, databaseClock, live, log, parkAfterMs = 500 } = this.#options;
    if (!this.#journal) throw new Error("the worker has no journal");
    const onBug = (error: unknown, execution_id: string) => log.error("action_bug", error, { execution_id });
    const drive = new Drive({
      ...begun,
      journal: this.#journal,
      lease,
      outside,
      clock,
      databaseClock,
      live,
      parkAfterMs,
      onBug,
    });
    this.#drives.set(begun.executionId, drive);
    try {
      this.#ended(await drive.run());
    } catch (error) {
      log.error("execution_drive", error, { execution_id: begun.executionId, workflow_id: begun.workflowId });
    } finally {
      if (this.#drives.get(begun.executionId) === drive) this.#drives.delete(begun.executionId);
    }
  }

  #ended(end: DriveEnd): void {
    if (end.kind !== "parked") return;
    const wait = end.due - this.#options.databaseClock.now();
    if (wait < nearMs) this.#pollIn(Math.max(0, wait));
  }

  #pollIn(milliseconds: number): void {
    if (this.#state !== "running" || this.#options.slots === 0) return;
    if (this.#polling) {
      this.#pollAgain = true;
      return;
    }
    const at = this.#options.clock.monotonic() + milliseconds;
    if (at >= this.#pollAt) return;
    this.#pollTimer?.();
    this.#pollAt = at;
    this.#pollTimer = this.#options.clock.setTimer(milliseconds, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    this.#pollAt = Number.POSITIVE_INFINITY;
    this.#polling = true;
    this.#pollAgain = false;
    let next = idlePollMs;
    try {
      next = await this.#claim();
    } catch (error) {
      this.#options.log.error("worker_claim", error);
    } finally {
      this.#polling = false;
      this.#pollIn(this.#pollAgain ? 0 : next);
    }
  }

  /** Fills the free slots with what is due; gives the milliseconds until it is worth looking again. */
  async #claim(): Promise<number> {
    const free = this.#options.slots - this.#taken;
    if (free <= 0) return idlePollMs;
    const claimed = await claimDue(this.#options.pool, this.#id, free);
    this.#backlog = claimed.length === free;
    if (claimed.length > 0) {
      await this.#resume(claimed);
      return 0;
    }
    const seconds = await secondsUntilDue(this.#options.pool);
    return seconds === undefined ? idlePollMs : Math.min(idlePollMs, Math.max(0, seconds * 1000));
  }

  /** Goes on with claimed executions, each in a slot; one that cannot be read fails alone. */
  async #resume(claimed: readonly ClaimedExecution[]): Promise<void> {
    const slots = claimed.map(() => this.#slot());
    const { pool, plans, databaseClock, live } = this.#options;
    if (!this.#journal) return;
    const resumed = await resume(
      { pool, plans, databaseClock, live, journal: this.#journal, lease: this.#id },
      claimed,
    );
    slots.forEach((slot, index) => {
      const begun = resumed[index];
      if (begun) slot.drive(begun);
      else slot.release();
    });
  }
}
