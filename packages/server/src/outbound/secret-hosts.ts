// Where a secret may be sent. An entry is a host name or an IP address; `*.example.org` is every host below
// example.org; with `:port` only that port is meant, without one every port.
import { portOf } from "./target.js";

const longestHost = 253;

/** An entry as it is kept: small letters, international names in ASCII, IPv6 in brackets. Undefined: it is none. */
export function secretHost(text: string): string | undefined {
  const [, wildcard = "", rest = ""] = /^(\*\.)?([^\s/?#@*\\%]+)$/.exec(text.trim()) ?? [];
  // A port that is the scheme's own is left out of URLs; neither of these is.
  const url = rest === "" ? undefined : parse(`http://${rest}`);
  const port = /:(\d{1,5})$/.exec(rest.replace(/\[.*\]/, ""))?.[1];
  if (url === undefined || url.hostname === "" || url.hostname.length > longestHost) return undefined;
  if (rest.endsWith(":") || (wildcard !== "" && isAddress(url.hostname))) return undefined;
  return `${wildcard}${url.hostname}${port === undefined ? "" : `:${Number(port)}`}`;
}

/** The host and port of an address, as entries are compared with them; undefined when it is no URL. */
export function addressHost(address: string): { hostname: string; port: string } | undefined {
  const url = parse(address);
  if (url === undefined || url.hostname === "") return undefined;
  return { hostname: url.hostname, port: String(portOf(url)) };
}

/** Whether one of the entries means this address. */
export function mayBeSentTo(hosts: readonly string[], address: string): boolean {
  const target = addressHost(address);
  return target !== undefined && hosts.some((entry) => means(entry, target));
}

function means(entry: string, { hostname, port }: { hostname: string; port: string }): boolean {
  const [, name = "", only] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
  if (only !== undefined && only !== port) return false;
  return name.startsWith("*.") ? hostname.endsWith(name.slice(1)) : name !== "" && hostname === name;
}

const parse = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);
const isAddress = (hostname: string): boolean => hostname.startsWith("[") || /^[\d.]+$/.test(hostname);
