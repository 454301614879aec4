import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/support/database.js";
import { memoryLog } from "../../test/support/memory-log.js";
import { describeWithRedis, type TestRedis, testRedis } from "../../test/support/redis.js";
import { until } from "../../test/support/until.js";
import { systemClock } from "../clock.js";
import { openRedis, type Redis } from "../redis/redis.js";
import { openPool } from "../store/pool.js";
import { forgetRateHits } from "../store/rate-limits.js";
import { createRateLimits, type RateLimits } from "./rate-limit.js";

let test: TestDatabase;
let otherPool: ReturnType<typeof openPool>;
beforeAll(async () => {
  test = await testDatabase();
  otherPool = openPool({ uri: test.uri, max: 5, applicationName: "other-replica" });
});
afterAll(async () => {
  await otherPool.end();
  await test.drop();
});

/** Two replicas: each with connections of its own. */
const replicas = (redis: readonly (Redis | undefined)[] = []): RateLimits[] => [
  createRateLimits({ database: test.database, clock: systemClock, redis: redis[0] }),
  createRateLimits({ database: { primary: otherPool, read: () => otherPool }, clock: systemClock, redis: redis[1] }),
];

const allowedOf = async (hits: Promise<{ allowed: boolean }>[]) =>
  (await Promise.all(hits)).filter(({ allowed }) => allowed).length;

/** Hits from all replicas at once. */
const flood = (limits: readonly RateLimits[], key: string, count: number, limit: { max: number; seconds: number }) =>
  allowedOf(Array.from({ length: count }, (_, index) => limits[index % limits.length]!.hit(key, limit)));

