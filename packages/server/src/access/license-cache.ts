// Where the licence server's answers are kept between questions.
import type { Clock } from "../clock.js";
import { putLast } from "../put-last.js";

/** Where answers are kept between questions: in memory, or in Redis for all processes together. */
export interface LicenseCache {
  /** What was kept under the key and is not older than it was said to live. */
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, seconds: number): Promise<void>;
}

type Kept = Map<string, { value: string; until: number }>;

const mostCommunities = 10_000;
const mostOfOne = 30;

/** The key of an answer begins with its community: `license:7:`. */
const ownerOf = (key: string): string => key.split(":", 2).join(":");

/**
 * Answers in this process's memory: thirty of a community, of ten thousand communities. Whoever makes up keys pushes
 * out answers of the own community only.
 */
export function memoryLicenseCache(clock: Clock): LicenseCache {
  const kept = new Map<string, Kept>();
  return {
    get: async (key) => {
      const found = kept.get(ownerOf(key))?.get(key);
      return found !== undefined && found.until > clock.monotonic() ? found.value : undefined;
    },
    set: async (key, value, seconds) => {
      const owner = ownerOf(key);
      const own: Kept = kept.get(owner) ?? new Map();
      putLast(own, key, { value, until: clock.monotonic() + seconds * 1000 }, mostOfOne);
      putLast(kept, owner, own, mostCommunities);
    },
  };
}
