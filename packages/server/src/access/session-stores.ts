// Stores of sessions: this process's memory, and a quick store in front of a lasting one.
import type { Clock } from "../clock.js";
import { putLast } from "../put-last.js";
import type { SessionStore } from "./sessions.js";

/** Sessions in this process alone, the oldest dropped beyond `most`. */
export function memorySessionStore(clock: Clock, most = 10_000): SessionStore {
  const kept = new Map<string, { value: string; until: number }>();
  return {
    get: async (key) => {
      const found = kept.get(key);
      if (found !== undefined && found.until > clock.monotonic()) return found.value;
      kept.delete(key);
      return undefined;
    },
    set: async (key, value, seconds) => putLast(kept, key, { value, until: clock.monotonic() + seconds * 1000 }, most),
    delete: async (key) => void kept.delete(key),
  };
}

/** How long the quick store may know something that the lasting one does not know any more. */
const quickSeconds = 60;

/** Reads from `quick` (Redis) where it can, and loses nothing when that is gone: `lasting` (Postgres) has everything. */
export function layeredSessionStore(quick: SessionStore, lasting: SessionStore): SessionStore {
  const ignore = () => undefined;
  const remember = (key: string, value: string, seconds: number) =>
    quick.set(key, value, Math.min(seconds, quickSeconds)).catch(ignore);
  return {
    async get(key) {
      const known = await quick.get(key).catch(ignore);
      if (known !== undefined) return known;
      const value = await lasting.get(key);
      if (value !== undefined) await remember(key, value, quickSeconds);
      return value;
    },
    async set(key, value, seconds) {
      await lasting.set(key, value, seconds);
      await remember(key, value, seconds);
    },
    async delete(key) {
      await lasting.delete(key);
      await quick.delete(key).catch(ignore);
    },
  };
}
