// Counts how many of something are under way at a time.

export interface Concurrency {
  /** The most that were under way at once so far. */
  readonly most: number;
  during<T>(work: () => Promise<T>): Promise<T>;
}

export function countConcurrency(): Concurrency {
  let now = 0;
  let most = 0;
  return {
    get most() {
      return most;
    },
    async during(work) {
      most = Math.max(most, ++now);
      try {
        return await work();
      } finally {
        now -= 1;
      }
    },
  };
}
