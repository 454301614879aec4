// The executions of one workflow as they begin, go on and end, wherever they run.
//
// S1. What is told is how an execution stands, from the same source as its own stream: live happenings here, news and
//     the store for elsewhere. Nothing is told that is not stored.
// S2. Several steps that come while the reader is busy become one; so a slow reader hears less, later, and costs no
//     more. Of too many executions at once it hears `missed`, and lists them.
// S3. A batch's last message carries its time as id. Who comes back with it hears of everything that began or ended
//     since, and a little before: some things twice, none not at all.
// S4. A stream ends after a quarter of an hour; who comes back is asked anew who they are and what they may.
import { type ExecutionStatus, isFinal } from "@workflow-core/core";
import type { Happening } from "../execution/live.js";
import { type ExecutionBrief, executionsNow, executionsSince } from "../store/execution-changes.js";
import type { Services } from "./services.js";
import { carryOut, type EventStream } from "./streams.js";

/** How often the store is asked for what no news came of. */
const pollMs = 2000;
/** What happens within this time is told together. */
const gatherMs = 50;
/** What is told late: stored before this was looked for, found after it. */
const overlapMs = 30_000;
/** Of so many executions at once a stream keeps track. */
export const mostTracked = 1000;
const lifeMs = 15 * 60_000;

type Needed = Pick<Services, "clock" | "database" | "live">;

/** Streams until the reader is gone or the stream's time is over. `since`: the id that the reader has last seen. */
export async function streamWorkflow(
  services: Needed,
  workflowId: string,
  since: number | undefined,
  stream: EventStream,
): Promise<void> {
  const telling = new Telling(services, workflowId, stream);
  await carryOut(
    stream,
    () => telling.run(since),
    () => telling.stop(),
  );
}

class Telling {
  readonly #services: Needed;
  readonly #workflowId: string;
  readonly #stream: EventStream;
  readonly #stops: (() => void)[];
  /** What is to be told, by execution. */
  #due = new Map<string, ExecutionBrief>();
  /** Executions that moved elsewhere. */
  #news = new Set<string>();
  #missed = false;
  /** What the reader knows of executions; of those that are over, the latest few. */
  readonly #known = new Map<string, { status: ExecutionStatus; sequence: number }>();
  #cursor = 0;
  #timeOver = false;
  #wake: (() => void) | undefined;

