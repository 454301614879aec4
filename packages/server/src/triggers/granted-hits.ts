// What Redis has let through for this process lately: told to the database when Redis is gone, so that a limit goes on
// where it stood.
import type { Clock } from "../clock.js";
import type { KnownHit } from "../store/rate-limits.js";

interface Granted {
  id: string;
  /** Monotonic milliseconds. */
  at: number;
  told: boolean;
}

interface OfKey {
  seconds: number;
  /** The oldest first. */
  hits: Granted[];
}

export interface Untold {
  /** The oldest first. */
  hits: KnownHit[];
  /** From now on they count as told. */
  told(): void;
}

export interface GrantedHits {
  /** A hit that was let through in a window of so many seconds. */
  add(key: string, id: string, seconds: number): void;
  /** Hits that still count and that nobody has been told of. */
  untold(key: string): Untold;
  /** All keys, with the length of their windows. */
  keys(): { key: string; seconds: number }[];
}

const most = 50_000;
const mostOfKey = 10_000;

/** Remembers at most fifty thousand hits; beyond that the keys that were used least recently are forgotten. */
export function grantedHits(clock: Clock): GrantedHits {
  const byKey = new Map<string, OfKey>();
  let count = 0;
  const dropOldest = (of: OfKey): void => {
    of.hits.shift();
    count -= 1;
  };
  const dropOver = (of: OfKey): void => {
    const from = clock.monotonic() - of.seconds * 1000;
    while (of.hits[0] !== undefined && of.hits[0].at <= from) dropOldest(of);
  };
  const trim = (key: string): void => {
    for (const [oldest, { hits }] of count > most ? byKey : []) {
      if (count <= most || oldest === key) return;
      byKey.delete(oldest);
      count -= hits.length;
    }
  };
  return {
    add(key, id, seconds) {
      const of = byKey.get(key) ?? { seconds, hits: [] };
      of.seconds = seconds;
      byKey.delete(key);
      byKey.set(key, of);
      dropOver(of);
      if (of.hits.length >= mostOfKey) dropOldest(of);
      of.hits.push({ id, at: clock.monotonic(), told: false });
      count += 1;
      trim(key);
    },

    untold(key) {
      const of = byKey.get(key);
      if (of !== undefined) dropOver(of);
      const untold = (of?.hits ?? []).filter(({ told }) => !told);
      const now = clock.monotonic();
      return {
        hits: untold.map(({ id, at }) => ({ id, age: (now - at) / 1000 })),
        told: () => {
          for (const hit of untold) hit.told = true;
        },
      };
    },

    keys: () => [...byKey].map(([key, { seconds }]) => ({ key, seconds })),
  };
}
