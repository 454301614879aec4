// The doctor's checks, each on something real that is well and on something that is not.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttp, type Server } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emptyDatabase, type TestDatabase, testDatabase } from "../../../test/support/database.js";
import { loadSettings } from "../../settings.js";
import { checkDatabase, checkReplicas } from "./databases.js";
import { checkLogs, checkNode, checkPorts, checkSandbox } from "./machine.js";
import { checkLicenseServer, checkRedis, checkRouter } from "./services.js";

const settings = (more: Record<string, string> = {}) =>
  loadSettings({ SECRET_KEY: "s".repeat(32), API_KEY: "k", ...more });
const released = {
  ...{
    RELEASE_MODE: "true",
    API_KEY: "k".repeat(32),
    DATABASE_URI: "postgresql://a/b",
    ROUTER_URL: "http://127.0.0.1:1",
  },
  ...{ LICENSE_KEY: "l", HOST: "127.0.0.1" },
};

let test: TestDatabase;
let empty: TestDatabase;
let directory: string;
let web: Server;
let url: string;
beforeAll(async () => {
  [test, empty] = await Promise.all([testDatabase(), emptyDatabase()]);
  directory = mkdtempSync(join(tmpdir(), "workflow-core-doctor-test-"));
  web = createHttp((request, response) => {
    response.statusCode = request.url === "/health" ? 200 : 404;
    response.end(JSON.stringify({ success: true, data: { healthy: true, module: "workflow_core_module" } }));
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`; // it listens on TCP
});
afterAll(async () => {
  await Promise.all([test.drop(), empty.drop()]);
  rmSync(directory, { recursive: true, force: true });
  web.close();
});

/** The address with a password in it, which nobody may be shown. */
const withPassword = (uri: string) => uri.replace("postgres@", "postgres:canary-password@");

describe("the database", () => {
  it("is well when it has this program's tables and the same time", async () => {
    const findings = await checkDatabase(settings({ DATABASE_URI: withPassword(test.uri) }));
    expect(findings).toEqual([
      {
        name: "Database",
        state: "ok",
        message: expect.stringMatching(/^PostgreSQL \d+\.\d+ at .* tables are up to date\.$/),
      },
      { name: "Clock", state: "ok", message: expect.any(String) },
    ]);
    expect(JSON.stringify(findings)).not.toContain("canary-password");
  });

  it("without tables is told what the next start does, and is left as it is", async () => {
    const [finding] = await checkDatabase(settings({ DATABASE_URI: empty.uri }));
    expect(finding).toMatchObject({ state: "ok", message: expect.stringMatching(/\d+ migrations are to be applied/) });
    expect(finding?.advice).toContain("workflow-core migrate");
    const { rows } = await empty.database.primary.query("SELECT to_regclass('workflows') AS found");
    expect(rows).toEqual([{ found: null }]);
  });

  it("that another program has changed is a problem", async () => {
    const other = await testDatabase();
    await other.database.primary.query("UPDATE workflow_migrations SET checksum = 'other' WHERE id = 1");
    const [finding] = await checkDatabase(settings({ DATABASE_URI: other.uri }));
    expect(finding).toMatchObject({ state: "problem", message: expect.stringContaining("0001-guide differs") });
    await other.drop();
  });

  it("that is not there is a problem, in the guide's words and without its password", async () => {
    const uri = "postgresql://someone:canary-password@127.0.0.1:1/none";
    const findings = await checkDatabase(settings({ DATABASE_URI: uri }));
    expect(findings).toMatchObject([
      { state: "problem", message: expect.stringContaining("Failed to connect to database") },
    ]);
    expect(JSON.stringify(findings)).not.toContain("canary-password");
  });

  it("that is embedded is tried out without leaving anything where there is none yet", async () => {
    const data = join(directory, "not-there");
    const findings = await checkDatabase(settings({ DATA_DIR: data }));
    expect(findings).toMatchObject([
      { name: "Database", state: "ok" },
      { name: "Data", state: "ok", message: expect.stringContaining(`will be in ${data}`) },
    ]);
  });
});

describe("replicas", () => {
  it("are read or not, and are never more than a warning", async () => {
    const uris = [test.uri, empty.uri, "postgresql://127.0.0.1:1/none"].join(",");
    const findings = await checkReplicas(settings({ READ_REPLICA_URIS: uris }));
    expect(findings.map(({ state }) => state)).toEqual(["ok", "warning", "warning"]);
    expect(findings[1]?.message).toContain("lacks the tables");
    expect(await checkReplicas(settings())).toMatchObject([{ state: "ok" }]);
  });
});

describe("services", () => {
  it("that answer are well, whatever they say", async () => {
    expect(await checkRouter(settings({ ROUTER_URL: url }))).toMatchObject([{ state: "ok" }]);
    expect(await checkLicenseServer(settings({ ...released, LICENSE_SERVER_URL: url }))).toMatchObject([
      { state: "ok" },
    ]);
  });

  it("that do not answer are problems, with what to do", async () => {
    const gone = "http://127.0.0.1:1";
    for (const findings of [
      await checkRouter(settings({ ROUTER_URL: gone })),
      await checkLicenseServer(settings({ ...released, LICENSE_SERVER_URL: gone })),
    ])
      expect(findings).toMatchObject([
        { state: "problem", message: expect.stringContaining("ECONNREFUSED"), advice: expect.stringContaining("_URL") },
      ]);
  });

  it("that are not set are not missed", async () => {
    for (const check of [checkRouter, checkLicenseServer, checkRedis])
      expect(await check(settings())).toMatchObject([{ state: "ok" }]);
  });

  it("a Redis that is gone is a warning: nothing is lost without it", async () => {
    const findings = await checkRedis(settings({ REDIS_URL: "redis://:canary-password@127.0.0.1:1" }));
    expect(findings).toMatchObject([
      { state: "warning", message: expect.stringContaining("Failed to connect to Redis") },
    ]);
    expect(JSON.stringify(findings)).not.toContain("canary-password");
  });
});

describe("this machine", () => {
  it("has a Node that is new enough, or not", () => {
    expect(checkNode()).toMatchObject([{ state: "ok" }]);
    expect(checkNode("20.18.3")).toMatchObject([{ state: "problem" }]);
    expect(checkNode("22.0.0")).toMatchObject([{ state: "ok" }]);
  });

  it("has its ports free, taken by the service, or taken by others", async () => {
    expect(await checkPorts(settings({ MODULE_PORT: "0", GRPC_PORT: "0" }))).toMatchObject([
      { state: "ok" },
      { state: "ok" },
    ]);
    const own = new URL(url).port;
    expect(await checkPorts(settings({ MODULE_PORT: own, GRPC_PORT: "0" }))).toMatchObject([
      { state: "ok", message: expect.stringContaining("in use by the service") },
      { state: "ok" },
    ]);
    const other = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo; // it listens on TCP
    const [finding] = await checkPorts(settings({ MODULE_PORT: String(port), GRPC_PORT: "0" }));
    expect(finding).toMatchObject({ state: "problem", message: expect.stringContaining("Address already in use") });
    other.close();
    expect(await checkPorts(settings({ HOST: "192.0.2.1" }))).toMatchObject([
      { state: "problem" },
      { state: "problem" },
    ]);
  });

  it("can write its log directory, or is told how to make it so", async () => {
    expect(await checkLogs(settings({ LOG_DIR: join(directory, "logs") }))).toMatchObject([{ state: "ok" }]);
    const file = join(directory, "a-file");
    writeFileSync(file, "");
    const [finding] = await checkLogs(settings({ LOG_DIR: file }));
    expect(finding).toMatchObject({ state: "warning", advice: expect.stringContaining(`mkdir -p ${file}`) });
  });

  it("runs people's code behind walls that are named", async () => {
    const [finding] = await checkSandbox();
    expect(finding?.state).not.toBe("problem");
    expect(finding?.message).toMatch(/kept from: files/);
  });
});
