// The documentation's command that starts Prometheus (`sh prometheus`), run by Prometheus itself beside a program that
// has done a bit of everything; and every expression of dashboard and alerts, answered by it.
import { spawn } from "node:child_process";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { alerts, deployed, panels } from "../support/dashboards.js";
import { findProgram, skipped } from "../support/find-program.js";
import { root, shellOf } from "../support/markdown.js";
import { temporaryDirectory } from "../support/processes.js";
import { type Data, exercise, type Program, startProgram } from "../support/program.js";
import { until } from "../support/until.js";

describe.skipIf(findProgram("prometheus") === undefined)(`Prometheus${skipped("prometheus")}`, () => {
  const place = temporaryDirectory("workflow-core-prometheus-");
  let program: Program;
  let prometheus: Started;

  beforeAll(async () => {
    program = await startProgram({ EGRESS_ALLOW_CIDRS: "127.0.0.1/32" });
    cpSync(`${root}deploy/prometheus`, join(place, "deploy/prometheus"), { recursive: true });
    // As it stands, but for whom it asks and how often.
    const config = deployed("prometheus/prometheus.yaml")
      .replace("workflow-core:8070", new URL(program.url).host)
      .replaceAll("interval: 15s", "interval: 1s");
    writeFileSync(join(place, "deploy/prometheus/prometheus.yaml"), config);
    prometheus = start(place, shellOf("docs/operations.md", "prometheus").join("\n"));
    await until(() => prometheus.url() !== undefined, "its address", 30_000);
    await exercise(program);
  }, 90_000);
  afterAll(async () => {
    await prometheus?.end();
    await program?.close();
    rmSync(place, { recursive: true, force: true });
  });

  const ask = async (path: string): Promise<Data> =>
    ((await (await fetch(`${prometheus.url()}/api/v1/${path}`)).json()) as { data: Data }).data;
  const query = (expression: string) => ask(`query?query=${encodeURIComponent(expression)}`);

  it("scrapes the program without complaint, and knows every alert", async () => {
    await until(
      async () => (await query('up{job="workflow-core"} == 1')).result.length === 1,
      "a scrape that went well",
      20_000,
    );
    const { groups } = await ask("rules");
    const rules = groups.flatMap((group: { rules: { name: string; lastError?: string }[] }) => group.rules);
    expect(rules.map(({ name }: { name: string }) => `alert ${name}`)).toEqual(alerts.map(([name]) => name));
    expect(
      rules.filter(({ lastError }: { lastError?: string }) => lastError !== undefined && lastError !== ""),
    ).toEqual([]);
  });

  it("has data for every panel", async () => {
    // A rate needs two scrapes.
    const waiting = new Map(panels);
    await until(
      async () => {
        for (const [name, expression] of waiting)
          if ((await query(expression))?.result.length > 0) waiting.delete(name);
        return waiting.size === 0;
      },
      "data",
      20_000,
    ).catch(() => undefined);
    expect([...waiting]).toEqual([]);
  });

  it.each(alerts)("understands the %s", async (_name, expression) => {
    expect(await query(expression)).toMatchObject({ resultType: "vector" });
  });
});

interface Started {
  /** Where it listens, as soon as it has said so. */
  url(): string | undefined;
  end(): Promise<void>;
}

/** Runs the command in a folder; it takes a free port instead of its usual one. */
function start(place: string, command: string): Started {
  const onFreePort = 'prometheus() { command prometheus "$@" --web.listen-address=127.0.0.1:0 & wait; }';
  const { PATH = "" } = process.env;
  const child = spawn("bash", ["-euc", `${onFreePort}\n${command}`], {
    ...{ cwd: place, env: { PATH }, detached: true, stdio: ["ignore", "pipe", "pipe"] },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (part: string) => {
      said += part;
    });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    url: () => {
      const [, address] = /msg="Listening on" address=(\S+)/.exec(said) ?? [];
      return address && `http://${address}`;
    },
    end: () => {
      process.kill(-(child.pid ?? 0), "SIGTERM");
      return ended;
    },
  };
}
