// Trying node types out, for the tests beside them: configs bound as the interpreter binds them, and an outside that
// answers what the test says and remembers what it was asked.
import { compileConfig, type FieldProblem } from "../config/bind.js";
import { drawnSchema } from "../config/fields.js";
import type { Env } from "../expression/index.js";
import { inputWords } from "../input-words.js";
import type { Json } from "../json.js";
import type { ActionNode, NodeType, Performed } from "../node.js";
import type { Answer, Call, HttpResponse, Outside } from "../outside.js";
import { nodeType } from "./index.js";

/** Whoever calls in tests. */
export const trialCall: Call = {
  context: { execution_id: "e1", workflow_id: "w1", community_id: 3, entity_id: 4, user_id: 5, session_id: "s1" },
  node_id: "n1",
  attempt: 1,
  idempotencyKey: "e1:n1:1",
  signal: { aborted: false, addEventListener: () => {}, removeEventListener: () => {} },
};

export interface Asked {
  port: "modules" | "commands" | "http" | "sandbox";
  /** The question, without the context that calls of the Router carry. */
  what: Json;
  context: Record<string, Json | undefined> | undefined;
  timeoutSeconds: number | undefined;
  key: string;
}

/** An outside that remembers what it was asked. */
export const recorder = (answer: (asked: Asked) => Answer<Json>) => {
  const asked: Asked[] = [];
  const ask = (one: Asked): Answer<Json> => {
    asked.push(one);
    return answer(one);
  };
  const outside: Outside = {
    router: async (port, body, timeoutSeconds, { idempotencyKey: key }) => {
      const { execution_id, workflow_id, community_id, entity_id, user_id, session_id, ...what } = body;
      const context = { execution_id, workflow_id, community_id, entity_id, user_id, session_id };
      return ask({ port, what, context, timeoutSeconds, key });
    },
    http: async ({ body, ...rest }, { idempotencyKey: key }) => {
      const what = body === undefined ? rest : { ...rest, body };
      // What the test answers is what the real port would answer.
      return ask({ port: "http", what, context: undefined, timeoutSeconds: rest.timeoutSeconds, key }) as Answer<
        HttpResponse & Json
      >;
    },
    sandbox: async (code, { idempotencyKey: key }) =>
      // As above.
      ask({ port: "sandbox", what: { ...code }, context: undefined, timeoutSeconds: undefined, key }) as Answer<{
        output: Json;
        logs: string[];
      }>,
  };
  return { asked, outside };
};

/** An answer that went well. */
export const answered = (value: Json): Answer<Json> => ({ ok: true, value });

export const trialEnv = (variables: Record<string, Json> = {}): Env => ({
  lookup: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
  now: 0,
  random: () => 0.5,
});

/** The bound config of a drawn one; throws when anything is wrong with it. */
export const bound = (
  type: NodeType,
  config: Record<string, Json>,
  variables?: Record<string, Json>,
): Record<string, unknown> => {
  const problems: FieldProblem[] = [];
  for (const { path, message } of drawnSchema(type.config).safeParse(config, { error: inputWords }).error?.issues ?? [])
    problems.push({ path: path.join("."), message });
  const between = type.problem?.(config);
  if (between) problems.push(between);
  const binder = problems.length > 0 ? undefined : compileConfig(type.config, config, problems);
  if (!binder || problems.length > 0)
    throw new Error(problems.map(({ path, message }) => `${path}: ${message}`).join("; "));
  return binder.bind(trialEnv(variables));
};

/** The node type of that name and behaviour. */
export const named = <B extends NodeType["behaviour"]>(
  type: string,
  behaviour: B,
): Extract<NodeType, { behaviour: B }> => {
  const found = nodeType(type);
  if (found?.behaviour !== behaviour) throw new Error(`There is no ${behaviour} ${type}`);
  return found as Extract<NodeType, { behaviour: B }>; // its behaviour was just looked at
};

/** Performs an action with a drawn config. */
export const perform = (
  type: ActionNode,
  config: Record<string, Json>,
  outside: Outside,
  variables: Record<string, Json> = {},
): Promise<Answer<Performed>> =>
  type.perform({ config: bound(type, config, variables), outside, call: trialCall, variables });
