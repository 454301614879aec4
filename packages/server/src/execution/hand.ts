// What is in hand: the slots of this process, and the executions that are driven in them.
//
// H1. An execution is in hand from when a slot is taken for it until its drive has ended and everything that it wanted
//     stored is stored or refused. What is claimed and not in hand was lost on the way.
// H2. When the lease is lost everything is let go at once; slots of that life count no more.
// H3. An execution whose end is decided keeps its slot until that is stored; only what is in line already may begin
//     beside it. So an end costs no wait for the database, and never more are stored as running than there are slots.
// H4. A drive that breaks (a bug, a record that the database refuses) ends its own execution as failed, and no other.
import type { Outside, perform } from "@workflow-core/core";
import { transition } from "@workflow-core/core";
import type { Clock } from "../clock.js";
import type { Fence } from "../store/flight-records.js";
import type { DatabaseClock } from "./database-clock.js";
import { Drive, type DriveEnd, type DriveOptions } from "./drive.js";
import type { Holding } from "./entries.js";
import { Inbox } from "./inbox.js";
import { Fenced, type Journal } from "./journal.js";
import type { Lease } from "./lease.js";
import type { Live } from "./live.js";
import { lookAhead } from "./look-ahead.js";
import { toEventRecord, toFinishRecord, unreadableFinish } from "./records.js";
import type { Step } from "./step.js";
import type { WorkerLog } from "./worker-log.js";

export type Begun = Pick<DriveOptions, "executionId" | "workflowId" | "communityId" | "plan" | "state" | "sequence"> &
  Fence;

interface How {
  /** It has just been stored for the first time. */
  accepted?: boolean;
  /** It was in hand at two deaths: until it has made a step, no other suspect is taken. */
  suspect?: boolean;
}

/** What a slot gives to the drive in it. */
interface Place {
  lease: string;
  inbox: Inbox;
  decided(): void;
}

/** A place for one execution. It is released by its drive's end, or by hand when it was not needed. */
export interface Slot {
  /** False: it is a place in the line behind the slots, and is told as queued until its turn. */
  readonly beginsAtOnce: boolean;
  /** Goes on with a step that is to be accepted, as far as that needs no outside; only where it begins at once. */
  lookAhead(step: Step): Promise<void>;
  drive(begun: Begun, how?: How): void;
  release(): void;
}

export interface HandOptions {
  outside: Outside;
  perform?: typeof perform;
  clock: Clock;
  databaseClock: DatabaseClock;
  live: Live;
  lease: Lease;
  log: WorkerLog;
  parkAfterMs: number;
  alwaysSuspend: boolean;
  onEnd(end: DriveEnd): void;
  /** Told once for each slot: when its execution's end is decided (H3), or else just before it is free. */
  onDecided(): void;
  /** Told when a slot is free. */
  onFree(): void;
}

export class Hand {
  readonly #options: HandOptions;
  #journal: Pick<Journal, "append"> | undefined;
  #taken = 0;
  /** Of those taken: how many only store their end (H3). */
  #ending = 0;
  /** By execution: how many slots hold it, which is one but for a moment. */
  #held = new Map<string, number>();
  #drives = new Map<string, Drive>();
  /** Suspects in hand, and the event after which they were taken. */
  #suspects = new Map<Drive, number>();
  #runs = new Set<Promise<void>>();
  #life = 0;
  #empty: (() => void)[] = [];

  constructor(options: HandOptions) {
    this.#options = options;
  }

  useJournal(journal: Pick<Journal, "append">): void {
    this.#journal = journal;
  }

  /** How many slots are taken. */
  get taken(): number {
    return this.#taken;
  }

  /** In how many of them something is still to be done (H3). */
  get running(): number {
    return this.#taken - this.#ending;
  }

  has(executionId: string): boolean {
    return this.#held.has(executionId);
  }

  drive(executionId: string): Drive | undefined {
    return this.#drives.get(executionId);
  }

