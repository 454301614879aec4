// What is odd about a workflow though it can run.
import { didYouMean } from "../expression/index.js";
import { secretPrefix } from "../secrets.js";
import type { Plan, PlanNode } from "./plan.js";
import { type Problem, problem } from "./problems.js";

/** Names that are always there. */
const builtins = new Set(["nodes", "secrets", "execution", "trigger", "error"]);

const knownNames = (plan: Plan): Set<string> | undefined => {
  const known = new Set([...builtins, ...Object.keys(plan.graph.global_variables)]);
  for (const node of plan.nodes) {
    // An event's data are the platform's: their names cannot be known here.
    if (node.type.type === "trigger_event") return undefined;
    if (node.type.behaviour === "trigger") for (const name of Object.keys(node.type.gives)) known.add(name);
    for (const name of node.type.sets?.(node.drawn) ?? []) known.add(name);
  }
  return known;
};

const unsetVariables = (plan: Plan, problems: Problem[]): void => {
  const known = knownNames(plan);
  if (!known) return;
  const said = new Set<string>();
  for (const node of plan.nodes)
    for (const name of node.binder.names) {
      if (known.has(name) || said.has(name) || name.startsWith(secretPrefix)) continue;
      said.add(name);
      problems.push(
        problem(
          "unset_variable",
          { node_id: node.id },
          `Nothing sets "${name}"${didYouMean(name, known) || "; give it in global_variables or when the workflow is started."}`,
        ),
      );
    }
};

const looseEnds = (node: PlanNode, problems: Problem[]): void => {
  const { type } = node;
  if (
    node.out.length === 0 &&
    node.body.length === 0 &&
    type.type !== "flow_end" &&
    type.category !== "loop" &&
    node.loop < 0
  )
    problems.push(problem("dead_end", { node_id: node.id }, `The path ends at "${node.id}", which is not a flow_end.`));
  if (type.behaviour === "action" && type.reachesOutside && !node.guarded && !node.retry)
    problems.push(problem("unguarded_action", { node_id: node.id }));
};

const looseLimits = (plan: Plan, maxLoopIterations: number, problems: Problem[]): void => {
  const { max_execution_time_seconds: time } = plan.graph.metadata;
  if (time !== undefined && time > 86_400)
    problems.push(
      problem(
        "loose_limit",
        { path: "metadata.max_execution_time_seconds" },
        `The execution may take ${time} seconds, more than a day.`,
      ),
    );
  for (const node of plan.nodes) {
    const own = node.drawn.max_iterations;
    if (typeof own === "number" && own > maxLoopIterations)
      problems.push(
        problem(
          "loose_limit",
          { node_id: node.id, path: "config.max_iterations" },
          `max_iterations ${own} is more than MAX_LOOP_ITERATIONS ${maxLoopIterations}, which holds.`,
        ),
      );
  }
};

/** Adds the warnings of a plan to `problems`. */
export const addWarnings = (
  plan: Plan,
  reached: readonly boolean[],
  maxLoopIterations: number,
  problems: Problem[],
): void => {
  for (const node of plan.nodes) {
    if (!reached[node.index]) problems.push(problem("unreachable_node", { node_id: node.id }));
    else looseEnds(node, problems);
  }
  if (!plan.nodes.some(({ type }) => type.type === "flow_end")) problems.push(problem("no_end"));
  unsetVariables(plan, problems);
  looseLimits(plan, maxLoopIterations, problems);
};
