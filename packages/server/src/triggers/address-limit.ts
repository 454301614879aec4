// The coarse limit per address that stands before everything else at a public door. Of IPv6 a network of 64 bits counts
// as one address: that is what one subscriber has.
import ipaddr from "ipaddr.js";
import { callLimit } from "../access/call-limit.js";
import type { Clock } from "../clock.js";
import { readAddress } from "./allowlist.js";

export interface AddressLimit {
  /** Seconds until the address may call again; undefined: it may now, and has been counted. */
  refused(address: string | undefined): number | undefined;
}

/** Lets each address call so many times a minute, all at once or evenly. */
export function addressLimit(perMinute: number, clock: Clock): AddressLimit {
  const limit = callLimit(perMinute, clock);
  return { refused: (address) => limit.refused(address === undefined ? "" : subscriber(address)) };
}

const subscriber = (text: string): string => {
  const address = readAddress(text);
  return address?.family === "ipv6" ? ipaddr.parse(address.text).toByteArray().slice(0, 8).join(".") : text;
};
