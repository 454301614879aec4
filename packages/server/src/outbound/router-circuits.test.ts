// Who can shut the Router for whom: each community for itself, and for all only what no community can cause alone.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { callOf } from "../../test/support/calls.js";
import { type FakeRouter, startFakeRouter } from "../../test/support/fake-router.js";
import type { Behaviour } from "../../test/support/fake-router-answers.js";
import { type Clock, systemClock } from "../clock.js";
import { type Breaker, createBreaker } from "./breaker.js";
import { createRouter, type RouterClient } from "./router.js";

let fake: FakeRouter;
beforeAll(async () => {
  fake = await startFakeRouter();
});
afterAll(() => fake.close());

let skipped = 0;
/** Timeouts are real; how long circuits are open is skipped. */
const clock: Clock = { ...systemClock, monotonic: () => systemClock.monotonic() + skipped };
let told: string[];
let breaker: Breaker;
let router: RouterClient;
beforeEach(() => {
  skipped = 0;
  told = [];
  const log = { info: (text: string) => void told.push(text), warn: (text: string) => void told.push(text) };
  breaker = createBreaker(clock, { log });
  router = createRouter({ url: fake.url, apiKey: "key", clock, breaker });
  fake.reset();
  return () => router.close();
});

const answers = (behaviour: Behaviour) => fake.plan([{ behaviour }]);
const call = async (community: number, timeoutSeconds = 0.05) => {
  const answer = await router("modules", {}, timeoutSeconds, callOf({ context: { community_id: community } }));
  return answer.ok ? "ok" : answer.failure.code;
};
const calls = async (community: number, times: number, timeoutSeconds?: number) => {
  const codes: string[] = [];
  for (let n = 0; n < times; n++) codes.push(await call(community, timeoutSeconds));
  return codes;
};
/** Of everybody's circuit (null), or a community's. */
const stateOf = (community: number | null) => breaker.states().find((each) => each.community === community)?.state;

it("a community whose calls run into their own timeouts shuts the Router for itself alone", async () => {
  answers({ do: "hang-before" });
  expect(await calls(1, 7)).toEqual([...Array(5).fill("TIMEOUT"), "CIRCUIT_OPEN", "CIRCUIT_OPEN"]);
  expect(fake.ledger.length).toBeLessThanOrEqual(5); // the first may run out of time before it is sent
  expect([stateOf(1), stateOf(null)]).toEqual(["open", "closed"]);
  fake.reset();
  expect(await call(2, 5)).toBe("ok");
  expect(await call(1, 5)).toBe("CIRCUIT_OPEN");
  const { host } = new URL(fake.url);
  expect(told).toEqual([
    `The Router (${host}), as community 1 calls it, broke 5 calls in a row; it is left alone for 10 s.`,
  ]);
  skipped += 10_000;
  expect(await call(1, 5)).toBe("ok");
});

it("its failure says whose calls broke, and nothing of the Router's address", async () => {
  answers({ do: "hang-before" });
  await calls(1, 5);
  const refused = await router("modules", {}, 5, callOf());
  const text = JSON.stringify(refused);
  expect(text).toContain("Nothing was sent: 5 calls in a row of this community to the Router broke, so it is left");
  expect(text).not.toContain(new URL(fake.url).host);
  expect(refused).toMatchObject({ failure: { details: { host: "the Router", state: "open", failures: 5 } } });
});

it("timeouts of two communities shut it for all", async () => {
  answers({ do: "hang-before" });
  await calls(1, 5);
  expect(await call(2)).toBe("TIMEOUT");
  expect(stateOf(null)).toBe("closed");
  expect(await call(2)).toBe("TIMEOUT");
  expect(stateOf(null)).toBe("open");
  fake.reset();
  expect(await call(3, 5)).toBe("CIRCUIT_OPEN");
  expect(fake.ledger).toHaveLength(0);
});

it("an answer to anybody shows that it works: the count for all begins anew", async () => {
  answers({ do: "hang-before" });
  await calls(1, 3);
  fake.reset();
  expect(await call(3, 5)).toBe("ok");
  answers({ do: "hang-before" });
  await calls(2, 3);
  expect(stateOf(null)).toBe("closed");
});

it.each<Behaviour>([
  { do: "reset-before" },
  { do: "status", status: 502 },
  { do: "status", status: 503 },
  { do: "status", status: 504 },
])("what no community can cause shuts it for all, whoever called: $do $status", async (behaviour) => {
  answers(behaviour);
  await calls(1, 5, 5);
  expect([stateOf(1), stateOf(null)]).toEqual(["open", "open"]);
  expect(await call(2, 5)).toBe("CIRCUIT_OPEN");
  expect(fake.ledger).toHaveLength(5);
  fake.reset();
  skipped += 10_000;
  expect(await call(2, 5)).toBe("ok");
  expect([stateOf(1), stateOf(null)]).toEqual(["half-open", "closed"]);
  expect(await call(1, 5)).toBe("ok");
});

it("a Router that refuses connections is left alone by all", async () => {
  const gone = await startFakeRouter();
  await gone.close();
  const away = createRouter({ url: gone.url, apiKey: "key", clock, breaker });
  const codes: string[] = [];
  for (let community = 1; community < 7; community++) {
    const answer = await away("modules", {}, 5, callOf({ context: { community_id: community } }));
    codes.push(answer.ok ? "ok" : answer.failure.code);
  }
  expect(codes).toEqual([...Array(5).fill("ROUTER_UNREACHABLE"), "CIRCUIT_OPEN"]);
  await away.close();
});

it("a trial that its own timeout ended keeps the Router shut for that community alone", async () => {
  answers({ do: "status", status: 503 });
  await calls(1, 5, 5);
  skipped += 10_000;
  answers({ do: "hang-before" });
  expect(await call(1)).toBe("TIMEOUT");
  expect([stateOf(1), stateOf(null)]).toEqual(["open", "half-open"]);
  fake.reset();
  expect(await call(2, 5)).toBe("ok");
  expect([stateOf(1), stateOf(null)]).toEqual(["open", "closed"]);
});

it("trials of two communities that ran out of time keep it shut for all", async () => {
  answers({ do: "status", status: 503 });
  await calls(1, 5, 5);
  skipped += 10_000;
  answers({ do: "hang-before" });
  await call(1);
  expect(await call(2)).toBe("TIMEOUT");
  expect(stateOf(null)).toBe("open");
  expect(await call(3)).toBe("CIRCUIT_OPEN");
});

it("a refused call takes no trial away from others", async () => {
  answers({ do: "hang-before" });
  await calls(1, 5);
  await calls(2, 2); // open for all a moment later than for community 1
  skipped += 10_000;
  await call(1); // open anew for community 1
  fake.reset();
  expect(await call(1, 5)).toBe("CIRCUIT_OPEN");
  expect(await call(3, 5)).toBe("ok");
});
