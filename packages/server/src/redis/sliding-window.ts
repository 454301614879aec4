// A sliding window in Redis, exact over all processes: one script, the server's own clock, one member per hit.
import type { Redis } from "./redis.js";
import { redisScript } from "./script.js";

/** Microseconds throughout. What was let through elsewhere is told as pairs of id and age; a hit counts once. */
const countHit = redisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local max, window = tonumber(ARGV[1]), tonumber(ARGV[2])
for i = 4, #ARGV, 2 do redis.call('ZADD', KEYS[1], 'NX', now - tonumber(ARGV[i + 1]), ARGV[i]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
redis.call('ZREMRANGEBYSCORE', KEYS[1], now + window, '+inf')
local taken = redis.call('ZCARD', KEYS[1])
local allowed = 0
if taken < max then
  redis.call('ZADD', KEYS[1], now, ARGV[3])
  taken = taken + 1
  allowed = 1
end
redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
return {allowed, math.max(0, max - taken), oldest and oldest + window - now or window}
`);

export interface WindowHit {
  key: string;
  max: number;
  seconds: number;
  /** Its own name: the same hit, told twice, counts once. */
  id: string;
  /** Hits that were let through elsewhere and that this window does not know; ages in seconds. */
  known: readonly { id: string; age: number }[];
}

export interface WindowCount {
  allowed: boolean;
  remaining: number;
  resetSeconds: number;
}

const micro = 1_000_000;

/** Counts one hit. Throws RedisUnavailable. */
export async function countInRedis(redis: Redis, { key, max, seconds, id, known }: WindowHit): Promise<WindowCount> {
  const told = known.flatMap(({ id: name, age }) => [name, Math.round(age * micro)]);
  const answer = await redis.run(countHit, [`rate:${key}`], [max, seconds * micro, id, ...told]);
  // The script returns exactly these three numbers.
  const [allowed, remaining, reset] = answer as [number, number, number];
  return { allowed: allowed === 1, remaining, resetSeconds: reset / micro };
}
