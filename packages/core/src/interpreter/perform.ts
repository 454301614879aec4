// Performing one owed attempt: the action of the node that a token stands on, with the config it was bound to.
import type { NodeFailure } from "../documents/execution.js";
import type { Plan } from "../graph/plan.js";
import { asJson, cleanText, type Json } from "../json.js";
import type { ActionNode, Performed } from "../node.js";
import type { Answer, Call, Outside } from "../outside.js";
import { idempotencyKey } from "./commands.js";
import type { Owed } from "./events.js";
import { made } from "./retry.js";
import type { Scope, State } from "./state.js";

const visible = (state: State, scope: Scope | undefined): Readonly<Record<string, Json>> => {
  const around = scope?.parent === undefined ? undefined : state.scopes.get(scope.parent);
  return around ? { ...visible(state, around), ...scope?.variables } : (scope?.variables ?? {});
};

/** The action and the bound config of an owed attempt; undefined when the state no longer owes it. */
export const owedAction = (
  plan: Plan,
  state: State,
  { token, attempt }: Owed,
): { type: ActionNode; config: Record<string, unknown> } | undefined => {
  const at = state.tokens.get(token);
  const type = at && plan.nodes[at.node]?.type;
  if (at?.waiting.for !== "answer" || at.attempt !== attempt || type?.behaviour !== "action") return undefined;
  return { type, config: at.waiting.config };
};

/** Performs an owed attempt through the given ports. A port that throws has a bug: it goes on up. */
export const perform = async (
  plan: Plan,
  state: State,
  owed: Owed,
  outside: Outside,
  signal: Call["signal"],
): Promise<Answer<Performed>> => {
  const action = owedAction(plan, state, owed);
  const token = state.tokens.get(owed.token);
  const node = plan.nodes[owed.node];
  if (!action || !token || !node) throw new Error(`nothing is owed at ${owed.token}, attempt ${owed.attempt}`);
  const { context, secret_mark } = state.started;
  const call: Call = {
    context,
    node_id: node.id,
    attempt: made(token),
    idempotencyKey: idempotencyKey(state, token, plan),
    signal,
  };
  if (secret_mark !== undefined) call.secretMark = secret_mark;
  const answer = await action.type.perform({
    config: action.config,
    outside,
    call,
    variables: visible(state, state.scopes.get(token.scope)),
  });
  return answer.ok
    ? { ok: true, value: cleaned(answer.value) }
    : { ok: false, failure: { ...answer.failure, ...cleanedFailure(answer.failure) } };
};

/** What an action would give if everything went well: for dry runs. */
export const pretend = (plan: Plan, state: State, owed: Owed): Performed => {
  const action = owedAction(plan, state, owed);
  if (!action) throw new Error(`nothing is owed at ${owed.token}, attempt ${owed.attempt}`);
  return action.type.pretend(action.config);
};

/** What comes from outside passes the one gate before it is stored. */
const cleaned = ({ output, variables, logs }: Performed): Performed => ({
  output: asJson(output),
  ...(variables ? { variables: asJson(variables) as Record<string, Json> } : {}),
  ...(logs ? { logs: logs.map(cleanText) } : {}),
});

/** Others say as much as they like; what is kept of it is for people. */
const longestMessage = 1_000;
const longestCode = 100;

const cleanedFailure = ({
  code,
  message,
  details,
}: NodeFailure): Pick<NodeFailure, "code" | "message" | "details"> => ({
  code: cleanText(code.slice(0, longestCode)),
  message: cleanText(message.slice(0, longestMessage)),
  ...(details === undefined ? {} : { details: asJson(details) }),
});
