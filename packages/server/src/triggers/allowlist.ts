// Lists of addresses that may call: single addresses and ranges, of both families, read strictly, because `010.0.0.1`
// or `127.1` mean different things to different programs.
//
// 1. An IPv4-mapped address is its IPv4 address, in the list as in the call.
// 2. An empty list allows everybody; a list of which nothing can be read allows nobody, and neither does an address
//    that cannot be read.
import { BlockList, isIP, SocketAddress } from "node:net";

interface Address {
  text: string;
  family: "ipv4" | "ipv6";
}

/** An address in one form for all its spellings; undefined for what is not plainly one. A zone (`%eth0`) is left out. */
export function readAddress(text: string): Address | undefined {
  const bare = text.replace(/%[\w.-]{1,64}$/, "");
  const family = isIP(bare);
  if (family === 0 || (bare !== text && family === 4)) return undefined;
  if (family === 4) return { text: bare, family: "ipv4" };
  // Node writes IPv6 in one way, and mapped addresses with dots.
  const { address } = new SocketAddress({ address: bare, family: "ipv6" });
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  return mapped === undefined ? { text: address, family: "ipv6" } : { text: mapped, family: "ipv4" };
}

interface Range extends Address {
  bits: number;
}

/** A line of a list; undefined for what is neither an address nor a range. */
function readRange(entry: unknown): Range | undefined {
  if (typeof entry !== "string" || entry.includes("%")) return undefined;
  const [text = "", prefix, ...rest] = entry.split("/");
  const written = isIP(text);
  const address = readAddress(text);
  if (address === undefined || rest.length > 0 || (prefix !== undefined && !/^(0|[1-9]\d{0,2})$/.test(prefix)))
    return undefined;
  const longest = written === 4 ? 32 : 128;
  const bits = prefix === undefined ? longest : Number(prefix);
  if (bits > longest) return undefined;
  if (written === 4 || address.family === "ipv6") return { ...address, bits };
  // Mapped: the first 96 bits say only that. A shorter range holds more than mapped addresses.
  return bits >= 96 ? { ...address, bits: bits - 96 } : { text, family: "ipv6", bits };
}

/** Whether an entry may stand in a list. */
export const isRange = (entry: unknown): boolean => readRange(entry) !== undefined;

/** Tells whether an address, as it was received, is allowed. */
export type AllowedAddress = (address: string | undefined) => boolean;

/** Reads a list, as it is stored: what in it cannot be read allows nobody. */
export function allowlist(entries: readonly unknown[]): AllowedAddress {
  if (entries.length === 0) return () => true;
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const range of entries.map(readRange)) {
    if (range !== undefined) lists[range.family].addSubnet(range.text, range.bits, range.family);
  }
  return (given) => {
    const address = given === undefined ? undefined : readAddress(given);
    return address !== undefined && lists[address.family].check(address.text, address.family);
  };
}
