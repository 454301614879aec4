// The coarse limit per address that stands before everything else at a public door. It is this process's own and lives
// in memory of bounded size, so that a flood of strangers costs neither a database nor a Redis.
import ipaddr from "ipaddr.js";
import type { Clock } from "../clock.js";
import { readAddress } from "./allowlist.js";

export interface AddressLimit {
  /** Seconds until the address may call again; undefined: it may now, and has been counted. */
  refused(address: string | undefined): number | undefined;
}

const minuteMs = 60_000;
const mostAddresses = 100_000;

/**
 * Lets each address call so many times a minute, all at once or evenly. Of IPv6 a network of 64 bits counts as one
 * address: that is what one subscriber has.
 */
export function addressLimit(perMinute: number, clock: Clock): AddressLimit {
  const intervalMs = minuteMs / perMinute;
  /** When the allowance that was used up will have come back, monotonic milliseconds. */
  const restored = new Map<string, number>();
  return {
    refused(address) {
      const key = address === undefined ? "" : subscriber(address);
      const now = clock.monotonic();
      const next = Math.max(restored.get(key) ?? 0, now) + intervalMs;
      if (next - now > minuteMs + intervalMs / 2) return Math.max(1, Math.ceil((next - now - minuteMs) / 1000));
      restored.delete(key);
      restored.set(key, next);
      // The one that called least recently has the most of its allowance back.
      for (const oldest of restored.size > mostAddresses ? restored.keys() : []) {
        restored.delete(oldest);
        break;
      }
      return undefined;
    },
  };
}

const subscriber = (text: string): string => {
  const address = readAddress(text);
  return address?.family === "ipv6" ? ipaddr.parse(address.text).toByteArray().slice(0, 8).join(".") : text;
};
