// Programs of the machine that tests use when they are there: where they are, and what a test's name says when not.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The path of a program; administrators' folders are not in everybody's PATH. */
export function findProgram(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/bin"];
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** For a test's name: which of these programs are missing, when any is. */
export function skipped(...programs: string[]): string {
  const missing = programs.filter((program) => findProgram(program) === undefined);
  return missing.length === 0 ? "" : ` (skipped: ${missing.join(", ")} not installed)`;
}
