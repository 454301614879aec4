// The lease: this process's right to write, kept by a heartbeat, and taken away by whoever finds it too old.
//
// L1. What was not confirmed for as long as a lease lasts may be somebody else's by now: until a heartbeat says that it
//     is still held, nothing is sent to the outside. So a process that was frozen changes nothing when it wakes.
// L2. Whoever could not reach the database itself does not judge: after an outage it declares nobody dead before all
//     had a whole lease's time to show that they live. So an outage costs no execution one of its recoveries.
// L3. A lease that is lost is never taken up again: the process goes on under a new id.
import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.js";
import type { Pool } from "../store/database.js";
import { answerPatienceMs, heartbeat, recoverFromDead, registerWorker, unregisterWorker } from "../store/workers.js";
import type { DatabaseClock } from "./database-clock.js";

export interface LeaseOptions {
  pool: Pool;
  clock: Clock;
  databaseClock: DatabaseClock;
  name: string;
  role: string;
  slots: number;
  /** A worker that has been silent for so long is dead. */
  seconds: number;
}

export class Lease {
  readonly #options: LeaseOptions;
  #id = randomUUID() as string;
  /** Monotonic time at which the last answered heartbeat was sent. */
  #confirmedAt = Number.NEGATIVE_INFINITY;
  #mayJudgeAt = 0;
  #reached = true;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  get id(): string {
    return this.#id;
  }

  /** Whether the database answered the last heartbeat, in time. */
  get reached(): boolean {
    return this.#reached;
  }

  /** Milliseconds between heartbeats: several fit into a lease. */
  get beatMs(): number {
    return Math.min(1000, this.#milliseconds / 5);
  }

  get #milliseconds(): number {
    return this.#options.seconds * 1000;
  }

  /** Whether it is certain that nobody has taken the lease (L1). */
  holds(): boolean {
    return this.#options.clock.monotonic() - this.#confirmedAt < this.#milliseconds;
  }

  /** Takes the lease under the present id. */
  async register(): Promise<void> {
    const { pool, clock, databaseClock, name, role, slots } = this.#options;
    const asked = clock.monotonic();
    databaseClock.adjust(await registerWorker(pool, { worker_id: this.#id, name, role, slots }), asked);
    this.#confirmedAt = asked;
  }

  /**
   * Keeps the lease, and gives the executions of this worker that somebody wants cancelled; undefined when somebody
   * has taken the lease away. Throws while the database does not answer.
   */
  async beat(draining: boolean): Promise<string[] | undefined> {
    const { pool, clock, databaseClock } = this.#options;
    const asked = clock.monotonic();
    let doubted = !this.#reached || !this.holds();
    // It may wait for a connection too.
    const patience = clock.setTimer(answerPatienceMs, () => {
      doubted = true;
      this.#reached = false;
    });
    const beat = await heartbeat(pool, this.#id, draining)
      .catch((error: unknown) => {
        this.#reached = false;
        throw error;
      })
      .finally(patience);
    this.#reached = true;
    databaseClock.adjust(beat.now, asked);
    if (doubted || !this.holds()) this.#mayJudgeAt = clock.monotonic() + this.#milliseconds; // L2
    if (!beat.alive) return undefined;
    this.#confirmedAt = asked;
    return beat.cancelled;
  }

  /** Declares the silent dead and frees what they held; undefined when there was nothing to do, or it may not (L2). */
  async judge(): Promise<{ workers: number; executions: string[] } | undefined> {
    const { pool, clock, seconds } = this.#options;
    if (!this.#reached || !this.holds() || clock.monotonic() < this.#mayJudgeAt) return undefined;
    const found = await recoverFromDead(pool, seconds);
    return found.workers === 0 && found.executions.length === 0 ? undefined : found;
  }

  /** A new id, after the old lease was lost (L3); it is taken with `register`. */
  renew(): string {
    this.#id = randomUUID();
    this.#confirmedAt = Number.NEGATIVE_INFINITY;
    return this.#id;
  }

  /** Gives the lease back; what was held is due at once. */
  giveBack(): Promise<void> {
    return unregisterWorker(this.#options.pool, this.#id);
  }
}
