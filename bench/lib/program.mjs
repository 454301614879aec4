// Other programs that a contestant starts: a free port for them, until they answer, and what memory they take.
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Who is told to end ends what it has started.
process.once("SIGTERM", () => process.exit(1));

export const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/**
 * A directory of the contestant's own; gone when it ends. All may enter it: a database that is started by root runs as
 * another user, and would else have its files in a place that stays.
 */
export const temporary = (name) => {
  const directory = mkdtempSync(join(tmpdir(), `workflow-core-bench-${name}-`));
  chmodSync(directory, 0o755);
  process.on("exit", () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
};

/** Starts a Node program whose output goes to a file; gives its pid, what it said, and `stop()`. */
export const startProgram = (args, { directory, env = {} }) => {
  const said = join(directory, "output.txt");
  const output = openSync(said, "a");
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: directory,
    env: { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...env },
    stdio: ["ignore", output, output],
  });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const end = () => child.kill("SIGTERM");
  process.on("exit", end);
  return {
    pid: child.pid,
    said: () => readFileSync(said, "utf8").slice(-2000),
    over: () => child.exitCode !== null || child.signalCode !== null,
    stop: async () => {
      end();
      const impatient = setTimeout(() => child.kill("SIGKILL"), 20_000);
      await ended;
      clearTimeout(impatient);
      process.removeListener("exit", end);
    },
  };
};

/** Resolves when the address answers 200. Throws with what the program said when it ended or is silent for a minute. */
export const untilAnswers = async (url, program) => {
  const end = performance.now() + 60_000;
  while (performance.now() < end && !program.over()) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`${url} does not answer: ${program.said()}`);
};

/**
 * MiB of memory that a process and all its descendants take: `rss` counts what they share once for each of them, `pss`
 * once. Empty where there is no /proc.
 */
export const memoryOf = (root) => {
  try {
    const parents = new Map(
      readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map((pid) => [
          Number(pid),
          Number(
            read(`/proc/${pid}/stat`)
              .replace(/^.*\) \S /s, "")
              .split(" ")[0],
          ),
        ]),
    );
    const within = (pid) => pid === root || (parents.has(pid) && within(parents.get(pid)));
    const maps = [...parents.keys()].filter(within).map((pid) => read(`/proc/${pid}/smaps_rollup`));
    const sum = (name) =>
      maps.reduce((total, text) => total + Number(new RegExp(`^${name}: +(\\d+)`, "m").exec(text)?.[1] ?? 0), 0);
    return { rss: sum("Rss") / 1024, pss: sum("Pss") / 1024 };
  } catch {
    return {};
  }
};

const read = (file) => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // it has just ended
  }
};
