// Workflow files: read, parsed and compiled, with every mistake told as file:place: message.
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { compileDocument, type Limits, type Plan, type Problem } from "@workflow-core/core";
import { CommandFailure, exitCodes } from "./command-failure.js";
import { JsonTextError, parseJsonText } from "./json-text.js";

export interface WorkflowFile {
  file: string;
  /** Undefined when any problem is an error. */
  plan: Plan | undefined;
  problems: Problem[];
  /** The document's `name`, else the file's. */
  name: string;
}

/** What may be changed in a document before it is compiled. */
export interface Overrides {
  timeoutSeconds?: number;
}

/** The JSON value of a file; `-` is standard input. Throws CommandFailure that names file, line and column. */
async function readJsonFile(file: string): Promise<unknown> {
  try {
    return parseJsonText(file === "-" ? await text(process.stdin) : await readFile(file, "utf8"));
  } catch (error) {
    if (error instanceof JsonTextError)
      throw new CommandFailure(
        `${file}:${error.line}:${error.column}: is not valid JSON: ${error.message}`,
        exitCodes.usage,
      );
    throw new CommandFailure(`${file}: ${unreadable(error)}`, exitCodes.usage, { cause: error });
  }
}

/** Reads and compiles a workflow. Throws CommandFailure when the file cannot be read or holds no JSON object. */
export async function readWorkflow(file: string, limits: Limits, overrides: Overrides = {}): Promise<WorkflowFile> {
  const document = await readJsonFile(file);
  if (typeof document !== "object" || document === null || Array.isArray(document))
    throw new CommandFailure(
      `${file}: is not a workflow: a JSON object with "nodes" and "connections" is expected, not ${kind(document)}`,
      exitCodes.usage,
    );
  const { plan, problems } = compileDocument(withOverrides(document, overrides), limits);
  const name = "name" in document && typeof document.name === "string" ? document.name : file;
  return { file, plan, problems, name };
}

/** One problem as one line: file:node: error: message */
export function problemLine(file: string, problem: Problem): string {
  const place = problem.node_id ?? problem.connection_id ?? problem.path;
  const path =
    problem.path && problem.path !== place && !problem.message.startsWith(problem.path) ? `${problem.path}: ` : "";
  return `${file}:${place === undefined ? "" : `${place}:`} ${problem.severity}: ${path}${problem.message}`;
}

function withOverrides(document: object, { timeoutSeconds }: Overrides): object {
  if (timeoutSeconds === undefined) return document;
  const metadata = "metadata" in document && typeof document.metadata === "object" ? document.metadata : {};
  return { ...document, metadata: { ...metadata, max_execution_time_seconds: timeoutSeconds } };
}

function kind(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

function unreadable(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "is a directory; name the file in it";
  if (code === "EACCES") return "may not be read";
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