  /** Whether there is a suspect that has made no step yet. */
  hasSuspect(): boolean {
    return [...this.#suspects].some(([drive, sequence]) => drive.sequence === sequence);
  }

  /** Takes a slot for an execution that is claimed, or is being accepted, under this lease. */
  slot(executionId: string, lease: string): Slot {
    const life = this.#life;
    this.#taken += 1;
    this.#held.set(executionId, (this.#held.get(executionId) ?? 0) + 1);
    const inbox = this.#inbox();
    let open = true;
    let ending = false;
    const decided = () => {
      if (ending || life !== this.#life) return;
      ending = true;
      this.#ending += 1;
      this.#options.onDecided();
    };
    const release = () => {
      if (!open) return;
      open = false;
      inbox.keepOnly([]);
      const others = (this.#held.get(executionId) ?? 1) - 1;
      if (others > 0) this.#held.set(executionId, others);
      else this.#held.delete(executionId);
      if (life !== this.#life) return; // H2
      decided();
      this.#taken -= 1;
      this.#ending -= 1;
      this.#tellWhenEmpty();
      this.#options.onFree();
    };
    const drive = (begun: Begun, how: How = {}) => {
      const run = this.#run(begun, { lease, inbox, decided }, how).finally(() => {
        this.#runs.delete(run);
        release();
      });
      this.#runs.add(run);
    };
    return {
      beginsAtOnce: true,
      lookAhead: (step) => lookAhead(step, inbox, this.#options.clock),
      release,
      drive,
    };
  }

  /** The lease is certain: what was withheld is sent. */
  wake(): void {
    for (const drive of this.#drives.values()) drive.wake();
  }

  /** Lets go of everything where it stands (H2). */
  letGo(): void {
    for (const drive of this.#drives.values()) drive.stop();
    this.#drives.clear();
    this.#life += 1;
    this.#taken = 0;
    this.#ending = 0;
    this.#tellWhenEmpty();
  }

  /** Resolves once no slot is taken. */
  whenEmpty(): Promise<void> {
    return new Promise((resolve) => {
      this.#empty.push(resolve);
      this.#tellWhenEmpty();
    });
  }

  /** Resolves once the drives that there are now have ended. */
  async whenEnded(): Promise<void> {
    await Promise.all(this.#runs);
  }

  #tellWhenEmpty(): void {
    if (this.#taken === 0) for (const resolve of this.#empty.splice(0)) resolve();
  }

  #inbox(): Inbox {
    const { outside, perform, clock, databaseClock, log } = this.#options;
    const onBug = (error: unknown, execution_id: string) => log.error("action_bug", error, { execution_id });
    return new Inbox({ outside, perform, clock, databaseClock, onBug });
  }

  async #run(
    begun: Begun,
    { lease, inbox, decided }: Place,
    { accepted = false, suspect = false }: How,
  ): Promise<void> {
    const { clock, databaseClock, live, log, parkAfterMs, alwaysSuspend } = this.#options;
    const journal = this.#journal;
    if (!journal) throw new Error("the worker has no journal");
    const holding = { lease, fence: begun.fence };
    const drive = new Drive({
      executionId: begun.executionId,
      workflowId: begun.workflowId,
      communityId: begun.communityId,
      plan: begun.plan,
      state: begun.state,
      sequence: begun.sequence,
      inbox,
      journal,
      holding,
      clock,
      databaseClock,
      live,
      parkAfterMs,
      holdsLease: () => this.#options.lease.id === lease && this.#options.lease.holds(),
      ...(alwaysSuspend ? { alwaysSuspend: { first: accepted } } : {}),
      onDecided: decided,
    });
    this.#drives.set(begun.executionId, drive);
    if (suspect) this.#suspects.set(drive, begun.sequence);
    try {
      this.#options.onEnd(await drive.run());
    } catch (error) {
      log.error("execution_drive", error, { execution_id: begun.executionId, workflow_id: begun.workflowId });
      await this.#breakOff(journal, holding, drive, begun, error);
    } finally {
      this.#suspects.delete(drive);
      if (this.#drives.get(begun.executionId) === drive) this.#drives.delete(begun.executionId);
    }
  }

  /** H4: stores the end of an execution whose drive broke; with less about it when even that is refused. */
  async #breakOff(
    journal: Pick<Journal, "append">,
    holding: Holding,
    drive: Drive,
    { executionId, workflowId, communityId, plan }: Begun,
    error: unknown,
  ): Promise<void> {
    const { databaseClock, live, log } = this.#options;
    const at = databaseClock.now();
    const message = `The execution could not go on: ${error instanceof Error ? error.message : error}`.slice(0, 1000);
    const event = { type: "abandoned", at, failure: { code: "INTERNAL_ERROR", message, retryable: false } } as const;
    const whole = async () => {
      const state = transition(plan, drive.state, event);
      const sequence = drive.sequence + 1;
      const events = [toEventRecord(executionId, sequence, event)];
      await journal.append(holding, { events, finish: toFinishRecord(executionId, plan, state) });
      live.publish({
        executionId,
        workflowId,
        communityId,
        sequence,
        fence: holding.fence,
        plan,
        state,
        events: [event],
      });
    };
    const brief = (refused: unknown) => {
      if (refused instanceof Fenced) throw refused;
      const about = { execution_id: executionId, workflow_id: workflowId, community_id: communityId };
      return journal.append(holding, { finish: unreadableFinish(about, at, message) });
    };
    await whole()
      .catch(brief)
      .catch((refused: unknown) => {
        if (!(refused instanceof Fenced)) log.error("execution_break_off", refused, { execution_id: executionId });
      });
  }
}
