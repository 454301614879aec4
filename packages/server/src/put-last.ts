// Maps that remember so much and no more: what was put longest ago goes first.

/** Puts a value at the end of a map, and drops the first one when there are more than `most`. */
export const putLast = <K, V>(map: Map<K, V>, key: K, value: V, most: number): void => {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return;
  for (const first of map.keys()) {
    map.delete(first);
    return;
  }
};
