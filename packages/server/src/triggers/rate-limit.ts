// Limits by sliding windows: for every window, at whatever instant it begins, no more hits than its limit are let
// through, over all processes; and who stays below is never refused.
//
// L1. Redis counts where there is one; when it does not answer, Postgres does. Nobody is let through uncounted.
// L2. A limit goes on where it stood when the counting moves. Redis lost: each process tells the database what Redis has
//     let through for it. Redis back: it is told what the database has let through. Hits have names, so those that are
//     told twice count once. What is under way in that moment may slip through.
// L3. A window that is full stays full until its oldest hit leaves it: until then nobody needs to be asked.
import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.js";
import { type Redis, RedisUnavailable } from "../redis/redis.js";
import { countInRedis } from "../redis/sliding-window.js";
import type { Database } from "../store/database.js";
import { forgetRateHits, type KnownHit, knownRateHits, type RateCount, rateHits } from "../store/rate-limits.js";
import { grantedHits } from "./granted-hits.js";

export interface Limit {
  /** The most hits in a window. */
  max: number;
  /** The window, seconds. */
  seconds: number;
}

export interface Verdict {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Seconds until the oldest hit leaves the window. */
  resetSeconds: number;
}

export interface RateLimits {
  /** Counts a hit against the limit of its key. Throws what the database throws when neither can count. */
  hit(key: string, limit: Limit): Promise<Verdict>;
}

export interface RateLimitOptions {
  database: Database;
  clock: Clock;
  /** Without it, Postgres counts. */
  redis?: Redis | undefined;
}

interface Hit extends Limit {
  key: string;
  id: string;
}

/** The most keys that are remembered for L2 and L3; forgetting one only costs a question more. */
const mostKeys = 10_000;
const sweepEveryMs = 60_000;

export function createRateLimits({ database, clock, redis }: RateLimitOptions): RateLimits {
  const inDatabase = databaseWindows(database, clock);
  const count = redis === undefined ? inDatabase : redisWindows(redis, database, clock, inDatabase);
  const full = new Map<string, Limit & { until: number }>();
  const here = randomUUID().slice(0, 13);
  let hits = 0;
  return {
    async hit(key, { max, seconds }) {
      const begun = clock.monotonic();
      const known = full.get(key);
      if (known?.max === max && known.seconds === seconds && known.until > begun)
        return { allowed: false, limit: max, remaining: 0, resetSeconds: (known.until - begun) / 1000 };
      hits += 1;
      const { allowed, remaining, resetSeconds } = await count({ key, max, seconds, id: `${here}:${hits}` }, []);
      if (allowed) full.delete(key);
      else remember(full, key, { max, seconds, until: begun + resetSeconds * 1000 }); // L3
      return { allowed, limit: max, remaining, resetSeconds };
    },
  };
}

type Count = (hit: Hit, known: readonly KnownHit[]) => Promise<RateCount>;

function databaseWindows(database: Database, clock: Clock): Count {
  const count = rateHits(database);
  let sweepAt = clock.monotonic() + sweepEveryMs;
  return (hit, known) => {
    if (clock.monotonic() >= sweepAt) {
      sweepAt = clock.monotonic() + sweepEveryMs;
      forgetRateHits(database).catch(() => undefined); // at the next time, then
    }
    return count({ ...hit, known });
  };
}

function redisWindows(redis: Redis, database: Database, clock: Clock, inDatabase: Count): Count {
  const granted = grantedHits(clock);
  /** What Redis has to be told of a key before it counts there; done when it has been, in this generation. */
  const synced = new Map<string, { generation: number; known: Promise<KnownHit[]>; done: boolean }>();

  /** Calls of Redis that have not been answered. */
  const underWay = new Map<string, Set<Promise<RateCount>>>();

  const syncOf = (key: string, seconds: number) => {
    const { generation } = redis;
    const state = synced.get(key);
    if (state?.generation === generation) return state;
    const known = knownRateHits(database, key, seconds).catch(() => []); // a database that is gone lets nobody through
    const begun = { generation, known, done: false };
    remember(synced, key, begun);
    return begun;
  };

  /** Tells the database too what Redis has let through here. */
  const countInDatabase = async (hit: Hit): Promise<RateCount> => {
    synced.delete(hit.key);
    // What is still under way to Redis may be let through there: it is waited for, a tenth of a second at most.
    await Promise.allSettled(underWay.get(hit.key) ?? []);
    const { hits, told } = granted.untold(hit.key);
    const result = await inDatabase(hit, hits);
    told();
    return result;
  };
  redis.onLost(() => {
    for (const { key, seconds } of granted.keys())
      countInDatabase({ key, seconds, max: 0, id: "" }).catch(() => undefined); // then with the key's next hit
  });

  const countThere = async (hit: Hit): Promise<RateCount> => {
    const sync = syncOf(hit.key, hit.seconds);
    const result = await countInRedis(redis, { ...hit, known: sync.done ? [] : await sync.known });
    sync.done = true;
    if (result.allowed) granted.add(hit.key, hit.id, hit.seconds);
    return result;
  };

  return async (hit) => {
    if (redis.degraded) return countInDatabase(hit);
    const counting = countThere(hit);
    const others = underWay.get(hit.key) ?? new Set();
    underWay.set(hit.key, others.add(counting));
    try {
      return await counting;
    } catch (error) {
      if (!(error instanceof RedisUnavailable)) throw error;
      return countInDatabase(hit);
    } finally {
      others.delete(counting);
      if (others.size === 0) underWay.delete(hit.key);
    }
  };
}

/** Keeps a value under a key, and no more values than `mostKeys`. */
function remember<T>(kept: Map<string, T>, key: string, value: T): void {
  kept.delete(key);
  kept.set(key, value);
  for (const oldest of kept.size > mostKeys ? kept.keys() : []) {
    kept.delete(oldest);
    break;
  }
}
