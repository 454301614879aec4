// Where the licence server's answers are kept between questions.
import type { Clock } from "../clock.js";

/** Where answers are kept between questions: in memory, or in Redis for all processes together. */
export interface LicenseCache {
  /** What was kept under the key and is not older than it was said to live. */
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, seconds: number): Promise<void>;
}

/** Answers in this process's memory, the oldest dropped when there are more than ten thousand. */
export function memoryLicenseCache(clock: Clock): LicenseCache {
  const kept = new Map<string, { value: string; until: number }>();
  return {
    get: async (key) => {
      const found = kept.get(key);
      return found !== undefined && found.until > clock.monotonic() ? found.value : undefined;
    },
    set: async (key, value, seconds) => {
      kept.delete(key);
      kept.set(key, { value, until: clock.monotonic() + seconds * 1000 });
      const [oldest] = kept.keys();
      if (kept.size > 10_000 && oldest !== undefined) kept.delete(oldest);
    },
  };
}
