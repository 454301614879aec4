// Processes of their own for tests that kill: the store's sources, translated into a temporary directory, run by Node.
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const server = fileURLToPath(new URL("../../", import.meta.url));
const nodeModules = dirname(dirname(createRequire(import.meta.url).resolve("pg/package.json")));

/** Translates `src/store` for Node; returns the directory of the .js files and a function that removes everything. */
export function translateStore(): { directory: string; root: string; remove(): void } {
  const root = temporaryDirectory("workflow-core-store-");
  const directory = join(root, "dist", "store");
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(root, "package.json"), JSON.stringify({ type: "module" }));
  symlinkSync(nodeModules, join(root, "node_modules"));
  symlinkSync(join(server, "migrations"), join(root, "migrations"));
  const sources = join(server, "src", "store");
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  for (const name of readdirSync(sources).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))) {
    const { outputText } = ts.transpileModule(readFileSync(join(sources, name), "utf8"), { compilerOptions });
    writeFileSync(join(directory, name.replace(/\.ts$/, ".js")), outputText);
  }
  return { directory, root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** A new directory that every user can enter; the caller removes it. */
export function temporaryDirectory(prefix: string): string {
  const directory = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(directory, 0o755);
  return directory;
}

export interface Program<Message> {
  process: ChildProcess;
  pid: number;
  /** The first line that it printed, as JSON. Rejects, with what it said on stderr, when it ends before. */
  first: Promise<Message>;
  /** Resolves when it has ended. */
  ended: Promise<void>;
}

/** Runs a module's text in a process of its own; it reports by printing JSON lines. */
export function runProgram<Message>(text: string, environment: NodeJS.ProcessEnv = process.env): Program<Message> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", text], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    complaints += part;
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const first = new Promise<Message>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (line) => resolve(JSON.parse(line)));
    void ended.then(() => reject(new Error(`the program ended: ${complaints}`)));
  });
  first.catch(() => undefined);
  return { process: child, pid: child.pid ?? 0, first, ended };
}
