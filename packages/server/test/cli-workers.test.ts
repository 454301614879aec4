// Several processes on one port: whichever is asked, /metrics and /api/v1/status/circuits answer for all of them.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { draw } from "@workflow-core/core/testing";
import { afterEach, expect, it } from "vitest";
import { signToken } from "../src/access/tokens.js";
import { apiKey, secret } from "./support/app.js";
import { type CliProcess, startCli } from "./support/cli.js";
import { cliBench } from "./support/cli-bench.js";
import { type Series, seriesOf } from "./support/prometheus.js";
import { until } from "./support/until.js";

const bench = cliBench();
let started: CliProcess | undefined;
afterEach(async () => {
  started?.process.kill("SIGTERM");
  await started?.ended;
});

/** Starts so many processes; gives their supervisor and their address. */
const startWorkers = async (count: number, more: Record<string, string> = {}) => {
  const env = { WORKERS: String(count), MODULE_PORT: "0", GRPC_PORT: "0", RELEASE_MODE: "false", ...more };
  const service = startCli(["start"], { cwd: bench.cwd, env });
  started = service;
  await until(() => service.stdout().includes("practice/messages\n"), "start", 40_000);
  return { service, url: /http:\/\/[\d.]+:\d+/.exec(service.stdout())?.[0] ?? "" };
};

it("gives every process's numbers under its own label, also after one was killed and came back", async () => {
  const { service, url } = await startWorkers(3);
  const scrape = async () => seriesOf(await (await fetch(`${url}/metrics`)).text());
  const of = (all: readonly Series[], name: string) =>
    Object.fromEntries(all.filter((each) => each.name === name).map(({ labels, value }) => [labels.worker, value]));
  const startTimes = async () => of(await scrape(), "process_start_time_seconds");

  await until(async () => Object.keys(await startTimes()).length === 3, "all three", 40_000);
  const first = await startTimes();
  expect(Object.keys(first).sort()).toEqual(["1", "2", "3"]);
  // Connections go round: each answer is of another process, and all know of all.
  const answers = await Promise.all(Array.from({ length: 6 }, startTimes));
  for (const answer of answers) expect(answer).toEqual(first);
  const health = async () => void (await fetch(`${url}/health`, { headers: { connection: "close" } })).text();
  for (let count = 0; count < 30; count += 1) await health();
  const all = await scrape();
  const counted = all.filter(
    ({ name, labels }) => name === "http_request_duration_seconds_count" && labels.route === "/health",
  );
  expect(counted.reduce((sum, { value }) => sum + value, 0)).toBe(30);
  // Of the database, each says the same.
  await until(async () => {
    const workers = of(await scrape(), "workflow_core_workers");
    return JSON.stringify(workers) === JSON.stringify({ 1: 3, 2: 3, 3: 3 });
  }, "figures");

  const lost = /Process (\d+) ended/;
  const { pid } = service.process;
  const children = execFileSync("pgrep", ["-P", String(pid), "node"], { encoding: "utf8" })
    .trim()
    .split("\n");
  process.kill(Number(children.at(-1)), "SIGKILL");
  await until(() => lost.test(service.stdout() + service.stderr()), "a loss");
  await until(
    async () => {
      const now = await startTimes();
      return Object.keys(now).length === 3 && JSON.stringify(now) !== JSON.stringify(first);
    },
    "its successor",
    40_000,
  );
  expect(Object.keys(await startTimes()).sort()).toEqual(["1", "2", "3"]);
}, 120_000);

it("loses no process to a log that is rotated while it starts, and all of them open the file anew", async () => {
  const directory = join(bench.cwd, "rotated");
  const env = { WORKERS: "3", MODULE_PORT: "0", GRPC_PORT: "0", RELEASE_MODE: "false", LOG_DIR: directory };
  const service = startCli(["start"], { cwd: bench.cwd, env });
  started = service;
  const file = join(directory, "workflow_core.log");
  await until(() => existsSync(file), "the log", 40_000);
  let rotations = 0;
  const rotating = setInterval(() => {
    rotations += 1;
    if (existsSync(file)) renameSync(file, `${file}.${rotations}`);
    service.process.kill("SIGHUP");
  }, 20);
  const listening = () => service.stdout().split("Listening on").length - 1;
  await until(() => listening() === 3, "all three", 40_000).finally(() => clearInterval(rotating));
  expect(rotations).toBeGreaterThan(3);
  expect(service.stdout() + service.stderr()).not.toMatch(/Process \d+ ended/);

  await until(() => existsSync(file), "the file of before");
  renameSync(file, `${file}.last`);
  service.process.kill("SIGHUP");
  await until(() => existsSync(file), "the new file");
  service.process.kill("SIGTERM");
  await service.ended;
  const ends = (name: string) => readFileSync(name, "utf8").split("Everything is closed.").length - 1;
  expect([ends(file), ends(`${file}.last`)]).toEqual([3, 0]);
}, 120_000);

it("tells of the hosts that any of the processes has called", async () => {
  const keys = { SECRET_KEY: secret, API_KEY: apiKey, EGRESS_ALLOW_CIDRS: "127.0.0.1/32" };
  const { url } = await startWorkers(2, keys);
  const author = { authorization: `Bearer ${await signToken({ user_id: 1 }, secret)}` };
  // Each on a connection of its own, so that they go round.
  const ask = async (path: string, headers: Record<string, string>, body?: object) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method: body ? "POST" : "GET",
      headers: { ...headers, connection: "close", ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const { data } = (await answer.json()) as { data: Record<string, unknown> };
    return data;
  };
  const graph = draw("start -> ask -> end", {
    start: ["trigger_command", { command_name: "ask" }],
    ask: ["action_webhook", { url: "http://127.0.0.1:9/", method: "GET" }],
    end: "flow_end",
  });
  const { workflow_id } = await ask("/workflows", author, { name: "A", entity_id: 1, community_id: 1, ...graph });
  await ask(`/workflows/${workflow_id}/publish`, author, {});
  const circuits = async () => Object.values(await ask("/status/circuits", { "x-api-key": apiKey }));
  const both = [1, 2].map((worker) => expect.objectContaining({ worker, community_id: 1, host: "127.0.0.1:9" }));
  await until(
    async () => {
      // Two of three requests: the processes take turns, and with one of two it would always be the same one's.
      for (let count = 0; count < 2; count += 1)
        await ask(`/workflows/${workflow_id}/execute?wait=5`, author, { community_id: 1 });
      return (await circuits()).length === 2;
    },
    "both to have called",
    60_000,
  );
  for (let count = 0; count < 4; count += 1) expect(await circuits()).toEqual(expect.arrayContaining(both));
}, 120_000);
