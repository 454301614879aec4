// One run of the server's program, from its start to its end.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { EmbeddedPostgresError, OWN_DATABASE } from "./embedded-error.js";
import { removeStalePidFile } from "./embedded-pid-file.js";
import type { Place } from "./embedded-place.js";
import { PORT } from "./embedded-socket.js";
import { alone, asUser, LOCKED } from "./embedded-user.js";
import type { StoreLog } from "./log.js";

export interface RunningServer {
  pid: number;
  /** Resolves, with the reason, when the server ends although nobody stopped it. */
  died: Promise<Error>;
  stop(): Promise<void>;
}

/** Small, durable, and quiet; nothing here weakens fsync. */
const SETTINGS = {
  listen_addresses: "",
  port: String(PORT),
  unix_socket_permissions: "0700",
  max_connections: "100",
  shared_buffers: "32MB",
  io_method: "sync",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_line_prefix: "",
  log_destination: "stderr",
  logging_collector: "off",
  log_checkpoints: "off",
  // What a statement did wrong is told to its caller; a log with its text would hold people's data.
  log_min_error_statement: "panic",
};

/** Nothing of our own environment (PGPORT, PGDATA, LD_…, secrets) reaches the server's programs. */
export const serverEnvironment = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

/** A fast shutdown ends within this, or becomes an immediate one, which the next start repairs. In milliseconds. */
const SHUTDOWN = 15_000;

/** Starts the server; "in use" when another server holds its files. Throws EmbeddedPostgresError when it cannot start. */
export async function startServer(options: {
  place: Place;
  program: string;
  socket: string;
  log: StoreLog;
}): Promise<RunningServer | "in use"> {
  const { place, socket, log } = options;
  const command = alone(`${place.data}.lock`, asUser(place.user, options.program));
  const settings = Object.entries({ ...SETTINGS, unix_socket_directories: socket }).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
  const child = spawn(command.file, [...command.args, "-D", place.data, ...settings], {
    ...command.ids,
    cwd: place.directory,
    env: serverEnvironment,
    // A process group of its own: Ctrl-C in a terminal is for us, and we stop it when we have finished.
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const output = readOutput(child, log);
  const ended = endOf(child);
  const first = await Promise.race([output.ready, ended]);
  if (first !== "ready") {
    if (first.code === LOCKED) return "in use";
    if (output.lines.some((line) => IN_USE.test(line))) {
      if (command.locks) removeStalePidFile(place.data);
      return "in use";
    }
    const told = output.lines.slice(-8).join("\n") || first.text;
    throw new EmbeddedPostgresError(
      `PostgreSQL did not start on ${place.data}: ${told}\nRepair this, set DATA_DIR to another directory, or ${OWN_DATABASE}.`,
    );
  }
  return running(child, ended, output);
}

const READY = /database system is ready to accept connections/;
const IN_USE = /lock file "postmaster\.pid" already exists|pre-existing shared memory block .* is still in use/;

interface Output {
  ready: Promise<"ready">;
  /** What was said until it was ready. */
  lines: string[];
  /** From now on, what it says about ended connections is no news. */
  hush(): void;
}

/** Reads stderr for as long as the server runs: what came before it was ready is kept, later warnings are logged. */
function readOutput(child: ChildProcess, log: StoreLog): Output {
  const lines: string[] = [];
  let isReady = false;
  let hushed = false;
  let telling = false;
  let ready: (value: "ready") => void = () => undefined;
  const output: Output = {
    ready: new Promise((resolve) => {
      ready = resolve;
    }),
    lines,
    hush: () => {
      hushed = true;
    },
  };
  if (child.stderr === null) return output;
  createInterface({ input: child.stderr, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => {
    if (!isReady) {
      lines.push(line);
      if (lines.length > 100) lines.shift();
      if (READY.test(line)) {
        isReady = true;
        ready("ready");
      }
    } else if (!hushed) {
      // DETAIL and HINT belong to the line before them.
      if (!/^(DETAIL|HINT|CONTEXT|\t)/.test(line)) telling = /^(WARNING|FATAL|PANIC):/.test(line) || CRASHED.test(line);
      if (telling) log.warn(`PostgreSQL: ${line.trim()}`);
    }
  });
  return output;
}

const CRASHED = /was terminated by signal|exited with exit code|reinitializing/;

interface End {
  code: number | null;
  text: string;
}

function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ code: null, text: error.message }));
    // "close", not "exit": by then everything that it said has been read.
    child.once("close", (code, signal) =>
      resolve({ code, text: signal === null ? `it ended with code ${code}` : `it was ended by ${signal}` }),
    );
  });
}

function running(child: ChildProcess, ended: Promise<End>, output: Output): RunningServer {
  let stopping: Promise<void> | undefined;
  const interrupt = () => child.kill("SIGINT");
  process.once("exit", interrupt);
  const died = ended.then(({ text }) => {
    process.removeListener("exit", interrupt);
    // A server that was stopped did not die: then this promise stays as it is for ever.
    if (stopping !== undefined) return new Promise<Error>(() => undefined);
    return new EmbeddedPostgresError(`The embedded PostgreSQL is gone: ${text}.`);
  });
  const stop = async () => {
    output.hush();
    interrupt();
    const impatient = setTimeout(() => child.kill("SIGQUIT"), SHUTDOWN);
    await ended;
    clearTimeout(impatient);
  };
  return {
    pid: child.pid ?? 0,
    died,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
