// A Lua script for Redis: sent once, called by its hash afterwards.
import { createHash } from "node:crypto";

export interface RedisScript {
  text: string;
  sha1: string;
}

export const redisScript = (text: string): RedisScript => ({
  text,
  sha1: createHash("sha1").update(text).digest("hex"),
});
