// A step: what happened to an execution and is to be stored together, and the state that it leads to.
//
// S1. Its records are numbered on without a gap; events that change nothing have none.
// S2. The state is the one that the stored events replay to: what is too large to be stored is not applied either.
import { type ExecutionEvent, type Plan, type Started, type State, transition } from "@workflow-core/core";
import type { EventRecord } from "../store/flight-records.js";
import { maxEventBytes, toEventRecord, tooLarge } from "./records.js";

export type LaterEvent = Exclude<ExecutionEvent, Started>;

/** Where a step begins: an execution's state, and the number of the event that led to it. */
export interface Standing {
  executionId: string;
  plan: Plan;
  state: State;
  sequence: number;
}

export class Step {
  readonly executionId: string;
  readonly plan: Plan;
  /** Of the events, in order. */
  readonly records: EventRecord[] = [];
  /** Those that were applied. */
  readonly events: LaterEvent[] = [];
  #state: State;
  #sequence: number;
  #length = 0;

  constructor({ executionId, plan, state, sequence }: Standing) {
    this.executionId = executionId;
    this.plan = plan;
    this.#state = state;
    this.#sequence = sequence;
  }

  get state(): State {
    return this.#state;
  }

  /** The number of the last event. */
  get sequence(): number {
    return this.#sequence;
  }

  /** How long its records are, in characters of JSON. */
  get length(): number {
    return this.#length;
  }

  apply(given: LaterEvent): void {
    let event = given;
    let record = toEventRecord(this.executionId, this.#sequence + 1, event);
    if (record.data.length > maxEventBytes && event.type === "performed") {
      event = tooLarge(event, record.data.length);
      record = toEventRecord(this.executionId, this.#sequence + 1, event);
    }
    const next = transition(this.plan, this.#state, event);
    if (next === this.#state) return;
    this.#state = next;
    this.#sequence += 1;
    this.#length += record.data.length;
    this.records.push(record);
    this.events.push(event);
  }
}
