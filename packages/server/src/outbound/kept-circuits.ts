// What is known of hosts, by community: bounded, because the names of hosts are written by people.
//
// 1. Of a community no more than `mostOfOne` hosts are kept, so its many hosts cannot push out those of others.
// 2. Of more than `most` in all, the community that has been quiet longest loses the host it has not called longest.
// 3. What has not been called for `idleMilliseconds` is forgotten. Whatever is forgotten counts as well again.
import type { Clock } from "../clock.js";

export interface CircuitName {
  /** How it is called: as the Router, or by nodes that name it. */
  port: "router" | "http";
  /** Whose calls it is for; null: those of everybody, to the Router. */
  community: number | null;
  /** host:port, as people may see it. */
  host: string;
}

export interface KeepOptions {
  most?: number;
  mostOfOne?: number;
  idleMilliseconds?: number;
}

export interface KeptCircuits<T> {
  get(name: CircuitName): T | undefined;
  set(name: CircuitName, value: T): void;
  all(): (readonly [CircuitName, T])[];
}

interface Kept<T> {
  name: CircuitName;
  value: T;
  usedAt: number;
}

type Hosts<T> = Map<string, Kept<T>>;

const keyOf = ({ port, host }: CircuitName): string => `${port} ${host}`;

export function createKeptCircuits<T>(
  clock: Clock,
  { most = 5_000, mostOfOne = 100, idleMilliseconds = 600_000 }: KeepOptions = {},
): KeptCircuits<T> {
  // Both maps are in the order of use.
  const communities = new Map<CircuitName["community"], Hosts<T>>();
  let count = 0;

  const forget = (community: CircuitName["community"], hosts: Hosts<T>, key: string) => {
    if (hosts.delete(key)) count -= 1;
    if (hosts.size === 0) communities.delete(community);
  };
  const forgetOldest = (community: CircuitName["community"], hosts: Hosts<T>) => {
    for (const key of hosts.keys()) return forget(community, hosts, key);
  };
  const forgetIdle = () => {
    const since = clock.monotonic() - idleMilliseconds;
    for (const [community, hosts] of communities)
      for (const [key, { usedAt }] of hosts) if (usedAt < since) forget(community, hosts, key);
  };

  const use = (name: CircuitName, hosts: Hosts<T>, value: T) => {
    const key = keyOf(name);
    if (!hosts.delete(key)) count += 1;
    hosts.set(key, { name, value, usedAt: clock.monotonic() });
    communities.delete(name.community);
    communities.set(name.community, hosts);
  };

  return {
    get(name) {
      const hosts = communities.get(name.community);
      const kept = hosts?.get(keyOf(name));
      if (hosts && kept) use(name, hosts, kept.value);
      return kept?.value;
    },
    set(name, value) {
      const hosts = communities.get(name.community) ?? new Map();
      use(name, hosts, value);
      if (hosts.size > mostOfOne) forgetOldest(name.community, hosts);
      if (count > most) for (const [community, quiet] of communities) return forgetOldest(community, quiet);
    },
    all() {
      forgetIdle();
      return [...communities.values()].flatMap((hosts) =>
        [...hosts.values()].map(({ name, value }) => [name, value] as const),
      );
    },
  };
}
