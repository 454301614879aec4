// A Redis of a test's own, to be asked, killed, frozen and started again; where there is no redis-server, such tests
// are skipped by name.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { describe, it } from "vitest";
import { temporaryDirectory } from "./processes.js";

export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

/** The tests, or one skipped test that says what is missing. */
export function describeWithRedis(name: string, tests: () => void): void {
  if (hasRedis) describe(name, tests);
  else describe(name, () => it.skip("redis-server not there", () => undefined));
}

export interface TestRedis {
  url: string;
  /** kill -9; what it held is gone. */
  kill(): Promise<void>;
  /** Begins it anew, empty, on the same port. */
  start(): Promise<void>;
  signal(name: "SIGSTOP" | "SIGCONT"): void;
  stop(): Promise<void>;
}

/** Starts a server that keeps nothing on disk; more of its settings may be given as flags. */
export async function testRedis(...more: string[]): Promise<TestRedis> {
  const directory = temporaryDirectory("workflow-core-redis-");
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async () => {
    const flags = [
      "--port",
      String(port),
      "--bind",
      "127.0.0.1",
      "--save",
      "",
      "--appendonly",
      "no",
      "--dir",
      directory,
      ...more,
    ];
    const started = spawn("redis-server", flags, { stdio: ["ignore", "pipe", "ignore"] });
    child = started;
    await new Promise<void>((resolve, reject) => {
      started.stdout.on("data", (text: Buffer) => {
        if (String(text).includes("Ready to accept connections")) resolve();
      });
      started.once("exit", (code) => reject(new Error(`redis-server ended with ${code}`)));
    });
  };
  const kill = async () => {
    const running = child;
    child = undefined;
    if (running === undefined) return;
    const gone = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGKILL");
    await gone;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}/0`,
    ...{ kill, start },
    signal: (name) => void child?.kill(name),
    stop: async () => {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // listening on TCP, so it is no pipe's name
  await new Promise((resolve) => server.close(resolve));
  return port;
}
