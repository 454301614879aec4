// The events of one execution as they happen, wherever it runs.
//
// E1. Stored events are the truth: what is sent has been stored, in order, each once. What this process tells live is
//     sent as it is when it follows on; otherwise, and for executions elsewhere, the store is read: all of it once, then
//     only what is behind the last event that is known. News from other processes say when.
// E2. After each batch of events comes a `state` message with what changed; the first one on a connection is complete.
// E3. The stream ends with `end` when the execution is over.
import { type ExecutionEvent, isFinal, type Plan, type State, transition } from "@workflow-core/core";
import type { Happening } from "../execution/live.js";
import { fromEventRecord } from "../execution/records.js";
import { replayInTurns } from "../execution/replay-in-turns.js";
import { readEvents } from "../store/claims.js";
import { getExecution, readOn } from "../store/executions.js";
import { type NodeChanges, nodeChanges } from "./node-changes.js";
import type { Services } from "./services.js";
import { carryOut, type EventStream } from "./streams.js";

/** How often the store is asked while nothing is told: for what no news came of. */
const pollMs = 1000;
/** News come in swarms; the store is asked no more often than this. */
const newsMs = 50;

type Needed = Pick<Services, "clock" | "database" | "live" | "plans">;

/** Sends everything behind `after` (0: from the beginning) until the execution is over or the reader is gone. */
export async function streamExecution(
  services: Needed,
  executionId: string,
  after: number,
  stream: EventStream,
): Promise<void> {
  const telling = new Telling(services, executionId, after, stream);
  await carryOut(
    stream,
    () => telling.run(),
    () => telling.stop(),
  );
}

class Telling {
  readonly #services: Needed;
  readonly #executionId: string;
  readonly #after: number;
  readonly #stream: EventStream;
  readonly #stopListening: (() => void)[];
  #pending: Happening[] = [];
  /** Something new was stored elsewhere. */
  #news = false;
  #lookedAt = 0;
  #wake: (() => void) | undefined;
  #sequence = 0;
  /** Where it stands after the event of number `#sequence`, once that is known. */
  #standing: { plan: Plan; state: State } | undefined;
  #changes: NodeChanges | undefined;
  #toldStatus: string | undefined;

  constructor(services: Needed, executionId: string, after: number, stream: EventStream) {
    this.#services = services;
    this.#executionId = executionId;
    this.#after = after;
    this.#stream = stream;
    const { live } = services;
    this.#stopListening = [
      live.onExecution(executionId, (happening) => {
        this.#pending.push(happening);
        this.#wake?.();
      }),
      live.onElsewhere(`execution ${executionId}`, () => {
        this.#news = true;
        this.#wake?.();
      }),
    ];
    stream.onClose(() => this.#wake?.());
  }

