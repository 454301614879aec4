import { beforeEach, describe, expect, it } from "vitest";
import { memoryLog } from "../../test/support/memory-log.js";
import type { Clock } from "../clock.js";
import { createLicense } from "./license.js";
import { type LicenseCache, memoryLicenseCache } from "./license-cache.js";
import type { Fetch } from "./license-server.js";

let now = 0;
let timers: { at: number; fn: () => void }[] = [];
const clock: Clock = {
  now: () => now,
  monotonic: () => now,
  setTimer: (milliseconds, fn) => {
    const timer = { at: now + milliseconds, fn };
    timers.push(timer);
    return () => {
      timers = timers.filter((each) => each !== timer);
    };
  },
};
const pass = (milliseconds: number) => {
  now += milliseconds;
  for (const timer of timers.filter(({ at }) => at <= now)) timer.fn();
};

let asked: { url: string; body: Record<string, unknown> }[] = [];
let answer: () => ReturnType<Fetch>;
const says =
  (body: unknown, status = 200) =>
  async () => ({ status, body: partsOf(typeof body === "string" ? body : JSON.stringify(body)) });
async function* partsOf(text: string) {
  yield Buffer.from(text);
}
const fetch: Fetch = (url, { body }) => {
  asked.push({ url, body: JSON.parse(body) });
  return answer();
};
const { log, lines } = memoryLog();
const open = (more: { releaseMode?: boolean; cache?: LicenseCache } = {}) =>
  createLicense({ url: "https://license.example/", releaseMode: true, clock, log, fetch, ...more });
const all = { workflows: true, advanced_workflows: true, workflow_schedules: true };
const question = { communityId: 1, feature: "workflows" } as const;
const minutes = 60_000;

beforeEach(() => {
  now = Date.parse("2026-01-01T00:00:00Z");
  timers = [];
  asked = [];
  lines.length = 0;
  answer = says({ valid: true, tier: "pro", features: all, limits: { workflows_max: 3 } });
});

