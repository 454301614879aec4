// Where a problem is, in the words of the drawing.
import { type NodeDocument, nodeType, type Problem } from "@workflow-core/core";

/** The node by its label, and the field by its title, as people see them. */
export const placeOfProblem = (
  problem: Pick<Problem, "node_id" | "connection_id" | "path">,
  node: NodeDocument | undefined,
): string => {
  const type = node && nodeType(node.node_type);
  const [, key, rest] = /^config\.(\w+)(.*)$/.exec(problem.path ?? "") ?? [];
  const field = key === undefined ? problem.path : `${type?.config[key]?.title ?? key}${rest}`;
  const name = node?.label || type?.title || problem.node_id;
  return [name ?? problem.connection_id, field].filter(Boolean).join(" · ") || "The whole workflow";
};
