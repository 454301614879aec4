// From a drawn workflow to a plan, and everything that is wrong with it. Linear in the graph's size.
import type { z } from "zod";
import type { WorkflowGraph } from "../documents/workflow.js";
import { defaultLimits, type Limits } from "../limits.js";
import { secretPrefix } from "../secrets.js";
import { findCycles } from "./cycles.js";
import { checkLoops, findLoops } from "./loops.js";
import type { Arrow, Plan, PlanNode } from "./plan.js";
import { type Problem, problem } from "./problems.js";
import { readArrows } from "./read-arrows.js";
import { readGraph } from "./read-graph.js";
import { pathText, readNodes } from "./read-nodes.js";
import { addWarnings } from "./warnings.js";

export const maxNodes = 10_000;

/** A plan is given only when no problem is an error. */
export interface Compiled {
  plan: Plan | undefined;
  problems: Problem[];
}

type CompileLimits = Pick<Limits, "maxLoopDepth" | "maxLoopIterations">;

/** Compiling piece by piece, so that whoever drives it can do something else in between. */
export type Compiling = Generator<undefined, Compiled>;

/** Checks the document's outer shape and compiles it. `document` may be anything. */
export const compileDocument = (document: unknown, limits: CompileLimits = defaultLimits): Compiled =>
  inOneGo(compilingDocument(document, limits));

export function* compilingDocument(document: unknown, limits: CompileLimits = defaultLimits): Compiling {
  const { graph, issues } = yield* readGraph(document);
  if (graph === undefined) return { plan: undefined, problems: issues.map(shapeProblem) };
  yield;
  return yield* compiling(graph, limits);
}

const inOneGo = (work: Compiling): Compiled => {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
};

const shapeProblem = (issue: z.core.$ZodIssue): Problem => {
  const [area, node] = issue.path;
  const place = area === "nodes" && typeof node === "string" ? { node_id: node } : {};
  const keys = issue.code === "unrecognized_keys" ? issue.keys : [];
  const path = pathText([...issue.path.slice(1), ...keys.slice(0, 1)], String(area ?? "document"));
  return problem("document_invalid", { ...place, path }, `${path}: ${issue.message}`);
};

/** Gives every arrow to the node it leaves and counts it at the node it enters. */
const placeArrows = (nodes: readonly PlanNode[], arrows: readonly Arrow[]): void => {
  for (const arrow of arrows) {
    const from = nodes[arrow.from] as PlanNode;
    const intoBody = from.type.category === "loop" && arrow.port === "loop_body";
    (intoBody ? from.body : from.out).push(arrow);
    (nodes[arrow.to] as PlanNode).incoming += 1;
    if (arrow.port === "error" && from.type.behaviour === "action") from.guarded = true;
  }
};

const secretsOf = (nodes: readonly PlanNode[]): string[] => {
  const names = new Set(nodes.flatMap(({ binder }) => binder.names.filter((name) => name.startsWith(secretPrefix))));
  return [...names].map((name) => name.slice(secretPrefix.length)).sort();
};

const checkJoins = (nodes: readonly PlanNode[], problems: Problem[]): void => {
  for (const { join, incoming, id } of nodes)
    if (join && typeof join.need === "number" && join.need > incoming && incoming > 0)
      problems.push(
        problem(
          "merge_impossible",
          { node_id: id, path: "config.count" },
          `"${id}" waits for ${join.need} connections, but only ${incoming} lead into it.`,
        ),
      );
};

/** Compiles a workflow of the right shape; says every problem it finds, errors and warnings. */
export const compile = (graph: WorkflowGraph, limits: CompileLimits = defaultLimits): Compiled =>
  inOneGo(compiling(graph, limits));

export function* compiling(graph: WorkflowGraph, limits: CompileLimits = defaultLimits): Compiling {
  const problems: Problem[] = [];
  const count = Object.keys(graph.nodes).length;
  if (count === 0) return { plan: undefined, problems: [problem("no_node")] };
  if (count > maxNodes)
    return {
      plan: undefined,
      problems: [problem("too_many_nodes", {}, `The workflow has ${count} nodes; ${maxNodes} are allowed.`)],
    };

  const nodes = yield* readNodes(graph, problems);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const triggers = nodes.filter(({ type, enabled }) => type.behaviour === "trigger" && enabled);
  if (triggers.length === 0) problems.push(problem("no_trigger"));

  yield;
  const found = findLoops(nodes, readArrows(graph, byId, problems), problems);
  placeArrows(nodes, found.arrows);
  checkLoops(nodes, limits.maxLoopDepth, problems);
  checkJoins(nodes, problems);
  yield;
  for (const members of findCycles(nodes, found.arrows)) {
    const ids = members.map((index) => nodes[index]?.id ?? "");
    const shown = ids.length > 8 ? `${ids.slice(0, 8).join(" → ")} → … (${ids.length} nodes)` : ids.join(" → ");
    problems.push(
      problem(
        "cycle",
        { node_id: ids[0] ?? "" },
        `${shown} → ${ids[0]} is a circle outside a loop; use a loop node to repeat.`,
      ),
    );
  }

  yield;
  const sources = nodes.filter(({ incoming }) => incoming === 0);
  const plan: Plan = { nodes, byId, triggers, sources, graph, secrets: secretsOf(nodes) };
  addWarnings(plan, found.reached, limits.maxLoopIterations, problems);
  return { plan: problems.some(({ severity }) => severity === "error") ? undefined : plan, problems };
}
