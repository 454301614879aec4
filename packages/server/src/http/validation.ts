// Validation as the REST interface tells it: every problem of a document, sorted by how grave it is and where it stands.
import { type Compiled, compilingDocument, type Limits, type Problem } from "@workflow-core/core";
import type { LicenseFeature } from "../access/license.js";
import { inTurns } from "../in-turns.js";

export type ToldProblem = Omit<Problem, "severity">;

export interface Validation {
  is_valid: boolean;
  errors: ToldProblem[];
  warnings: ToldProblem[];
  /** The errors of each node that has any. */
  node_validation_errors: Record<string, ToldProblem[]>;
  error_count: number;
  warning_count: number;
}

/** More of either kind are counted but not listed. */
const listed = 1000;

/** Compiles a document of any shape, beside other requests, and tells what is wrong with it. */
export async function validate(document: unknown, limits: Limits): Promise<Validation & { compiled: Compiled }> {
  const compiled = await inTurns(compilingDocument(document, limits));
  const told = (severity: Problem["severity"]): ToldProblem[] =>
    compiled.problems.filter((problem) => problem.severity === severity).map(({ severity: _, ...rest }) => rest);
  const errors = told("error");
  const warnings = told("warning");
  const byNode = new Map<string, ToldProblem[]>();
  for (const problem of errors.slice(0, listed)) {
    if (problem.node_id !== undefined) byNode.set(problem.node_id, [...(byNode.get(problem.node_id) ?? []), problem]);
  }
  const result: Validation = {
    is_valid: errors.length === 0,
    errors: errors.slice(0, listed),
    warnings: warnings.slice(0, listed),
    node_validation_errors: Object.fromEntries(byNode),
    error_count: errors.length,
    warning_count: warnings.length,
  };
  return Object.defineProperty({ ...result, compiled }, "compiled", { enumerable: false, value: compiled });
}

/** The licence features that a graph needs beyond `workflows`. */
export function featuresOf({ plan }: Compiled): LicenseFeature[] {
  const features = (plan?.nodes ?? []).flatMap(({ type }): LicenseFeature[] =>
    type.type === "trigger_schedule" ? ["workflow_schedules"] : type.feature === undefined ? [] : [type.feature],
  );
  return [...new Set(features)];
}
