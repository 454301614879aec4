// The table of problems: everything that can be wrong or odd in a drawn workflow. A problem is a value, never thrown.

export const problemTable = {
  no_node: { severity: "error", sentence: "The workflow has no node; add a trigger and something to do." },
  no_trigger: { severity: "error", sentence: "The workflow has no enabled trigger, so nothing can start it." },
  too_many_nodes: { severity: "error", sentence: "The workflow has more nodes than the 10,000 that are allowed." },
  document_invalid: { severity: "error", sentence: "The document does not have the shape of a workflow." },
  unknown_node_type: { severity: "error", sentence: "There is no node type of this name." },
  config_invalid: { severity: "error", sentence: "A field of the node's config does not fit." },
  template_invalid: { severity: "error", sentence: "A template or condition does not parse." },
  secret_misplaced: { severity: "error", sentence: "A secret stands where it could be seen or stored." },
  connection_from_nothing: { severity: "error", sentence: "The connection starts at a node that does not exist." },
  connection_to_nothing: { severity: "error", sentence: "The connection leads to a node that does not exist." },
  connection_to_trigger: { severity: "error", sentence: "The connection leads into a trigger; triggers only start." },
  unknown_port: { severity: "error", sentence: "The connection starts at a port that the node does not have." },
  cycle: { severity: "error", sentence: "The nodes form a circle outside a loop; use a loop node to repeat." },
  loop_jump: { severity: "error", sentence: "The connection jumps into or out of a loop's body." },
  break_outside_loop: { severity: "error", sentence: "loop_break stands outside any loop." },
  loop_too_deep: { severity: "error", sentence: "Loops are nested deeper than MAX_LOOP_DEPTH." },
  merge_impossible: { severity: "error", sentence: "The merge waits for more connections than lead into it." },
  unreachable_node: { severity: "warning", sentence: "No trigger leads to the node; it never runs." },
  no_end: { severity: "warning", sentence: "The workflow has no flow_end, so it gives no final output." },
  dead_end: { severity: "warning", sentence: "The path ends at a node that is not an end." },
  unset_variable: { severity: "warning", sentence: "Nothing in the workflow sets this variable." },
  unguarded_action: {
    severity: "warning",
    sentence: "If this action fails, the whole execution fails: its error port is unwired and it is not retried.",
  },
  loose_limit: { severity: "warning", sentence: "The limit is so loose that it protects little." },
} as const satisfies Record<string, { severity: "error" | "warning"; sentence: string }>;

export type ProblemCode = keyof typeof problemTable;

export interface Problem {
  code: ProblemCode;
  severity: "error" | "warning";
  message: string;
  node_id?: string;
  connection_id?: string;
  /** Where in the node or document: config.cases[0].value */
  path?: string;
}

type Place = Pick<Problem, "node_id" | "connection_id" | "path">;

/** A problem of the table at a place; `message` replaces the table's sentence with something more exact. */
export const problem = (code: ProblemCode, place: Place = {}, message?: string): Problem => ({
  code,
  severity: problemTable[code].severity,
  message: message ?? problemTable[code].sentence,
  ...place,
});