  constructor(services: Needed, workflowId: string, stream: EventStream) {
    this.#services = services;
    this.#workflowId = workflowId;
    this.#stream = stream;
    const { live, clock } = services;
    this.#stops = [
      live.onWorkflow(workflowId, (happening) => this.#add(briefOf(happening))),
      live.onElsewhere(`workflow ${workflowId}`, (executionId) => {
        if (this.#news.size >= mostTracked) this.#missed = true;
        else this.#news.add(executionId);
        this.#wake?.();
      }),
      clock.setTimer(lifeMs, () => {
        this.#timeOver = true;
        this.#wake?.();
      }),
    ];
    stream.onClose(() => this.#wake?.());
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  async run(since: number | undefined): Promise<void> {
    const { clock, database } = this.#services;
    const from = since === undefined ? undefined : since - overlapMs;
    const first = await executionsSince(database, this.#workflowId, from, mostTracked + 1);
    if (first.briefs.length > mostTracked) this.#missed = true;
    for (const brief of first.briefs.slice(0, mostTracked)) this.#add(brief);
    this.#cursor = first.now;
    await this.#flush();
    this.#stream.send("ready", { at: new Date(first.now).toISOString() }, first.now);
    let polled = clock.monotonic();
    while (!this.#stream.closed && !this.#timeOver) {
      if (this.#due.size === 0 && this.#news.size === 0 && !this.#missed) await this.#rest(pollMs);
      if (this.#stream.closed || this.#timeOver) return;
      await this.#pause(gatherMs);
      const looks = clock.monotonic() - polled >= pollMs;
      if (looks || this.#news.size > 0) await this.#look(looks);
      if (looks) polled = clock.monotonic();
      await this.#flush();
    }
  }

  /** Asks the store for what moved elsewhere, and now and then for everything that may have. */
  async #look(everything: boolean): Promise<void> {
    const news = [...this.#news];
    this.#news.clear();
    const open = everything ? [...this.#known].flatMap(([id, { status }]) => (isFinal(status) ? [] : [id])) : [];
    const since = everything ? this.#cursor - overlapMs : undefined;
    const { database } = this.#services;
    for (const brief of await executionsNow(database, this.#workflowId, [...news, ...open], since, mostTracked))
      this.#add(brief);
  }

  #add(brief: ExecutionBrief): void {
    const { execution_id: id } = brief;
    const known = this.#due.get(id) ?? this.#known.get(id);
    if (known !== undefined && !isNewer(brief, known)) return;
    if (this.#due.size >= mostTracked && !this.#due.has(id)) this.#missed = true;
    else this.#due.set(id, brief);
    this.#wake?.();
  }

  /** Tells what is due, in the order of its times, as fast as the reader reads. */
  async #flush(): Promise<void> {
    const batch = [...this.#due.values()].sort((one, other) => one.at - other.at);
    this.#due = new Map();
    for (const [index, brief] of batch.entries()) {
      this.#cursor = Math.max(this.#cursor, brief.at);
      this.#tell(brief, index === batch.length - 1 ? this.#cursor : undefined);
      await this.#stream.room();
      if (this.#stream.closed) return;
    }
    if (this.#missed) this.#stream.send("missed", { message: "Too much happened at once; list the executions." });
    this.#missed = false;
  }

  #tell(brief: ExecutionBrief, id: number | undefined): void {
    const { execution_id, status, sequence } = brief;
    const known = this.#known.get(execution_id);
    const start_time = new Date(brief.start).toISOString();
    const over = isFinal(status);
    if (known === undefined)
      this.#stream.send(
        "started",
        { execution_id, status: over ? "running" : status, start_time, node_id: brief.node_id },
        over ? undefined : id,
      );
    else if (!over) this.#stream.send("progressed", { execution_id, status, sequence }, id);
    if (over) this.#stream.send("finished", { execution_id, status, start_time, ...endOf(brief) }, id);
    this.#known.delete(execution_id);
    this.#known.set(execution_id, { status, sequence });
    if (this.#known.size > 2 * mostTracked) this.#forget();
  }

  /** The one that was told of longest ago, rather one that is over. */
  #forget(): void {
    const over = [...this.#known].find(([, { status }]) => isFinal(status));
    const [oldest] = over ?? [...this.#known.keys()];
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  /** Until something happens, or so many milliseconds. */
  #rest(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#wake = undefined;
        cancelTimer();
        resolve();
      };
      const cancelTimer = this.#services.clock.setTimer(milliseconds, done);
      this.#wake = done;
    });
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.#services.clock.setTimer(milliseconds, resolve));
  }
}

/** A row may not show yet what was told live: with the same events, only the way from queued to waiting counts. */
const order: readonly ExecutionStatus[] = ["queued", "running", "waiting"];

const isNewer = (
  brief: Pick<ExecutionBrief, "status" | "sequence">,
  known: { status: ExecutionStatus; sequence: number },
): boolean => {
  if (isFinal(known.status)) return false;
  if (isFinal(brief.status) || brief.sequence > known.sequence) return true;
  return brief.sequence === known.sequence && order.indexOf(brief.status) > order.indexOf(known.status);
};

const briefOf = ({ executionId, sequence, state }: Happening): ExecutionBrief => ({
  ...{ execution_id: executionId, status: state.status, node_id: state.started.trigger, sequence },
  ...{ at: state.finishedAt ?? state.at, start: state.started.at, end: state.finishedAt ?? null },
  ...{ nodes_executed: state.operations, error_message: state.failure?.message.slice(0, 1000) ?? null },
  error_node_id: state.failure?.node_id ?? null,
});

const endOf = ({ start, end, nodes_executed, error_message, error_node_id }: ExecutionBrief) => ({
  end_time: end === null ? null : new Date(end).toISOString(),
  execution_time_seconds: end === null ? null : Math.max(0, end - start) / 1000,
  ...{ nodes_executed, error_message, error_node_id },
});
