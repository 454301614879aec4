// Running a workflow without a world: a virtual clock, and answers from a function. It is what dry runs, the builder's
// practice chat and tests are made of; the interpreter is the very same that runs in production.
import { isFinal, type NodeFailure } from "../documents/execution.js";
import type { Plan } from "../graph/plan.js";
import type { Json } from "../json.js";
import { defaultLimits, type Limits } from "../limits.js";
import type { Performed } from "../node.js";
import type { Answer, CallContext } from "../outside.js";
import { commands } from "./commands.js";
import type { ExecutionEvent, Owed, Started } from "./events.js";
import { pretend } from "./perform.js";
import type { State } from "./state.js";
import { begin, transition } from "./transition.js";

export interface SimulateOptions {
  /** The trigger node; the first enabled one unless said otherwise. */
  trigger?: string;
  data?: Record<string, Json>;
  variables?: Record<string, Json>;
  context?: Partial<CallContext>;
  limits?: Limits;
  seed?: string;
  /** Virtual time of the start, ms since 1970. */
  at?: number;
  /** Answers an owed attempt; unless given, every action works as its type pretends. */
  answer?: (owed: Owed, state: State) => Answer<Performed> | Promise<Answer<Performed>>;
  /** Which of `count` owed attempts is answered next; the oldest unless said otherwise. */
  pick?: (count: number) => number;
  /** Milliseconds of virtual time that an answer takes. */
  latency?: (owed: Owed) => number;
  /** Stop when this node has been visited. */
  untilNode?: string;
  /** Asked before every event: a failure ends the run with it. Who runs one beside others gives them their turn here. */
  interrupt?: () => Promise<NodeFailure | undefined>;
  /** Told after every event. */
  watch?: (state: State, event: ExecutionEvent) => void;
}

export interface Simulation {
  state: State;
  /** Everything that came from outside, in order: replaying it gives the same state. */
  events: ExecutionEvent[];
}

const noContext: CallContext = {
  execution_id: "simulation",
  workflow_id: "draft",
  community_id: 0,
  entity_id: null,
  user_id: null,
  session_id: null,
};

const startedEvent = (plan: Plan, options: SimulateOptions): Started => ({
  type: "started",
  at: options.at ?? 0,
  trigger: options.trigger ?? plan.triggers[0]?.id ?? "",
  data: options.data ?? {},
  variables: options.variables ?? {},
  context: { ...noContext, ...options.context },
  limits: options.limits ?? defaultLimits,
  seed: options.seed ?? "simulation",
});

const reached = (plan: Plan, state: State, id: string | undefined): boolean =>
  id !== undefined &&
  state.history.some(({ node, status }) => plan.nodes[node]?.id === id && status !== "running" && status !== "waiting");

/** The next thing that happens: an answer, or else the passing of time. */
const nextEvent = async (
  plan: Plan,
  state: State,
  options: SimulateOptions,
): Promise<Exclude<ExecutionEvent, Started>> => {
  const list = commands(plan, state);
  const owed = list.filter((command): command is Owed => command.type === "perform");
  const wake = list.find((command) => command.type === "wake");
  const chosen = owed[options.pick?.(owed.length) ?? 0];
  if (!chosen) return { type: "elapsed", at: wake?.at ?? state.at };
  const answer = options.answer
    ? await options.answer(chosen, state)
    : { ok: true as const, value: pretend(plan, state, chosen) };
  const named = { at: state.at + (options.latency?.(chosen) ?? 0), token: chosen.token, attempt: chosen.attempt };
  return answer.ok
    ? { type: "performed", ...named, ...answer.value }
    : { type: "faulted", ...named, failure: answer.failure };
};

/** Runs a plan to its end, or until `untilNode` has been visited. */
export const simulate = async (plan: Plan, options: SimulateOptions = {}): Promise<Simulation> => {
  const first = startedEvent(plan, options);
  const events: ExecutionEvent[] = [first];
  let state = begin(plan, first);
  options.watch?.(state, first);
  while (!isFinal(state.status) && !reached(plan, state, options.untilNode)) {
    const failure = await options.interrupt?.();
    const event: Exclude<ExecutionEvent, Started> = failure
      ? { type: "abandoned", at: state.at, failure }
      : await nextEvent(plan, state, options);
    events.push(event);
    state = transition(plan, state, event);
    options.watch?.(state, event);
  }
  return { state, events };
};

/** The state after these events; the first must be `started`. */
export const replay = (plan: Plan, events: readonly ExecutionEvent[]): State => {
  const [first, ...rest] = events;
  if (first?.type !== "started") throw new Error("an execution's first event must be `started`");
  let state = begin(plan, first);
  for (const event of rest) if (event.type !== "started") state = transition(plan, state, event);
  return state;
};
