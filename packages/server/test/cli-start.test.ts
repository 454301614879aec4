// `start` and `migrate`: the service as people start, kill and stop it. The real program, in processes of its own.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, renameSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, inject, it } from "vitest";
import { type CliProcess, startCli } from "./support/cli.js";
import { cliBench } from "./support/cli-bench.js";
import { testDatabase } from "./support/database.js";
import { until } from "./support/until.js";

const bench = cliBench();
const patience = 15_000;

let running: CliProcess[] = [];
let servers: Server[] = [];
afterEach(async () => {
  for (const { process, ended } of running) {
    process.kill("SIGKILL");
    await ended;
  }
  for (const server of servers) server.close();
  running = [];
  servers = [];
});

const start = (env: Record<string, string>, args: string[] = []): CliProcess => {
  const started = startCli(["start", ...args], { cwd: bench.cwd, env: { MODULE_PORT: "0", GRPC_PORT: "0", ...env } });
  running.push(started);
  return started;
};

interface Service extends CliProcess {
  url: string;
  /** Calls the API with the development token; gives `data`. */
  api(method: string, path: string, body?: object): Promise<Record<string, unknown>>;
}

const ready = async (started: CliProcess): Promise<Service> => {
  const text = () => started.stdout();
  await until(() => text().includes("practice/messages\n") || started.process.exitCode !== null, "start", patience);
  const url = /http:\/\/[\d.]+:\d+/.exec(text())?.[0] ?? "";
  const token = /^TOKEN=(\S+)$/m.exec(text())?.[1] ?? "";
  expect([url, token], started.stderr()).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
  return {
    ...started,
    url,
    api: async (method, path, body) => {
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const answer = (await response.json()) as { success: boolean; data: Record<string, unknown> };
      expect(answer).toMatchObject({ success: true });
      return answer.data;
    },
  };
};

const publish = async (service: Service, node: object): Promise<string> => {
  const { workflow_id } = await service.api("POST", "/workflows", {
    name: "Test",
    entity_id: 1,
    community_id: 1,
    nodes: {
      start: { node_type: "trigger_command", config: { command_name: "go" } },
      middle: node,
      end: { node_type: "flow_end", config: { output_data: { done: true } } },
    },
    connections: [
      { from_node_id: "start", to_node_id: "middle" },
      { from_node_id: "middle", to_node_id: "end" },
    ],
  });
  await service.api("POST", `/workflows/${workflow_id}/publish`);
  return String(workflow_id);
};

const stop = async (service: Pick<CliProcess, "process" | "ended">, signal: NodeJS.Signals = "SIGTERM") => {
  service.process.kill(signal);
  return (await service.ended).code;
};

/** Something that listens, and never says a word. */
const silentServer = async (): Promise<number> => {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};

