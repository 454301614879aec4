// Several processes on one port: whichever is asked, /metrics answers for all of them.
import { execFileSync } from "node:child_process";
import { afterEach, expect, it } from "vitest";
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

it("gives every process's numbers under its own label, also after one was killed and came back", async () => {
  const env = { WORKERS: "3", MODULE_PORT: "0", GRPC_PORT: "0", RELEASE_MODE: "false" };
  const service = startCli(["start"], { cwd: bench.cwd, env });
  started = service;
  await until(() => service.stdout().includes("practice/messages\n"), "start", 20_000);
  const url = /http:\/\/[\d.]+:\d+/.exec(service.stdout())?.[0] ?? "";
  const scrape = async () => seriesOf(await (await fetch(`${url}/metrics`)).text());
  const of = (all: readonly Series[], name: string) =>
    Object.fromEntries(all.filter((each) => each.name === name).map(({ labels, value }) => [labels.worker, value]));
  const startTimes = async () => of(await scrape(), "process_start_time_seconds");

  await until(async () => Object.keys(await startTimes()).length === 3, "all three", 20_000);
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
    20_000,
  );
  expect(Object.keys(await startTimes()).sort()).toEqual(["1", "2", "3"]);
}, 90_000);
