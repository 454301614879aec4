import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../test/support/database.js";
import { memoryLog } from "../test/support/memory-log.js";
import { audited, createAudit } from "./audit.js";
import { systemClock } from "./clock.js";
import { registerSecret } from "./log.js";
import { listAudit } from "./store/audit.js";
import { openPool } from "./store/pool.js";

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(() => test.database.primary.query("TRUNCATE workflow_audit"));
afterAll(() => test.drop());

const rows = async () =>
  (await listAudit(test.database, { viewer: { all: true }, page: 1, perPage: 100 })).rows.reverse();

function bench(database = test.database, clock = systemClock) {
  const { log, lines } = memoryLog();
  const audit = createAudit({ database, clock, log });
  return { audit, lines, log: audited(log, audit) };
}

describe("the audit", () => {
  it("stores every AUDIT line with who, what and when, in order, and logs it as before", async () => {
    const { audit, log, lines } = bench();
    const request_id = "7e57d004-2b97-4e7a-b45f-5387367791cd";
    const own = log.with({ request_id });
    for (let index = 0; index < 1200; index += 1)
      own.audit("workflow_update", {
        user: 7,
        community: 1,
        workflow_id: request_id,
        before: { n: index },
        after: { n: index + 1 },
      });
    log.audit("secret_create", { user: "bot", community: 2, name: "x" });
    log.auth("http_sign_in", { user: 7 });
    await audit.settled();
    const { rows: stored } = await test.database.primary.query("SELECT * FROM workflow_audit ORDER BY audit_id");
    expect(stored).toHaveLength(1201);
    expect(stored.slice(0, 1200).every((row, index) => row.summary.before.n === index)).toBe(true);
    expect(stored[0]).toMatchObject({
      action: "workflow_update",
      actor: "7",
      user_id: 7,
      community_id: 1,
      workflow_id: request_id,
      request_id,
    });
    expect(stored[1200]).toMatchObject({
      action: "secret_create",
      actor: "bot",
      user_id: null,
      summary: { name: "x" },
    });
    expect(lines).toHaveLength(1202);
    expect(lines[0]).toMatchObject({ event_type: "AUDIT", action: "workflow_update", request_id, user: 7 });
  });

  it("leaves out what changes nothing: starts and dry runs", async () => {
    const { audit, log } = bench();
    log.audit("workflow_execute_start", { user: 7 });
    log.audit("workflow_test", { user: 7 });
    await audit.settled();
    expect(await rows()).toEqual([]);
  });

  it("holds no secret, by its name or by its value", async () => {
    registerSecret("canary-of-the-audit");
    const { audit, log } = bench();
    log.audit("x", { token: "t0ken-value", deep: { api_key: "k3y-value", said: "it is canary-of-the-audit!" } });
    await audit.settled();
    const stored = JSON.stringify(await rows());
    expect(stored).toContain("[redacted]");
    for (const value of ["t0ken-value", "k3y-value", "canary-of-the-audit"]) expect(stored).not.toContain(value);
  });

  it("takes any text and any depth", async () => {
    const { audit, log } = bench();
    let deep: object = {};
    for (let depth = 0; depth < 50; depth += 1) deep = { deep };
    log.audit("x".repeat(300), { text: "a\u0000b\ud800", big: "x".repeat(10_000), deep, user: "u".repeat(300) });
    await audit.settled();
    expect(await rows()).toHaveLength(1);
  });

  it("keeps lines while the database is away, and does not keep anybody waiting", async () => {
    const away = openPool({
      uri: "postgresql://127.0.0.1:1/none",
      max: 1,
      applicationName: "test",
      connectTimeoutMs: 500,
    });
    let primary = away;
    const timers: (() => void)[] = [];
    const setTimer = (_: number, fn: () => void) => {
      timers.push(fn);
      return () => undefined;
    };
    const clock = { ...systemClock, setTimer };
    const database = {
      ...test.database,
      get primary() {
        return primary;
      },
    };
    const { audit, log, lines } = bench(database, clock);
    log.audit("first", {});
    await audit.settled();
    log.audit("second", {});
    await audit.settled();
    expect(await rows()).toEqual([]);
    primary = test.database.primary;
    timers.at(-1)?.();
    await audit.settled();
    expect((await rows()).map(({ action }) => action)).toEqual(["first", "second"]);
    expect(lines.filter(({ event_type }) => event_type === "ERROR")).toEqual([]);
    await away.end();
  });

  it("says so when lines are lost at the end", async () => {
    const away = openPool({
      uri: "postgresql://127.0.0.1:1/none",
      max: 1,
      applicationName: "test",
      connectTimeoutMs: 500,
    });
    const { audit, log, lines } = bench({ ...test.database, primary: away });
    log.audit("lost", {});
    await audit.close();
    expect(lines).toContainEqual(expect.objectContaining({ event_type: "ERROR", action: "audit_store" }));
    await away.end();
  });
});
