// What a node type is: one value that says everything about it. Palette, forms, validation, manual, tests and the
// interpreter read it; nothing about a node type is written anywhere else.
//
// A decision is pure and immediate. An action touches the world through the ports it is handed, later and maybe more
// than once. A trigger is where executions start.
import type { FieldProblem } from "./config/bind.js";
import type { Bound, Fields } from "./config/fields.js";
import type { NodeFailure } from "./documents/execution.js";
import type { Json } from "./json.js";
import type { Answer, Call, Outside } from "./outside.js";

export type Category = "trigger" | "condition" | "action" | "data" | "loop" | "flow";

/** Licence feature that a graph with this node needs beyond `workflows`. */
export type Feature = "advanced_workflows";

/** What a decision decides. */
export type Decision =
  | { kind: "emit"; port: string; output: Json; variables: Record<string, Json> }
  | { kind: "iterate"; variables: Record<string, Json> }
  | { kind: "sleep"; seconds: number; output: Json }
  | { kind: "break" }
  | { kind: "end"; output: Record<string, Json> }
  | { kind: "fail"; failure: NodeFailure };

/** Every port at once: what flow_parallel emits on. */
export const everyPort = "*";

/** The execution goes on from `port`; `output` is shown as the node's data, `variables` are set. */
export const emit = (port = "output", output: Json = {}, variables: Record<string, Json> = {}): Decision => ({
  kind: "emit",
  port,
  output,
  variables,
});

/** A loop runs its body once more, with these variables belonging to the iteration. */
export const iterate = (variables: Record<string, Json>): Decision => ({ kind: "iterate", variables });

/** The execution waits here and goes on from `output`. */
export const sleep = (seconds: number, output: Json = {}): Decision => ({ kind: "sleep", seconds, output });

/** Leaves the innermost loop by its `output`. */
export const breakLoop = (): Decision => ({ kind: "break" });

/** Ends the path; the data becomes the execution's final output. */
export const end = (output: Record<string, Json>): Decision => ({ kind: "end", output });

/** The node does not work with what it got; another attempt would not help. */
export const fail = (code: string, message: string): Decision => ({
  kind: "fail",
  failure: { code, message, retryable: false },
});

/** What a decision may look at beside its config. */
export interface Moment {
  /** Of a loop: how many iterations are done. */
  iteration: number;
  /** Of a merge: how many of its arrows arrived taken, and whether its time ran out first. */
  arrived: number;
  timedOut: boolean;
  /** A variable as the node sees it; undefined when it is not there. */
  variable(name: string): Json | undefined;
  /** What the trigger was given. */
  trigger: Record<string, Json>;
}

/** How many taken arrows a node waits for: all that can still come, or a number; and how long at most. */
export interface Join {
  need: "all" | number;
  timeoutSeconds?: number;
}

/** An example is documentation and unit test in one. */
export interface Example {
  title: string;
  config: Record<string, Json>;
  variables?: Record<string, Json>;
  iteration?: number;
  arrived?: number;
  /** For actions: what the outside answers, and what it must have been asked. */
  answer?: Json;
  asks?: Json;
  /** For decisions: what is decided. For actions: the node's data. */
  result: Decision | { output: Json; variables?: Record<string, Json> };
}

/** Spelled as a method, so that a node's exact config may stand where any config is expected. */
type PortsByConfig<F extends Fields> = { of(config: Partial<Bound<F>>): Record<string, string> }["of"];

interface Base<F extends Fields> {
  /** As documents write it; also the name of its file. */
  type: string;
  category: Category;
  title: string;
  /** Name of an icon in the builder's set (lucide). */
  icon: string;
  /** One sentence for palette and manual. */
  summary: string;
  /** Longer prose for the manual. */
  details?: string;
  feature?: Feature;
  config: F;
  /** Port names with a sentence each; a function where they depend on the config; "any" where people name them. */
  ports: Record<string, string> | PortsByConfig<F> | "any";
  /** What the card on the canvas says, from the drawn config. */
  label(config: Partial<Bound<F>>): string;
  /** Variables that it sets, from the drawn config, for validation and completion. */
  sets?(config: Partial<Bound<F>>): string[];
  /** What is wrong between fields that are each right by themselves; `path` within the config, such as count. */
  problem?(config: Partial<Bound<F>>): FieldProblem | undefined;
  examples: readonly Example[];
}

export interface DecisionType<F extends Fields> extends Base<F> {
  decide(input: { config: Bound<F> } & Moment): Decision;
  /** Only flow_merge: how its arrows are waited for. */
  join?(config: Bound<F>): Join;
  /** Only flow_parallel: how many of its branches run at once. */
  maxBranches?(config: Bound<F>): number | undefined;
  /** True for loops whose config is asked again before each iteration. */
  bindsEachIteration?: boolean;
}

export interface TriggerType<F extends Fields> extends Base<F> {
  /** What it gives to the execution: name → sentence, and a sample for previews and tests. */
  gives: Record<string, string>;
  sample(config: Partial<Bound<F>>): Record<string, Json>;
}

/** What an action's call came to: the node's data, variables to set, lines for its log. */
export interface Performed {
  output: Json;
  variables?: Record<string, Json>;
  logs?: string[];
}

export interface ActionType<F extends Fields> extends Base<F> {
  /** Touches the world. Never throws for what the other side does. */
  perform(input: {
    config: Bound<F>;
    outside: Outside;
    call: Call;
    variables: Readonly<Record<string, Json>>;
  }): Promise<Answer<Performed>>;
  /** What it would give if everything went well: for dry runs and previews. */
  pretend(config: Bound<F>): Performed;
  /** Loose ends that a validator should warn about: true when it reaches the outside world. */
  reachesOutside: boolean;
}

export type DecisionNode = DecisionType<Fields> & { behaviour: "decision" };
export type TriggerNode = TriggerType<Fields> & { behaviour: "trigger" };
export type ActionNode = ActionType<Fields> & { behaviour: "action" };
export type NodeType = DecisionNode | TriggerNode | ActionNode;

// Three constructors, not one overload: the compiler's error then stands at the word that is wrong. The config's
// exact type is known inside the definition only; outside, a config is what its schema has checked.
export const decision = <const F extends Fields>(type: DecisionType<F>): DecisionNode => ({
  ...type,
  behaviour: "decision",
});
export const trigger = <const F extends Fields>(type: TriggerType<F>): TriggerNode => ({
  ...type,
  behaviour: "trigger",
});
export const action = <const F extends Fields>(type: ActionType<F>): ActionNode => ({ ...type, behaviour: "action" });

/** The ports that a node with this (drawn) config has; "any" when people may name them. */
export const portsOf = (type: NodeType, config: Record<string, unknown>): Record<string, string> | "any" =>
  typeof type.ports === "function" ? type.ports(config) : type.ports;
