// Values in Redis that other rooms keep there: each where that room has something that lasts behind it.
import type { Redis } from "./redis.js";

/** Text under a key for so many seconds. All throw RedisUnavailable. */
export interface RedisValues {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, seconds: number): Promise<void>;
  delete(key: string): Promise<void>;
}

/** The values of one kind: sessions in front of their table, say. */
export const redisValues = (redis: Redis, kind: string): RedisValues => ({
  get: (key) => redis.get(`${kind}:${key}`),
  set: (key, value, seconds) => redis.set(`${kind}:${key}`, value, seconds),
  delete: (key) => redis.delete(`${kind}:${key}`),
});

type Cache = Pick<RedisValues, "get" | "set">;

/** Values that all processes share while Redis answers; what this process knows is not lost with it. Throws only what `own` throws. */
export const sharedCache = (shared: Cache, own: Cache): Cache => ({
  get: async (key) => (await shared.get(key).catch(() => undefined)) ?? own.get(key),
  set: async (key, value, seconds) => {
    await own.set(key, value, seconds);
    await shared.set(key, value, seconds).catch(() => undefined);
  },
});
