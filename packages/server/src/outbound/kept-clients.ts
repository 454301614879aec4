// Clients with their connections, kept for a moment: calls that follow each other closely need not connect anew.
//
// 1. Every call is checked anew. A client is used again only for the same origin and exactly the same checked addresses,
//    so a name that changes its mind leads nowhere else.
// 2. A community's connections are its own.
// 3. Connections are idle for a second at most: too short for the other side to have closed one unnoticed.
import type { Pool } from "undici";
import { type Clock, systemClock } from "../clock.js";
import { checkedClient } from "./checked-client.js";
import type { Target } from "./target.js";

const idleMilliseconds = 1000;
/** More are not kept: what is idle longest goes first. */
const mostIdle = 500;

export interface Borrowed {
  client: Pool;
  /** Gives it back; whatever became of the request, its connection is fit for another, or closed. */
  release(): void;
}

export interface KeptClients {
  borrow(target: Target, community: number, headerBytes: number): Borrowed;
  close(): void;
}

interface Kept {
  client: Pool;
  users: number;
  forget: (() => void) | undefined;
}

/** Opens nothing yet. */
export function createKeptClients(clock: Clock = systemClock): KeptClients {
  const kept = new Map<string, Kept>();
  const drop = (key: string, each: Kept) => {
    each.forget?.();
    if (kept.get(key) === each) kept.delete(key);
    void each.client.destroy();
  };
  const rest = (key: string, each: Kept) => {
    each.forget = clock.setTimer(idleMilliseconds, () => drop(key, each));
    kept.delete(key); // to the end: the order is that of use
    kept.set(key, each);
    if (kept.size <= mostIdle) return;
    const [oldest] = [...kept].filter(([, { users }]) => users === 0);
    if (oldest) drop(...oldest);
  };
  return {
    borrow(target, community, headerBytes) {
      const key = `${community} ${target.url.origin} ${target.addresses.join(" ")}`;
      const each = kept.get(key) ?? { client: checkedClient(target, headerBytes), users: 0, forget: undefined };
      kept.set(key, each);
      each.forget?.();
      each.forget = undefined;
      each.users += 1;
      return {
        client: each.client,
        release() {
          each.users -= 1;
          if (each.users === 0) rest(key, each);
        },
      };
    },
    close() {
      for (const [key, each] of kept) drop(key, each);
    },
  };
}