  stop(): void {
    for (const stop of this.#stopListening) stop();
    this.#pending = [];
  }

  async run(): Promise<void> {
    let over = await this.#catchUp();
    while (!over && !this.#stream.closed) {
      const happened = this.#pending.shift();
      if (happened === undefined) {
        await this.#rest();
        if (this.#pending.length === 0 && !this.#stream.closed) over = await this.#catchUp();
      } else if (happened.sequence > this.#sequence) {
        const follows = happened.sequence - happened.events.length === this.#sequence;
        over = follows ? this.#tell(happened.plan, happened.state, happened.events) : await this.#catchUp();
      }
    }
  }

  /** Waits for something to happen here, for news, or for the time to look without any. */
  #rest(): Promise<void> {
    const { clock } = this.#services;
    return new Promise((resolve) => {
      let cancelTimer = clock.setTimer(pollMs, () => done());
      const done = () => {
        this.#wake = undefined;
        cancelTimer();
        resolve();
      };
      const wake = () => {
        if (!this.#news || this.#pending.length > 0 || this.#stream.closed) return done();
        cancelTimer();
        cancelTimer = clock.setTimer(Math.max(0, this.#lookedAt + newsMs - clock.monotonic()), done);
      };
      this.#wake = wake;
      if (this.#news) wake();
    });
  }

  /** Sends what is stored and not yet sent; true when the execution is over. */
  async #catchUp(): Promise<boolean> {
    this.#news = false;
    this.#lookedAt = this.#services.clock.monotonic();
    return this.#standing === undefined ? this.#readWhole() : this.#readOn(this.#standing);
  }

  async #readWhole(): Promise<boolean> {
    const { database, plans } = this.#services;
    const row = await getExecution(database, this.#executionId);
    if (row === undefined) return true;
    if (row.status === "queued") return this.#tellStatus("queued", {});
    const plan = row.workflow_version === null ? undefined : await plans.of(row.workflow_id, row.workflow_version);
    const records = (await readEvents(database.primary, [this.#executionId])).get(this.#executionId) ?? [];
    if (plan === undefined || records.length === 0) {
      const { error_message, error_node_id, final_output } = row;
      return this.#tellStatus(row.status, { error_message, error_node_id, final_output });
    }
    const events = records.map(fromEventRecord);
    return this.#sendStored(plan, await replayInTurns(plan, events), events.slice(this.#sequence));
  }

  async #readOn({ plan, state }: { plan: Plan; state: State }): Promise<boolean> {
    const found = await readOn(this.#services.database, this.#executionId, this.#sequence);
    if (found === undefined) return true;
    const events = found.records.map(fromEventRecord);
    if (events.length === 0) return isFinal(found.status) && this.#tellStatus(found.status, {});
    const next = events.reduce((now, event) => (event.type === "started" ? now : transition(plan, now, event)), state);
    return this.#sendStored(plan, next, events);
  }

  async #sendStored(plan: Plan, state: State, events: readonly ExecutionEvent[]): Promise<boolean> {
    for (const event of events) {
      this.#send(plan, state, event);
      await this.#stream.room();
      if (this.#stream.closed) return true;
    }
    return this.#tellState(plan, state);
  }

  #tell(plan: Plan, state: State, events: readonly ExecutionEvent[]): boolean {
    for (const event of events) this.#send(plan, state, event);
    return this.#tellState(plan, state);
  }

  #send(plan: Plan, state: State, event: ExecutionEvent): void {
    this.#sequence += 1;
    if (this.#sequence > this.#after)
      this.#stream.send(event.type, told(plan, state, event, this.#sequence), this.#sequence);
  }

  #tellState(plan: Plan, state: State): boolean {
    this.#standing = { plan, state };
    this.#changes ??= nodeChanges(plan);
    const node_states = this.#changes.since(state);
    const { failure, finalOutput, operations } = state;
    const ended = {
      error_message: failure?.message ?? null,
      error_node_id: failure?.node_id ?? null,
      final_output: finalOutput ?? null,
    };
    const over = isFinal(state.status);
    this.#stream.send("state", {
      status: state.status,
      nodes_executed: operations,
      node_states,
      ...(over ? ended : {}),
    });
    if (over) this.#stream.send("end", { status: state.status });
    return over;
  }

  /** For executions of which nothing but the row is known; said once per status. */
  #tellStatus(status: Parameters<typeof isFinal>[0], more: object): boolean {
    const over = isFinal(status);
    if (status !== this.#toldStatus) this.#stream.send("state", { status, node_states: {}, ...(over ? more : {}) });
    this.#toldStatus = status;
    if (over) this.#stream.send("end", { status });
    return over;
  }
}

/** An event in few words; answers and variables are at the execution's own address. */
function told(plan: Plan, state: State, event: ExecutionEvent, sequence: number): object {
  const base = { sequence, at: new Date(event.at).toISOString() };
  switch (event.type) {
    case "started":
      return { ...base, node_id: event.trigger };
    case "attempted":
    case "performed":
      return { ...base, ...placeOf(plan, state, event.token), attempt: event.attempt };
    case "faulted": {
      const { code, message, retryable } = event.failure;
      return {
        ...base,
        ...placeOf(plan, state, event.token),
        attempt: event.attempt,
        error: { code, message, retryable },
      };
    }
    case "cancelled":
      return { ...base, by: event.by ?? null, reason: event.reason ?? null };
    case "abandoned":
      return { ...base, error: { code: event.failure.code, message: event.failure.message } };
    case "elapsed":
      return base;
  }
}

/** Answers are named by their visit (`greet:0.3`). */
function placeOf(plan: Plan, state: State, token: string): { node_id: string | null; visit: string } {
  const visit = state.history.findLast((each) => each.token === token);
  return { node_id: visit === undefined ? null : (plan.nodes[visit.node]?.id ?? null), visit: token };
}