/** Hits for two seconds; the most that any window let through, and whether the last window was full. */
async function mostInAnyWindow(limits: readonly RateLimits[], key: string, limit: { max: number; seconds: number }) {
  const granted: number[] = [];
  const begun = performance.now();
  const one = async (index: number) => {
    while (performance.now() - begun < 2000) {
      const before = performance.now();
      const { allowed } = await limits[index % limits.length]!.hit(key, limit);
      // The moment of the count lies between before and now; only what is surely in one window may be held against it.
      if (allowed) granted.push((before + performance.now()) / 2);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  await Promise.all([0, 1, 2, 3].map(one));
  granted.sort((a, b) => a - b);
  const windowMs = limit.seconds * 1000 - 60;
  const counts = granted.map((start) => granted.filter((at) => at >= start && at < start + windowMs).length);
  return { most: Math.max(...counts), total: granted.length };
}

const everywhere = (name: string, open: () => RateLimits[]) => {
  describe(name, () => {
    it("lets exactly the limit through, however many replicas are asked at once", async () => {
      const limits = open();
      expect(await flood(limits, `${name}-exact`, 200, { max: 60, seconds: 60 })).toBe(60);
      expect(await flood(limits, `${name}-exact`, 20, { max: 60, seconds: 60 })).toBe(0);
      expect(await flood(limits, `${name}-other`, 20, { max: 60, seconds: 60 })).toBe(20);
    });

    it("says how many are left and when the next one is", async () => {
      const [one, two] = open();
      const limit = { max: 2, seconds: 30 };
      expect(await one!.hit(`${name}-told`, limit)).toMatchObject({ allowed: true, limit: 2, remaining: 1 });
      expect(await two!.hit(`${name}-told`, limit)).toMatchObject({ allowed: true, limit: 2, remaining: 0 });
      const refused = await one!.hit(`${name}-told`, limit);
      expect(refused).toMatchObject({ allowed: false, limit: 2, remaining: 0 });
      expect(refused.resetSeconds).toBeGreaterThan(28);
      expect(refused.resetSeconds).toBeLessThanOrEqual(30);
    });

    it("holds in every window, wherever it begins", async () => {
      const { most, total } = await mostInAnyWindow(open(), `${name}-window`, { max: 20, seconds: 0.5 });
      expect(most).toBeLessThanOrEqual(20);
      expect(total).toBeGreaterThanOrEqual(60); // four windows or more were used up
    });

    it("never refuses who stays below", async () => {
      const limits = open();
      for (let count = 0; count < 6; count += 1) {
        const at = performance.now();
        expect(await flood(limits, `${name}-below`, 4, { max: 4, seconds: 0.1 })).toBe(4);
        await until(() => performance.now() - at > 200, "the next window");
      }
    });

    it("takes a limit that was raised at once", async () => {
      const limits = open();
      expect(await flood(limits, `${name}-raised`, 10, { max: 5, seconds: 60 })).toBe(5);
      expect(await flood(limits, `${name}-raised`, 10, { max: 8, seconds: 60 })).toBe(3);
      expect(await flood(limits, `${name}-raised`, 10, { max: 2, seconds: 60 })).toBe(0);
    });
  });
};

everywhere("in Postgres", () => replicas());

it("forgets the hits of windows that are over", async () => {
  const [limits] = replicas();
  await limits!.hit("short", { max: 5, seconds: 0.05 });
  await limits!.hit("long", { max: 5, seconds: 60 });
  const count = async (key: string) =>
    (await test.database.primary.query("SELECT 1 FROM workflow_rate_hits WHERE key = $1", [key])).rowCount;
  await until(async () => {
    await forgetRateHits(test.database);
    return (await count("short")) === 0;
  });
  expect(await count("long")).toBe(1);
});

describeWithRedis("with Redis", () => {
  let server: TestRedis;
  let connections: Redis[];
  const { log } = memoryLog();
  beforeAll(async () => {
    server = await testRedis();
    connections = [await openRedis({ url: server.url, log }), await openRedis({ url: server.url, log })];
  });
  afterAll(async () => {
    await Promise.all(connections.map((redis) => redis.close()));
    await server.stop();
  });

  everywhere("in Redis", () => replicas(connections));

  it("asks Postgres nothing while Redis answers", async () => {
    await flood(replicas(connections), "only-redis", 10, { max: 5, seconds: 60 });
    const { rowCount } = await test.database.primary.query("SELECT 1 FROM workflow_rate_hits WHERE key = 'only-redis'");
    expect(rowCount).toBe(0);
  });

  it("goes on where it stood when Redis dies, and when it is back", async () => {
    const limits = replicas(connections);
    const limit = { max: 60, seconds: 60 };
    expect(await flood(limits, "dies", 30, limit)).toBe(30);
    await server.kill();
    await until(() => connections.every(({ degraded }) => degraded));
    // Each replica tells its own at its first call: 30 are known when both have called.
    expect(await flood(limits, "dies", 10, limit)).toBe(10);
    expect(await flood(limits, "dies", 6, limit)).toBe(6);
    await server.start();
    await until(() => connections.every(({ degraded }) => !degraded));
    expect(await flood(limits, "dies", 2, limit)).toBe(2);
    expect(await flood(limits, "dies", 100, limit)).toBe(12);
  });

  it("counts in Postgres when Redis has no room", async () => {
    const small = await testRedis("--maxmemory", "1kb", "--maxmemory-policy", "noeviction");
    const { log: ownLog, lines } = memoryLog();
    const connection = await openRedis({ url: small.url, log: ownLog });
    try {
      expect(await flood(replicas([connection, connection]), "no-room", 100, { max: 60, seconds: 60 })).toBe(60);
      expect(connection.degraded).toBe(true);
      expect(lines.map(({ action }) => action)).toEqual(["redis_degraded"]);
      expect(lines[0]?.message).toContain("OOM");
    } finally {
      await connection.close();
      await small.stop();
    }
  });

  it("counts in Postgres while Redis is frozen", async () => {
    const limits = replicas(connections);
    server.signal("SIGSTOP");
    try {
      expect(await flood(limits, "frozen", 100, { max: 60, seconds: 60 })).toBe(60);
    } finally {
      server.signal("SIGCONT");
    }
    await until(async () => (await connections[0]!.get("x").catch(() => "refused")) === undefined);
  });
});
