// From the address that a workflow wrote to the addresses that may be connected to. Everything is decided here, once,
// on the final text: what is checked is what is called.
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { type Failed, failed } from "./answers.js";

/** The IP addresses of a host name; none when it has none. Throws what the resolver throws. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface Target {
  readonly url: URL;
  /** All of them checked; connections go to these and nowhere else. */
  readonly addresses: readonly string[];
}

/** Longer addresses are refused. */
const longestUrl = 8 * 1024;

export const resolveByDns: Resolve = async (host) =>
  (await lookup(host, { all: true, order: "ipv4first" })).map(({ address }) => address);

/** The URL that a text stands for, if workflows may use such URLs at all. */
export function readUrl(text: string): URL | Failed {
  const invalid = (message: string) => failed("INVALID_URL", message);
  if (text.length > longestUrl) return invalid("The address is longer than 8,192 characters.");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return invalid("The address is no URL such as https://api.example.com/path.");
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return invalid("The address must begin with http:// or https://.");
  }
  if (url.username !== "" || url.password !== "") {
    return invalid("The address must not hold a user name or password; use a header.");
  }
  return url.hostname === "" ? invalid("The address has no host.") : url;
}

/** The port that is called, also where the URL leaves its scheme's own out. */
export const portOf = ({ port, protocol }: URL): number => Number(port || (protocol === "https:" ? 443 : 80));

/** The URL with its addresses, every one of them allowed; else a failure that does not tell what is behind the name. */
export async function checkTarget(
  url: URL,
  resolve: Resolve,
  allowed: (address: string, port: number) => boolean,
): Promise<Target | Failed> {
  const port = portOf(url);
  const addresses = await addressesOf(url.hostname, resolve);
  if (addresses.length > 0 && addresses.every((address) => allowed(address, port))) return { url, addresses };
  return failed(
    "EGRESS_BLOCKED",
    "Workflows may not call this address: only public addresses on usual ports, and what EGRESS_ALLOW_CIDRS opens.",
  );
}

async function addressesOf(hostname: string, resolve: Resolve): Promise<readonly string[]> {
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (isIP(host) !== 0) return [host];
  // These names never leave this machine, so nobody is asked for them.
  if (host === "localhost" || host.endsWith(".localhost")) return ["127.0.0.1"];
  return resolve(host);
}
