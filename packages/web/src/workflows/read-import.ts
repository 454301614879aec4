// Reading a workflow from text: a file, the clipboard, an export of ours, or the bare graph. Says exactly what is wrong
// with what it cannot read.
import { compile, graphSchema, type Problem } from "@workflow-core/core";
import type { Draft } from "../api/types.js";
import { emptyDraft } from "../builder/draft.js";

export interface Imported {
  draft: Draft;
  /** What is wrong or odd with it; it can be imported all the same. */
  problems: Problem[];
}

const lineOf = (text: string, error: unknown): string => {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
  if (position === undefined) return "";
  const before = text.slice(0, Number(position)).split("\n");
  return ` (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`;
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The part of a parsed file that is the workflow: the whole, or what stands under `workflow` or `data`. */
const inner = (value: unknown): unknown => {
  if (!isRecord(value) || "nodes" in value) return value;
  if ("workflow" in value) return value.workflow;
  return "data" in value ? value.data : value;
};

/** The workflow in a text, or sentences that say what is wrong with the text. */
export const readImport = (text: string): Imported | string[] => {
  let value: unknown;
  try {
    value = inner(JSON.parse(text));
  } catch (error) {
    return [`The text is not JSON${lineOf(text, error)}: ${error instanceof Error ? error.message : String(error)}`];
  }
  if (!isRecord(value) || !("nodes" in value))
    return [
      'This JSON is not a workflow: it has no “nodes”. An export starts like {"name": …, "nodes": {…}, "connections": […]}.',
    ];
  if (Array.isArray(value.nodes))
    return [
      "“nodes” is a list here, but must be an object whose keys are the ids of nodes. Is it an export of another program?",
    ];
  const parsed = graphSchema.safeParse(value);
  if (!parsed.success)
    return parsed.error.issues
      .slice(0, 20)
      .map((issue) => `${issue.path.map(String).join(".") || "The document"}: ${issue.message}`);
  const name =
    typeof value.name === "string" && value.name.trim() !== "" ? value.name.trim().slice(0, 255) : "Imported workflow";
  const description = typeof value.description === "string" ? value.description : null;
  return { draft: { ...emptyDraft, ...parsed.data, name, description }, problems: compile(parsed.data).problems };
};
