// A queue in which communities take turns: the one that was served last waits longest.

export interface FairQueue<T> {
  readonly size: number;
  /** How many of one community wait. */
  sizeOf(community: number): number;
  add(community: number, item: T): void;
  /** Puts an item before the others of its community. */
  addFirst(community: number, item: T): void;
  /** Takes the first item of the next community in turn for which `may` holds. */
  take(may: (community: number) => boolean): T | undefined;
  /** Whether the item was still waiting. */
  remove(community: number, item: T): boolean;
  /** Takes everything. */
  clear(): T[];
}

export function createFairQueue<T>(): FairQueue<T> {
  // The order of the map is the order of turns.
  const lines = new Map<number, T[]>();
  let size = 0;
  const lineOf = (community: number): T[] => {
    const line = lines.get(community) ?? [];
    lines.set(community, line);
    return line;
  };
  return {
    get size() {
      return size;
    },
    sizeOf: (community) => lines.get(community)?.length ?? 0,
    add(community, item) {
      lineOf(community).push(item);
      size += 1;
    },
    addFirst(community, item) {
      lineOf(community).unshift(item);
      size += 1;
    },
    take(may) {
      for (const [community, line] of lines) {
        if (!may(community)) continue;
        const item = line.shift();
        lines.delete(community);
        if (line.length > 0) lines.set(community, line);
        size -= 1;
        return item;
      }
      return undefined;
    },
    remove(community, item) {
      const line = lines.get(community) ?? [];
      const index = line.indexOf(item);
      if (index === -1) return false;
      line.splice(index, 1);
      if (line.length === 0) lines.delete(community);
      size -= 1;
      return true;
    },
    clear() {
      const all = [...lines.values()].flat();
      lines.clear();
      size = 0;
      return all;
    },
  };
}
