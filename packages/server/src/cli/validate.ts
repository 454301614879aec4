// `workflow-core validate FILE...`: everything that is wrong or odd in workflow files.
import { limitsFrom } from "../settings.js";
import { CommandFailure, exitCodes } from "./command-failure.js";
import { complain, paint, print, printJson } from "./console.js";
import { readSettings } from "./environment.js";
import { problemLine, readWorkflow, type WorkflowFile } from "./read-workflow.js";

type Checked = WorkflowFile | { file: string; unreadable: string };

/** Checks every file; the exit code is 1 when any has an error or cannot be read. */
export async function validate(files: readonly string[], options: { json?: true }): Promise<number> {
  const limits = limitsFrom(readSettings());
  const checked: Checked[] = [];
  for (const file of files) {
    try {
      checked.push(await readWorkflow(file, limits));
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      checked.push({ file, unreadable: error.message });
    }
  }
  if (options.json) printJson(checked.map(asDocument));
  else for (const each of checked) tell(each);
  return checked.every(isValid) ? exitCodes.done : exitCodes.failed;
}

const isValid = (checked: Checked): boolean => "plan" in checked && checked.plan !== undefined;

/** The same shape as the answer of POST /workflows/validate, with the file's name. */
function asDocument(checked: Checked): object {
  const { file } = checked;
  const problems =
    "problems" in checked
      ? checked.problems
      : [{ code: "document_invalid", severity: "error" as const, message: checked.unreadable }];
  const errors = problems.filter(({ severity }) => severity === "error").map(({ severity: _, ...rest }) => rest);
  const warnings = problems.filter(({ severity }) => severity === "warning").map(({ severity: _, ...rest }) => rest);
  return {
    file,
    is_valid: isValid(checked),
    error_count: errors.length,
    warning_count: warnings.length,
    errors,
    warnings,
  };
}

function tell(checked: Checked): void {
  if ("unreadable" in checked) return complain(paint.red(checked.unreadable));
  const { file, plan, problems } = checked;
  for (const each of problems) {
    const line = problemLine(file, each);
    print(each.severity === "error" ? paint.red(line) : paint.yellow(line));
  }
  const count = (severity: string, word: string): string => {
    const found = problems.filter((each) => each.severity === severity).length;
    return `${found} ${word}${found === 1 ? "" : "s"}`;
  };
  const nodes = plan === undefined ? "" : `, ${plan.nodes.length} nodes`;
  const verdict = plan === undefined ? paint.red("✗ not valid") : paint.green("✓ valid");
  print(`${file}: ${verdict}${nodes}, ${count("error", "error")}, ${count("warning", "warning")}`);
}
