// Who else has a workflow open: over HTTP, over processes with Redis, and without it.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../../src/clock.js";
import { memoryPresence, presenceSeconds, sharedPresence } from "../../src/http/presence.js";
import { openRedis } from "../../src/redis/redis.js";
import { type Caller, make, type TestApp, testApp } from "../support/app.js";

let app: TestApp;
let ada: Caller;
let service: Caller;
beforeAll(async () => {
  app = await testApp();
  ada = await app.as({ user_id: 7, username: "ada", community_ids: [1] });
  service = app.service();
});
afterAll(() => app.close());

it("tells who else is there, until they leave", async () => {
  const { workflow_id } = await make(ada);
  const note = async (who: Caller, tab: string, leaves = false) => {
    const call = { method: "POST", body: { tab, leaves } } as const;
    return (await who(`/api/v1/workflows/${workflow_id}/presence`, call)).json.data.others;
  };
  expect(await note(ada, "tab-of-ada")).toEqual([]);
  expect(await note(service, "tab-of-service")).toEqual([{ user_id: 7, name: "ada", you: false }]);
  expect(await note(ada, "second-tab")).toContainEqual({ user_id: 7, name: "ada", you: true });
  expect(await note(ada, "second-tab", true)).toHaveLength(2);
  expect(await note(ada, "tab-of-ada")).toEqual([{ user_id: null, name: "A service", you: false }]);
  const bad = await ada(`/api/v1/workflows/${workflow_id}/presence`, { method: "POST", body: { tab: "x" } });
  expect([bad.status, bad.json.error.message]).toEqual([400, expect.stringContaining("tab")]);
});

const who = (name: string) => ({ tab: `tab-of-${name}`, user_id: 1, name });
const names = async (all: ReturnType<ReturnType<typeof memoryPresence>["note"]>) => (await all).map(({ name }) => name);

it("forgets who is silent", async () => {
  let ahead = 0;
  const clock: Clock = { ...systemClock, monotonic: () => systemClock.monotonic() + ahead };
  const presence = memoryPresence(clock);
  expect(await names(presence.note("w", who("ada"), false))).toEqual(["ada"]);
  ahead = (presenceSeconds - 1) * 1000;
  expect(await names(presence.note("w", who("eve"), false))).toEqual(["ada", "eve"]);
  ahead = (presenceSeconds + 1) * 1000;
  expect(await names(presence.note("w", who("eve"), false))).toEqual(["eve"]);
});

describe("with Redis", () => {
  const log = { system: () => undefined };
  it("is shared by processes, and goes on in each without it", async () => {
    const url = process.env.REDIS_URL ?? "redis://127.0.0.1:6379";
    const [one, other] = [await openRedis({ url, log }), await openRedis({ url, log })];
    const [first, second] = [one, other].map((redis) => sharedPresence(redis, memoryPresence(systemClock)));
    const id = randomUUID();
    if (!first || !second) throw new Error("not made");
    await first.note(id, who("ada"), false);
    expect(await names(second.note(id, who("eve"), false))).toEqual(["ada", "eve"]);
    expect(await names(first.note(id, who("ada"), true))).toEqual(["eve"]);
    await second.note(id, who("eve"), true);
    await one.close();
    expect(await names(first.note(id, who("ada"), false))).toEqual(["ada"]);
    await other.close();
  });
});
