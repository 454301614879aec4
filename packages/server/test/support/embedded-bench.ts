// What tests of the embedded server share: a directory for each test, servers in this process and in processes of
// their own, and an end to all of them.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/store/embedded.js";
import { openPool } from "../../src/store/pool.js";
import { type Program, runProgram, temporaryDirectory, translateStore } from "./processes.js";
import { until } from "./until.js";

export type Started = { uri: string; pid: number; data: string; said: string[]; error?: undefined } | { error: string };

export interface EmbeddedBench {
  /** Holds everything of one test; every user can enter it. */
  readonly home: string;
  /** DATA_DIR; in `home`, not there yet. */
  directory: string;
  /** What the servers of this process told the log. */
  readonly said: string[];
  /** The translated sources, for tests that install them elsewhere. */
  readonly store: ReturnType<typeof translateStore>;
  /** Starts the server of `directory` in this process. */
  start(): Promise<EmbeddedPostgres>;
  /** A process of its own that starts the server of `directory` and then does nothing. */
  startProgram(options?: { environment?: NodeJS.ProcessEnv; before?: string; from?: string }): Program<Started>;
}

/** Sets the bench up for the tests of the file that calls it. */
export function embeddedBench(): EmbeddedBench {
  const temporary = process.env.TMPDIR;
  const programs: Program<Started>[] = [];
  const servers: EmbeddedPostgres[] = [];
  const said: string[] = [];
  const log = { info: (text: string) => said.push(text), warn: (text: string) => said.push(text) };
  let store: ReturnType<typeof translateStore> | undefined;
  let home = "";
  const translated = () => {
    if (store === undefined) throw new Error("the bench is there within tests and hooks only");
    return store;
  };
  const bench: EmbeddedBench = {
    get home() {
      return home;
    },
    directory: "",
    said,
    get store() {
      return translated();
    },
    start: async () => {
      const server = await startEmbeddedPostgres({ directory: bench.directory, log });
      servers.push(server);
      return server;
    },
    startProgram: (options = {}) => {
      const text = programText(options.from ?? translated().directory, bench.directory, options.before ?? "");
      const program = runProgram<Started>(text, options.environment ?? process.env);
      programs.push(program);
      return program;
    },
  };
  beforeAll(() => {
    store = translateStore();
  });
  afterAll(() => store?.remove());
  beforeEach(() => {
    home = temporaryDirectory("workflow-core-embedded-");
    bench.directory = join(home, "data");
    // Sockets of servers whose processes are killed go with the rest.
    process.env.TMPDIR = home;
    said.length = 0;
  });
  afterEach(async () => {
    for (const program of programs.splice(0)) {
      program.process.kill("SIGKILL");
      await program.ended;
    }
    for (const server of servers.splice(0)) await server.stop();
    // A killed program's server needs a moment to end; it still writes into its directory.
    await until(() => !isRunning(join(bench.directory, "postgres")), "the end of the server");
    if (temporary === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = temporary;
    rmSync(home, { recursive: true, force: true, maxRetries: 20 });
  });
  return bench;
}

const programText = (from: string, directory: string, before: string): string => `${before}
  const { startEmbeddedPostgres } = await import(${JSON.stringify(`${from}/embedded.js`)});
  const said = [], say = (text) => said.push(text);
  try {
    const { uri, pid, data } = await startEmbeddedPostgres({ directory: ${JSON.stringify(directory)}, log: { info: say, warn: say } });
    console.log(JSON.stringify({ uri, pid, data, said }));
  } catch (error) {
    console.log(JSON.stringify({ error: error.name + ": " + error.message }));
  }`;

/** What a program's server is; throws when it did not start. */
export async function started(program: Program<Started>) {
  const answer = await program.first;
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer;
}

/** All values of a statement's answer, one after the other. */
export async function ask(uri: string, statement: string): Promise<unknown[]> {
  const pool = openPool({ uri, max: 1, applicationName: "test" });
  try {
    return (await pool.query({ text: statement, rowMode: "array" })).rows?.flat() ?? [];
  } finally {
    await pool.end();
  }
}

/** Whether a process runs; one that is dead and only waits for its parent to notice does not. */
export function processExists(pid: number): boolean {
  const { status, stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return status === 0 && !stdout.startsWith("Z");
}

function isRunning(data: string): boolean {
  const file = join(data, "postmaster.pid");
  const pid = existsSync(file) ? Number(readFileSync(file, "utf8").split("\n")[0]) : 0;
  return pid > 0 && processExists(pid);
}
