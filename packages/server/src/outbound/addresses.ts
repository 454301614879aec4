// Which addresses workflows may call. Deny by default: an address is callable when it is public unicast, or when the
// operator has said so.
//
// 1. IPv6 outside 2000::/3 is not public, whatever it is used for; nor is any range that carries an IPv4 address.
// 2. Ports on which services other than HTTP listen are closed, also at public addresses.
// 3. A rule of the operator opens its range on its port, or on every port when it names none.
import { BlockList, isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { putLast } from "../put-last.js";

/** A private range that workflows may call; without a port, all of its ports. */
export interface AllowRule {
  readonly cidr: string;
  readonly port?: number;
}

/** A public address behind which a cloud (Azure) gives machines their own secrets, as others do at 169.254.169.254. */
const cloudMetadata = "168.63.129.16";

const globalUnicast6 = ipaddr.parseCIDR("2000::/3");

/** SSH, mail, DNS, databases and the like: an HTTP request there can only do harm. */
const servicePorts: ReadonlySet<number> = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 79, 110, 111, 113, 119, 123, 135, 137, 138, 139,
  143, 161, 162, 179, 389, 427, 445, 465, 512, 513, 514, 515, 548, 554, 587, 636, 873, 993, 995, 1080, 1433, 1521, 1723,
  2049, 2181, 2375, 2376, 2379, 2380, 3128, 3306, 3389, 5060, 5061, 5432, 5672, 5900, 5984, 6000, 6379, 6443, 6667,
  8086, 9042, 9092, 9200, 9300, 10250, 11211, 15672, 26257, 27017, 50000,
]);

/** Whether an address (as text, without zone or prefix) is one of the public internet. */
function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || address.includes("%")) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== "unicast" || parsed.toString() === cloudMetadata) return false;
  return parsed.kind() === "ipv4" || parsed.match(globalUnicast6);
}

/** Decides for one address and port; made once from the operator's rules. */
export function addressGuard(rules: readonly AllowRule[]): (address: string, port: number) => boolean {
  const opened = rules.map(({ cidr, port }) => {
    const [address = "", prefix] = cidr.split("/");
    const list = new BlockList();
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    list.addSubnet(address, Number(prefix ?? (family === "ipv4" ? 32 : 128)), family);
    return { list, port };
  });
  const allowed = (address: string, port: number) => {
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (opened.some((rule) => (rule.port ?? port) === port && rule.list.check(address, family))) return true;
    return isPublicAddress(address) && !servicePorts.has(port);
  };
  const decided = new Map<string, boolean>();
  return (address, port) => {
    const name = `${address} ${port}`;
    const known = decided.get(name);
    if (known !== undefined) return known;
    const verdict = allowed(address, port);
    putLast(decided, name, verdict, mostDecided);
    return verdict;
  };
}

/** The rules never change, so neither does what they say of an address; taking one apart costs more than looking it up. */
const mostDecided = 1000;
