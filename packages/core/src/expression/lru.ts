// A bounded cache: what was used longest ago goes first. Bounded by weight, not by count, so that a few long sources
// cannot take the memory that many short ones may.

export interface Cache<V> {
  get(key: string): V | undefined;
  /** Keeps the value under the key; its weight is the length of the key. */
  set(key: string, value: V): V;
}

export const boundedCache = <V>(maxWeight: number): Cache<V> => {
  const entries = new Map<string, V>();
  let weight = 0;
  return {
    get(key) {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      // A Map keeps the order of insertion: what is inserted again moves to the end.
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set(key, value) {
      if (key.length > maxWeight) return value;
      if (!entries.has(key)) weight += key.length + 1;
      entries.set(key, value);
      for (const oldest of entries.keys()) {
        if (weight <= maxWeight) break;
        entries.delete(oldest);
        weight -= oldest.length + 1;
      }
      return value;
    },
  };
};
