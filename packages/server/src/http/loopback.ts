// Whether a request was made on this machine by somebody who sits at it: what signs in without a token must be sure.
import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIP } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

const isLoopbackAddress = (address: string): boolean => {
  const kind = isIP(address);
  return kind !== 0 && loopback.check(address, kind === 6 ? "ipv6" : "ipv4");
};

const forwarded = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/**
 * The connection comes from this machine, no proxy has handed the request on, and the page was opened under a name of
 * this machine: under another one it could be anybody's, whatever address that name leads to.
 */
export function isFromThisMachine(socketAddress: string | undefined, headers: IncomingHttpHeaders): boolean {
  if (socketAddress === undefined || !isLoopbackAddress(socketAddress)) return false;
  if (forwarded.some((name) => headers[name] !== undefined)) return false;
  const host = (headers.host ?? "")
    .replace(/:\d*$/, "")
    .replace(/^\[|\]$/g, "")
    .toLowerCase();
  return host === "localhost" || host.endsWith(".localhost") || isLoopbackAddress(host);
}
