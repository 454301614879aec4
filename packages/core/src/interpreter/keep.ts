// What an execution keeps: the inputs, outputs, variables, logs and details of errors of all its visits. All of it is
// in memory while it runs and most of it is stored in one row when it ends, so it has a limit.
//
// It is counted as it comes and never less: a variable that is overwritten stays in the history of visits.
import { type Json, jsonBytes } from "../json.js";
import type { Draft } from "./draft.js";
import { limitFailure } from "./limit.js";

/** Counts values; gives the failure when the execution keeps too much with them. They must not be kept then. */
export const keep = (draft: Draft, nodeId: string, ...values: (Json | undefined)[]) => {
  const most = draft.limits.maxBytes ?? Number.POSITIVE_INFINITY;
  for (const value of values) draft.bytes += jsonBytes(value, most - draft.bytes);
  return draft.bytes <= most ? undefined : limitFailure("MAX_EXECUTION_BYTES", most, nodeId);
};
