// First pass of compiling: each node against its own type's schema, its templates and conditions parsed.
import { compileConfig, type FieldProblem } from "../config/bind.js";
import { drawnSchema } from "../config/fields.js";
import type { NodeDocument, RetryDocument, WorkflowGraph, WorkflowMetadata } from "../documents/workflow.js";
import { didYouMean } from "../expression/index.js";
import { inputWords } from "../input-words.js";
import type { Json } from "../json.js";
import type { NodeType } from "../node.js";
import { nodeType, nodeTypes } from "../nodes/index.js";
import type { PlanNode, RetryPolicy } from "./plan.js";
import { type Problem, problem } from "./problems.js";

const schemas = new Map(nodeTypes.map((type) => [type.type, drawnSchema(type.config)]));

/** A zod path as people write it: config.cases[0].value */
export const pathText = (path: readonly PropertyKey[], root = "config"): string =>
  path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : `${text}.${String(part)}`),
    root,
  );

const defaultRetry: RetryPolicy = { firstSeconds: 2, factor: 2, maxSeconds: 3600 };

/** The retry rule of a node: its own, else the workflow's; 2, 4, 8 seconds unless said otherwise. */
const retryPolicy = (own: RetryDocument | undefined, metadata: WorkflowMetadata): RetryPolicy | undefined => {
  if (own === "never" || own === false) return undefined;
  if (own === undefined && metadata.retry_failed_nodes !== true) return undefined;
  if (own === undefined || own === true) return defaultRetry;
  return {
    firstSeconds: own.first_seconds ?? defaultRetry.firstSeconds,
    factor: own.factor ?? defaultRetry.factor,
    maxSeconds: own.max_seconds ?? defaultRetry.maxSeconds,
    ...(own.max_retries === undefined ? {} : { maxRetries: own.max_retries }),
    ...(own.on === undefined ? {} : { on: own.on }),
  };
};

/** Half a sentence with the type that was probably meant: mistyped by a letter or two, or a part of its name. */
const similar = (unknown: string): string => {
  const types = nodeTypes.map(({ type }) => type);
  const part = types.find((type) => type.includes(unknown) || unknown.includes(type));
  return didYouMean(unknown, types) || (part === undefined ? "" : `; did you mean "${part}"?`);
};

/** The sentence for fields that a type does not have; a field of its own, not one inside another, gets advice. */
const unknownFields = (type: NodeType, names: readonly string[], inside: boolean): string =>
  `${type.type} has no field ${names.join(", ")}${inside ? "" : didYouMean(names[0] ?? "", Object.keys(type.config))}`;

const readConfig = (
  id: string,
  type: NodeType,
  drawn: Record<string, Json>,
  problems: Problem[],
): Record<string, Json> | undefined => {
  const result = schemas.get(type.type)?.safeParse(drawn, { error: inputWords });
  if (result?.success) return drawn;
  for (const issue of result?.error.issues ?? []) {
    const unknownKeys = issue.code === "unrecognized_keys" ? issue.keys : [];
    const place = { node_id: id, path: pathText([...issue.path, ...unknownKeys.slice(0, 1)]) };
    problems.push(
      problem(
        "config_invalid",
        place,
        unknownKeys.length > 0 ? unknownFields(type, unknownKeys, issue.path.length > 0) : issue.message,
      ),
    );
  }
  return undefined;
};

const readNode = (
  index: number,
  id: string,
  node: NodeDocument,
  metadata: WorkflowMetadata,
  problems: Problem[],
): PlanNode | undefined => {
  const type = nodeType(node.node_type);
  if (!type) {
    problems.push(
      problem(
        "unknown_node_type",
        { node_id: id, path: "node_type" },
        `There is no node type "${node.node_type.slice(0, 100)}"${similar(node.node_type)}`,
      ),
    );
    return undefined;
  }
  const config = readConfig(id, type, node.config ?? {}, problems);
  const fieldProblems: FieldProblem[] = [];
  const binder = compileConfig(type.config, config ?? {}, fieldProblems);
  for (const each of fieldProblems)
    problems.push(problem(each.code ?? "template_invalid", { node_id: id, path: each.path }, each.message));
  const cross = config && type.problem?.(config);
  if (cross) problems.push(problem("config_invalid", { node_id: id, path: `config.${cross.path}` }, cross.message));
  const drawn = withDefaults(type, config ?? {});
  const join = type.behaviour === "decision" && config && !cross ? type.join?.(drawn) : undefined;
  return {
    index,
    id,
    label: node.label ?? type.title,
    type,
    enabled: node.enabled !== false,
    binder,
    drawn,
    out: [],
    body: [],
    incoming: 0,
    loop: -1,
    depth: 0,
    join,
    retry: retryPolicy(node.retry, metadata),
    neverRepeat: node.retry === "never",
    guarded: false,
  };
};

const withDefaults = (type: NodeType, config: Record<string, Json>): Record<string, Json> => {
  const filled = { ...config };
  for (const [key, field] of Object.entries(type.config))
    if (filled[key] === undefined && field.default !== undefined) filled[key] = field.default;
  return filled;
};

/**
 * Reads every node of the graph, and stops after each so that others may have their turn; nodes of unknown types are
 * left out, and said in `problems`.
 */
export function* readNodes(graph: WorkflowGraph, problems: Problem[]): Generator<undefined, PlanNode[]> {
  const nodes: PlanNode[] = [];
  for (const [id, document] of Object.entries(graph.nodes)) {
    const node = readNode(nodes.length, id, document, graph.metadata, problems);
    if (node) nodes.push(node);
    yield;
  }
  return nodes;
}
