// The command line as people start it: the built program in a process of its own, with an environment of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { lookForCanaries } from "./canaries.js";

const thisProgram = fileURLToPath(new URL("../../bin/workflow-core.js", import.meta.url));
const built = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

export interface CliOptions {
  /** Settings; nothing else of this process's environment but PATH and HOME is passed on. */
  env?: Record<string, string>;
  cwd: string;
  /** Standard input. */
  input?: string;
  /** The program's path; this build's unless given. */
  program?: string;
}

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
  milliseconds: number;
}

export interface CliProcess {
  process: ChildProcess;
  /** What it has printed so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves when it has ended. */
  ended: Promise<CliResult>;
}

/** Starts the program; it needs `npx tsc -b` first, which `npm test` sees to. */
export function startCli(args: readonly string[], options: CliOptions): CliProcess {
  const { env = {}, cwd, input = "", program = thisProgram } = options;
  if (!existsSync(built)) throw new Error("The program is not built: npx tsc -b");
  const begun = performance.now();
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LOG_DIR: `${cwd}/log`, DATA_DIR: `${cwd}/data`, ...env },
  });
  const said = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    said.stdout += part;
  });
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    said.stderr += part;
  });
  child.stdin.on("error", () => undefined); // it may end before it has read everything
  child.stdin.end(input);
  const ended = new Promise<CliResult>((resolve) => {
    child.once("close", (code) => {
      lookForCanaries(said.stdout + said.stderr, `what "${args.join(" ")}" printed`);
      resolve({ code, ...said, milliseconds: performance.now() - begun });
    });
  });
  return { process: child, stdout: () => said.stdout, stderr: () => said.stderr, ended };
}

/** Runs the program to its end. */
export const cli = (args: readonly string[], options: CliOptions): Promise<CliResult> => startCli(args, options).ended;
