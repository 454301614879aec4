// Replicas: the real program in processes of its own, on one database, each with a port of its own, to be killed,
// frozen and asked to end.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { canaries } from "./canaries.js";
import { type CliProcess, startCli } from "./cli.js";
import { temporaryDirectory } from "./processes.js";
import { until } from "./until.js";

export const apiKey = canaries.replicaApiKey;

export interface ReplicaOptions {
  databaseUri: string;
  routerUrl: string;
  /** More settings, such as WFCORE_CRASH_AT. */
  env?: Record<string, string>;
  /** The path of another build's program. */
  program?: string;
}

export interface Answer {
  status: number;
  body: { success?: boolean; data?: Record<string, unknown>; error?: { code: string; message: string } };
  headers: Headers;
}

export interface Replica {
  url: string;
  pid: number;
  /** Whether its process runs. */
  readonly alive: boolean;
  /** Everything that it has said. */
  said(): string;
  /** Resolves when the process is gone: its exit code, or null when a signal ended it. */
  ended: Promise<number | null>;
  /** kill -9 */
  kill(): Promise<void>;
  signal(name: "SIGSTOP" | "SIGCONT" | "SIGTERM"): void;
  /** A call with the API key; rejects when the connection breaks. */
  call(method: "GET" | "POST", path: string, body?: object, headers?: Record<string, string>): Promise<Answer>;
}

/** Starts a replica; resolves when it listens. */
export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const { databaseUri, routerUrl, env = {}, program } = options;
  const home = temporaryDirectory("workflow-core-replica-");
  const started = startCli(["start"], {
    cwd: home,
    ...(program === undefined ? {} : { program }),
    env: {
      ...{ NODE_ENV: "test", TZ: "UTC", MODULE_PORT: "0", GRPC_PORT: "0", LOG_LEVEL: "INFO" },
      // A host is asked for; the one in `?host=`, a socket's directory, is taken instead.
      ...{ DATABASE_URI: databaseUri.replace("@/", "@localhost/"), ROUTER_URL: routerUrl, API_KEY: apiKey },
      ...{ SECRET_KEY: canaries.replicaSecretKey, LOG_DIR: join(home, "log") },
      ...env,
    },
  });
  void started.ended.then(() => rmSync(home, { recursive: true, force: true }));
  const url = () => /Listening on (http:\/\/[\d.]+:\d+)/.exec(started.stdout())?.[1];
  const gone = () => started.process.exitCode !== null || started.process.signalCode !== null;
  await until(() => url() !== undefined || gone(), "a replica that listens", 30_000);
  if (url() === undefined) throw new Error(`the replica ended: ${(await started.ended).stderr}${started.stdout()}`);
  return replica(started, url() ?? "", gone);
}

function replica(started: CliProcess, url: string, gone: () => boolean): Replica {
  const { process: child } = started;
  const ended = started.ended.then(({ code }) => code);
  return {
    url,
    pid: child.pid ?? 0,
    get alive() {
      return !gone();
    },
    said: () => started.stdout() + started.stderr(),
    ended,
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
    signal: (name) => void child.kill(name),
    call: async (method, path, body, headers = {}) => {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          "x-api-key": apiKey,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(20_000),
      });
      return { status: response.status, body: (await response.json()) as Answer["body"], headers: response.headers };
    },
  };
}
