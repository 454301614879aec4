// Chance that can be repeated: the same seed draws the same.

/** A source of numbers (mulberry32) and the ways to draw from it. */
export function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count) => Math.floor(next() * count);
  const pick = (list) => list[below(list.length)];
  /** One of `[weight, value]` pairs. */
  const weighted = (pairs) => {
    let left = next() * pairs.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of pairs) {
      left -= weight;
      if (left < 0) return value;
    }
    return pairs[0][1];
  };
  const times = (count, make) => Array.from({ length: count }, (_, index) => make(index));
  return { next, below, pick, weighted, times, maybe: (likely) => next() < likely };
}
