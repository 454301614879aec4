// Who has a workflow open in the builder: told by each tab every few seconds, and forgotten when it falls silent. Shared
// by Redis; without it each process knows those who talk to it. Nothing depends on it.
import type { Clock } from "../clock.js";
import type { Redis } from "../redis/redis.js";
import { redisScript } from "../redis/script.js";

export interface Present {
  /** Of one tab, drawn by it. */
  tab: string;
  user_id: number | null;
  name: string;
}

export interface Presence {
  /** Notes that a tab is there, or has left; gives all that are there, in the order in which they were last heard of. */
  note(workflowId: string, who: Present, leaves: boolean): Promise<Present[]>;
}

/** A tab that was silent for so long has gone. */
export const presenceSeconds = 30;

const script = redisScript(`
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now)
if ARGV[2] == "leave" then redis.call("ZREM", KEYS[1], ARGV[1])
else redis.call("ZADD", KEYS[1], now + ARGV[3], ARGV[1]) end
redis.call("PEXPIRE", KEYS[1], ARGV[3])
return redis.call("ZRANGE", KEYS[1], 0, 99)`);

const ms = presenceSeconds * 1000;
const read = (entry: string): Present => JSON.parse(entry) as Present; // written below

/** In this process alone. */
export const memoryPresence = (clock: Clock): Presence => {
  const rooms = new Map<string, Map<string, number>>();
  return {
    note: async (workflowId, who, leaves) => {
      const room = rooms.get(workflowId) ?? new Map<string, number>();
      const entry = JSON.stringify(who);
      room.delete(entry);
      if (!leaves) room.set(entry, clock.monotonic() + ms);
      rooms.set(workflowId, room);
      for (const [id, entries] of rooms) {
        for (const [each, until] of entries) if (until <= clock.monotonic()) entries.delete(each);
        if (entries.size === 0) rooms.delete(id);
      }
      return [...room.keys()].slice(0, 100).map(read);
    },
  };
};

/** Over all processes while Redis answers, else in this one. */
export const sharedPresence = (redis: Redis, own: Presence): Presence => ({
  note: async (workflowId, who, leaves) => {
    const known = await own.note(workflowId, who, leaves);
    const values = [JSON.stringify(who), leaves ? "leave" : "stay", ms];
    const told = await redis.run(script, [`presence:${workflowId}`], values).catch(() => undefined);
    return Array.isArray(told) ? told.map((entry) => read(String(entry))) : known;
  },
});