describe("the licence", () => {
  it("asks nobody outside RELEASE_MODE", async () => {
    await expect(open({ releaseMode: false }).require(question)).resolves.toEqual({ workflowsMax: undefined });
    expect(asked).toEqual([]);
  });

  it("asks as the contract says, and gives the terms", async () => {
    await expect(open().require({ ...question, licenseKey: "k-1" })).resolves.toEqual({ workflowsMax: 3 });
    expect(asked).toEqual([
      {
        url: "https://license.example/api/v1/licenses/validate",
        body: { community_id: 1, feature: "workflows", license_key: "k-1" },
      },
    ]);
  });

  it("holds an answer for five minutes, apart for every community, feature and key", async () => {
    const license = open();
    await Promise.all([license.require(question), license.require(question)]);
    await license.require(question);
    expect(asked).toHaveLength(1);
    await license.require({ ...question, communityId: 2 });
    await license.require({ ...question, feature: "advanced_workflows" });
    await license.require({ ...question, licenseKey: "other" });
    expect(asked).toHaveLength(4);
    pass(5 * minutes);
    await license.require(question);
    expect(asked).toHaveLength(5);
  });

  it.each([
    ["no valid licence", { valid: false }],
    ["a feature that is not included", { valid: true, features: { ...all, workflows: false } }],
    ["a feature that is not named", { valid: true, features: {} }],
    ["no features", { valid: true }],
    ["an expired licence", { valid: true, features: all, expires_at: "2025-12-31T23:59:59Z" }],
  ])("refuses at once for %s", async (_name, body) => {
    answer = says(body);
    await expect(open().require(question)).rejects.toMatchObject({ code: "PAYMENT_REQUIRED", status: 402 });
  });

  it("ends when the licence itself ends, cached or not", async () => {
    answer = says({ valid: true, features: all, expires_at: "2026-01-01T00:01:00Z" });
    const license = open();
    await license.require(question);
    pass(minutes);
    await expect(license.require(question)).rejects.toMatchObject({ code: "PAYMENT_REQUIRED" });
    expect(asked).toHaveLength(1);
  });

  it("lets the last answer hold for 24 hours while the server cannot be asked", async () => {
    const license = open();
    await license.require(question);
    answer = () => Promise.reject(new Error("connect ECONNREFUSED"));
    pass(23 * 60 * minutes);
    await expect(license.require(question)).resolves.toEqual({ workflowsMax: 3 });
    pass(61 * minutes);
    await expect(license.require(question)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    expect(asked.length).toBeGreaterThan(1);
  });

  it("closes the door when there never was an answer, and leaves a failing server alone for ten seconds", async () => {
    answer = says("no such page", 500);
    const license = open();
    await expect(license.require(question)).rejects.toMatchObject({
      code: "SERVICE_UNAVAILABLE",
      headers: { "Retry-After": "30" },
    });
    await expect(license.require(question)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    expect(asked).toHaveLength(1);
    answer = says({ valid: true, features: all });
    pass(10_000);
    await expect(license.require(question)).resolves.toEqual({ workflowsMax: undefined });
  });

  it.each([
    ["garbage", "<html>"],
    ["another shape", { valid: "yes" }],
    ["a list", []],
    ["something long", "x".repeat(100_000)],
    ["what is said of another community", { valid: true, community_id: 2, features: all }],
  ])("takes %s for no answer", async (_name, body) => {
    answer = says(body);
    await expect(open().require(question)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
  });

  it("reads no more of an endless answer than an answer can have", async () => {
    let read = 0;
    async function* endless() {
      for (; read < 1000; read += 1) yield Buffer.alloc(64 * 1024, 32);
    }
    answer = async () => ({ status: 200, body: endless() });
    await expect(open().require(question)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    expect(read).toBeLessThan(3);
  });

  it.each([
    ["a question that it does not understand", says("no such key", 400)],
    ["a page", says("<html>")],
  ])("leaves others alone when it answers %s with that", async (_name, odd) => {
    const license = open();
    answer = odd;
    for (let time = 0; time < 2; time += 1)
      await expect(license.require({ ...question, licenseKey: "made up" })).rejects.toMatchObject({ status: 503 });
    expect(asked).toHaveLength(1);
    answer = says({ valid: true, features: all });
    await license.require({ ...question, communityId: 2 });
    pass(10_000);
    await license.require({ ...question, licenseKey: "made up" });
  });

  it("is said to be away once a minute, and once to be back, however many ask", async () => {
    const said = () => lines.splice(0).map(({ action }) => action);
    const license = open();
    const refused = (communityId: number) =>
      expect(license.require({ ...question, communityId })).rejects.toMatchObject({ status: 503 });
    answer = () => Promise.reject(new Error("connect ECONNREFUSED"));
    await Promise.all([1, 2, 3, 4].map(refused));
    expect(said()).toEqual(["license_unreachable"]);
    pass(20_000);
    await refused(5);
    expect(said()).toEqual([]);
    pass(40_000);
    await refused(6);
    expect(said()).toEqual(["license_unreachable"]);
    answer = says({ valid: true, features: all });
    pass(10_000);
    for (const communityId of [7, 8]) await license.require({ ...question, communityId });
    expect(said()).toEqual(["license_reachable"]);
  });

  it("waits two seconds and no longer", async () => {
    answer = () => new Promise(() => undefined);
    const waiting = open().require(question);
    const refused = expect(waiting).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    expect(timers).toHaveLength(1);
    pass(2000);
    await refused;
    expect(timers).toEqual([]);
  });

  it("works on when the cache is broken, and shares a cache that works", async () => {
    const broken: LicenseCache = {
      get: () => Promise.reject(new Error("gone")),
      set: () => Promise.reject(new Error("gone")),
    };
    await expect(open({ cache: broken }).require(question)).resolves.toEqual({ workflowsMax: 3 });
    const cache = memoryLicenseCache(clock);
    await open({ cache }).require(question);
    await open({ cache }).require(question);
    expect(asked).toHaveLength(2);
    const odd: LicenseCache = { get: async () => "{not json", set: async () => undefined };
    await open({ cache: odd }).require(question);
    expect(asked).toHaveLength(3);
  });

  it("keeps what it knows of a community, whatever keys another one makes up", async () => {
    const license = open();
    await license.require(question);
    answer = says({ valid: false });
    for (let made = 0; made < 100; made += 1)
      await license.require({ ...question, communityId: 2, licenseKey: `MADE-UP:${made}` }).catch(() => undefined);
    expect(asked).toHaveLength(101);
    await expect(license.require(question)).resolves.toEqual({ workflowsMax: 3 });
    // Of the one that makes them up, the newest thirty are known.
    const known = (made: number) => license.require({ ...question, communityId: 2, licenseKey: `MADE-UP:${made}` });
    await expect(known(99)).rejects.toMatchObject({ code: "PAYMENT_REQUIRED" });
    await expect(known(70)).rejects.toMatchObject({ code: "PAYMENT_REQUIRED" });
    expect(asked).toHaveLength(101);
    await expect(known(69)).rejects.toMatchObject({ code: "PAYMENT_REQUIRED" });
    expect(asked).toHaveLength(102);
  });
});
