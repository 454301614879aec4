// Who is calling: the other end of the connection, unless that is a proxy of ours, which is believed when it says whom
// it speaks for. Of what X-Forwarded-For says only the end counts that proxies of ours have written.
import { type AllowedAddress, allowlist, readAddress } from "./allowlist.js";

/** Tells which addresses are proxies of ours; none when the list is empty. */
export const trustedProxies = (ranges: readonly string[]): AllowedAddress =>
  ranges.length === 0 ? () => false : allowlist(ranges);

/**
 * The caller's address, in one form for all its spellings: the right-most one that is no proxy of ours. Undefined when
 * a proxy of ours names something that is no address.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | readonly string[] | undefined,
  isProxy: AllowedAddress,
): string | undefined {
  let client = peer === undefined ? undefined : readAddress(peer)?.text;
  const named = [forwardedFor ?? []].flat().join(",").split(",");
  if (forwardedFor === undefined || forwardedFor.length === 0) return client;
  for (const entry of named.reverse()) {
    if (!isProxy(client)) return client;
    client = readForwarded(entry.trim());
    if (client === undefined) return undefined;
  }
  return client;
}

/** Some proxies write brackets around IPv6, and the port behind. */
function readForwarded(entry: string): string | undefined {
  const { bracketed, plain } =
    /^(?:\[(?<bracketed>[^\]]+)\](?::\d{1,5})?|(?<plain>\d+\.\d+\.\d+\.\d+):\d{1,5})$/.exec(entry)?.groups ?? {};
  return readAddress(bracketed ?? plain ?? entry)?.text;
}
