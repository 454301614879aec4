// One try of a draft: the interpreter itself, on a clock that jumps. Pure but for the ports that are handed in.
import {
  begin,
  commands,
  defaultLimits,
  isFinal,
  type Json,
  type Outside,
  type Plan,
  perform,
  type State,
  transition,
} from "@workflow-core/core";

export interface TrySession {
  plan: Plan;
  state: State;
}

export interface Begin {
  trigger: string;
  data: Record<string, Json>;
  /** Milliseconds since 1970 of the practice clock. */
  at: number;
  communityId: number;
  seed: string;
}

const never = { aborted: false, addEventListener: () => {}, removeEventListener: () => {} };

export const beginTry = (plan: Plan, { trigger, data, at, communityId, seed }: Begin): TrySession => ({
  plan,
  state: begin(plan, {
    type: "started",
    at,
    trigger,
    data,
    variables: {},
    context: {
      execution_id: "practice",
      workflow_id: "draft",
      community_id: communityId,
      entity_id: null,
      user_id: null,
      session_id: null,
    },
    limits: defaultLimits,
    seed,
  }),
});

/** What the try waits for next, if only time can bring it on. */
export interface Pause {
  node: string;
  seconds: number;
  why: "delay" | "retry" | "merge";
  /** Of a retry: what went wrong. */
  message: string;
}

export const pauseOf = ({ plan, state }: TrySession): Pause | undefined => {
  if (isFinal(state.status) || commands(plan, state).some(({ type }) => type === "perform")) return undefined;
  const waiting = [...state.tokens.values()].flatMap((token) =>
    "due" in token.waiting ? [{ token, due: token.waiting.due }] : [],
  );
  const next = waiting.sort((left, right) => left.due - right.due)[0];
  if (!next) return undefined;
  const why = next.token.waiting.for === "retry" ? "retry" : next.token.waiting.for === "arrivals" ? "merge" : "delay";
  return {
    node: plan.nodes[next.token.node]?.id ?? "",
    seconds: Math.max(0, (next.due - state.at) / 1000),
    why,
    message: state.history[next.token.visit]?.failure?.message ?? "",
  };
};

/** Milliseconds of practice time that an answer takes. */
const latency = 120;

/** The next thing that happens: an answer, or else the passing of time. */
export const stepTry = async ({ plan, state }: TrySession, outside: Outside): Promise<TrySession> => {
  const list = commands(plan, state);
  const owed = list.find((command) => command.type === "perform");
  if (owed?.type === "perform") {
    const answer = await perform(plan, state, owed, outside, never);
    const named = { at: state.at + latency, token: owed.token, attempt: owed.attempt };
    const event = answer.ok
      ? ({ type: "performed", ...named, ...answer.value } as const)
      : ({ type: "faulted", ...named, failure: answer.failure } as const);
    return { plan, state: transition(plan, state, event) };
  }
  const wake = list.find((command) => command.type === "wake");
  return { plan, state: transition(plan, state, { type: "elapsed", at: wake?.type === "wake" ? wake.at : state.at }) };
};

/** Whether a node has been visited and left. */
export const hasReached = ({ plan, state }: TrySession, node: string): boolean =>
  state.history.some(
    (visit) => plan.nodes[visit.node]?.id === node && visit.status !== "running" && visit.status !== "waiting",
  );