describe("start", () => {
  it("is ready within 15 s on an empty directory, and what it prints to try works as it stands", async () => {
    const service = await ready(start({ DATA_DIR: join(bench.cwd, "first") }));
    expect((await fetch(`${service.url}/ready`)).status).toBe(200);
    expect(service.stdout()).toContain(join(bench.cwd, "first"));
    const text = service.stdout();
    const script = text.slice(text.indexOf("# A token"), text.indexOf("practice/messages\n") + 18);
    const shell = spawnSync("bash", ["-e"], { input: script, encoding: "utf8", cwd: bench.cwd });
    expect([shell.status, shell.stderr]).toEqual([0, ""]);
    const answers = shell.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(answers).toMatchObject([
      { success: true, data: { status: "published" } },
      { success: true, data: { status: "completed", execution_path: ["command", "greet", "done"] } },
      { success: true, data: [{ text: "Hello, Ada! Welcome to the stream!" }] },
    ]);
    expect(await stop(service)).toBe(0);
  });

  it("goes on with what was under way when it was killed", async () => {
    const env = { DATA_DIR: join(bench.cwd, "killed") };
    const first = await ready(start(env));
    const id = await publish(first, { node_type: "action_delay", config: { delay_seconds: 2 } });
    const { execution_id } = await first.api("POST", `/workflows/${id}/execute`, { community_id: 1 });
    await stop(first, "SIGKILL");
    const second = await ready(start(env));
    const read = () => second.api("GET", `/workflows/executions/${execution_id}`);
    await until(async () => (await read()).status === "completed", "the end of the execution", 20_000);
    expect(await read()).toMatchObject({ execution_path: ["start", "middle", "end"], final_output: { done: true } });
    expect(await stop(second, "SIGINT")).toBe(0);
  });

  it("takes port and role from the command line", async () => {
    const port = await silentServer();
    servers.pop()?.close();
    const service = await ready(
      start({ DATA_DIR: join(bench.cwd, "first") }, ["--port", String(port), "--role", "all"]),
    );
    expect(service.url).toBe(`http://127.0.0.1:${port}`);
  });

  it("lives on when nobody reads its standard output any more", async () => {
    const service = start({ DATA_DIR: join(bench.cwd, "first"), LOG_DIR: join(bench.cwd, "unread") });
    service.process.stdout?.destroy();
    const log = () => readFileSync(join(bench.cwd, "unread", "workflow_core.log"), "utf8");
    const url = () => /Listening on (http:[^"]+)/.exec(log())?.[1];
    await until(() => existsSync(join(bench.cwd, "unread")) && url() !== undefined, "start", patience);
    expect((await fetch(`${url()}/ready`)).status).toBe(200);
    expect(await stop(service)).toBe(0);
    expect(log()).toContain("Everything is closed.");
  });

  it("opens the log file anew on SIGHUP", async () => {
    const service = await ready(start({ DATA_DIR: join(bench.cwd, "first"), LOG_DIR: join(bench.cwd, "rotated") }));
    const log = join(bench.cwd, "rotated", "workflow_core.log");
    renameSync(log, `${log}.1`);
    service.process.kill("SIGHUP");
    await until(() => existsSync(log), "the new file");
    expect(await stop(service)).toBe(0);
    expect(readFileSync(log, "utf8")).toContain('"action":"stopped"');
    expect(readFileSync(`${log}.1`, "utf8")).not.toContain('"action":"stopped"');
  });

  it("ends at once on the second signal", async () => {
    const port = await silentServer();
    const service = await ready(
      start({ DATA_DIR: join(bench.cwd, "first"), EGRESS_ALLOW_CIDRS: `127.0.0.1/32:${port}` }),
    );
    const url = `http://127.0.0.1:${port}/`;
    const id = await publish(service, { node_type: "action_webhook", config: { url, method: "GET" } });
    await service.api("POST", `/workflows/${id}/execute`, { community_id: 1 });
    service.process.kill("SIGTERM");
    await until(() => service.stdout().includes("Ending after SIGTERM"), "the first signal");
    expect(await stop(service, "SIGTERM")).toBe(1);
  });

  it.runIf(inject("systemPostgres"))("prints no token in release mode", async () => {
    const database = await testDatabase("system");
    const service = start({
      ...{ RELEASE_MODE: "true", DATABASE_URI: database.uri, HOST: "127.0.0.1" },
      ...{ SECRET_KEY: "0123456789abcdef0123456789abcdef", API_KEY: "fedcba9876543210" },
    });
    await until(() => service.stdout().includes("Workflow Core is running."), "start", patience);
    expect(await stop(service)).toBe(0);
    expect(service.stdout()).not.toMatch(/TOKEN|eyJ|0123456789abcdef/);
    await database.drop();
  });
});

describe("a start that fails says why, within 5 s", () => {
  const failure = async (env: Record<string, string>, most = 5000) => {
    const { code, stderr, milliseconds } = await start(env).ended;
    expect(milliseconds).toBeLessThan(most);
    return { code, stderr };
  };

  it("when the port is taken", async () => {
    const MODULE_PORT = String(await silentServer());
    expect(await failure({ MODULE_PORT, DATA_DIR: join(bench.cwd, "first") })).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^Address already in use: MODULE_PORT \d+\. Change MODULE_PORT or GRPC_PORT; Kill/),
    });
  });

  it.each([
    ["refuses", async () => 1, 5000],
    // Its silence alone is waited for as long as a connection may take to open.
    ["does not answer", silentServer, 7000],
  ])("when the database %s", async (_title, port, most) => {
    expect(await failure({ DATABASE_URI: `postgresql://ada:hidden@127.0.0.1:${await port()}/x` }, most)).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /^Failed to connect to database: (?!.*hidden).*\. Verify DATABASE_URI format; Check/,
      ),
    });
  });

  it("when the directory belongs to another one", async () => {
    const DATA_DIR = join(bench.cwd, "first");
    await ready(start({ DATA_DIR }));
    expect(await failure({ DATA_DIR })).toEqual({
      code: 1,
      stderr: expect.stringContaining("Another Workflow Core is running on"),
    });
  });
});

describe("migrate", () => {
  it("brings the database up to date, once", async () => {
    const env = { DATA_DIR: join(bench.cwd, "migrated") };
    const first = await bench.run("migrate", { env });
    expect([first.code, first.stderr]).toEqual([0, ""]);
    expect(first.stdout).toMatch(/applied database migration 0001-guide\n(.*\n)*The database is up to date: /);
    const second = await bench.run("migrate", { env });
    expect([second.code, second.stdout]).toEqual([0, expect.stringMatching(/^The database is up to date: .*\n$/)]);
  });

  it("says why it cannot", async () => {
    const { code, stderr } = await bench.run("migrate", { env: { DATABASE_URI: "postgresql://ada@127.0.0.1:1/x" } });
    expect([code, stderr]).toEqual([1, expect.stringContaining("Failed to connect to database")]);
  });
});
