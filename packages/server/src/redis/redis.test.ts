import { afterAll, beforeAll, expect, it, test } from "vitest";
import { memoryLog } from "../../test/support/memory-log.js";
import { describeWithRedis, type TestRedis, testRedis } from "../../test/support/redis.js";
import { until } from "../../test/support/until.js";
import type { LogFields } from "../log.js";
import { openRedis, type Redis, RedisUnavailable } from "./redis.js";
import { redisScript } from "./script.js";
import { redisValues, sharedCache } from "./values.js";

const actions = (lines: readonly LogFields[]) => lines.map(({ action }) => action);
const took = async (call: () => Promise<unknown>) => {
  const begun = performance.now();
  await call().catch(() => undefined);
  return performance.now() - begun;
};

describeWithRedis("with a Redis that comes and goes", () => {
  let server: TestRedis;
  let redis: Redis;
  const { log, lines } = memoryLog();
  beforeAll(async () => {
    server = await testRedis();
    redis = await openRedis({ url: server.url, log });
  });
  afterAll(async () => {
    await redis.close();
    await server.stop();
  });

  it("keeps values for their time and runs scripts", async () => {
    await redis.set("a", "1", 60);
    expect(await redis.get("a")).toBe("1");
    await redis.delete("a");
    expect(await redis.get("a")).toBeUndefined();
    await redis.set("short", "1", 0.001);
    await until(async () => (await redis.get("short")) === undefined);
    const script = redisScript("return {KEYS[1], tonumber(ARGV[1])}");
    expect(await redis.run(script, ["k"], [5])).toEqual(["workflow_core:k", 5]);
    expect(await redis.run(script, ["k"], [6])).toEqual(["workflow_core:k", 6]);
    expect(redis.degraded).toBe(false);
    expect(lines).toEqual([]);
  });

  it("refuses at once when it dies, says so once, and comes back by itself", async () => {
    await server.kill();
    await until(() => redis.degraded);
    for (let call = 0; call < 50; call += 1) await expect(redis.get("a")).rejects.toThrow(RedisUnavailable);
    expect(await took(() => redis.get("a"))).toBeLessThan(20);
    expect(actions(lines)).toEqual(["redis_degraded"]);
    expect(lines[0]).toMatchObject({ level: "WARNING" });
    expect(lines[0]?.message).toContain("Failed to connect to Redis");
    expect(lines[0]?.message).toContain("Verify REDIS_URL format");

    await server.start();
    await until(() => !redis.degraded);
    expect(actions(lines)).toEqual(["redis_degraded", "redis_recovered"]);
    await redis.set("b", "2", 60);
    expect(await redis.get("b")).toBe("2");
  });

  it("waits a tenth of a second for one that is frozen, a few times, then not at all", async () => {
    lines.length = 0;
    server.signal("SIGSTOP");
    try {
      expect(await took(() => redis.get("b"))).toBeLessThan(400);
      await until(async () => (await redis.get("b").catch(() => "refused")) === "refused" && redis.degraded);
      const quick = await Promise.all(Array.from({ length: 20 }, () => took(() => redis.get("b"))));
      expect(quick.filter((milliseconds) => milliseconds > 80).length).toBeLessThanOrEqual(1); // one may try
      expect(actions(lines)).toEqual(["redis_degraded"]);
    } finally {
      server.signal("SIGCONT");
    }
    await until(async () => (await redis.get("b").catch(() => "refused")) === "2");
    expect(redis.degraded).toBe(false);
  });

  it("shares a cache while it is there, and loses nothing of this process's own when it is not", async () => {
    const own = new Map<string, string>();
    const cache = sharedCache(redisValues(redis, "license"), {
      get: async (key) => own.get(key),
      set: async (key, value) => void own.set(key, value),
    });
    await cache.set("one", "kept", 60);
    own.clear();
    expect(await cache.get("one")).toBe("kept");
    await server.kill();
    await cache.set("two", "kept too", 60);
    expect(await cache.get("two")).toBe("kept too");
    expect(await cache.get("one")).toBeUndefined();
    await server.start();
    await until(() => !redis.degraded);
  });
});

test("a Redis that is not there at the start is a warning without its password", async () => {
  const { log, lines } = memoryLog();
  const redis = await openRedis({ url: "redis://:hunter2hunter2@127.0.0.1:1/0", log });
  expect(redis.degraded).toBe(true);
  await expect(redis.set("a", "1", 1)).rejects.toThrow(RedisUnavailable);
  await redis.close();
  expect(actions(lines)).toEqual(["redis_degraded"]);
  expect(lines[0]?.message).toContain("ECONNREFUSED");
  expect(JSON.stringify(lines)).not.toContain("hunter2");
});
