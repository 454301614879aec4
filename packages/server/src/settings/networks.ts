// Ranges of IP addresses as settings: written as CIDR, read strictly by Node's own BlockList and isIP, so that
// `010.0.0.1` or `127.1` never mean something else than what was written.

import { BlockList, isIP } from "node:net";
import { z } from "zod";
import type { Kind } from "./kinds.js";

/** A range that calls of workflows may reach although it is private; without a port, every port of it. */
export interface EgressRange {
  readonly cidr: string;
  readonly port?: number;
}

export const cidr: Kind<string> = {
  type: "string",
  range: "an IP address or a range such as 10.0.0.0/8 or fd00::/8",
  schema: z.string().transform((value, context) => canonical(value) ?? refuse(context)),
  show: String,
};

export const egressRange: Kind<EgressRange> = {
  type: "string",
  range: "a range such as 10.0.0.0/8, or one with a port: 10.0.0.5/32:8080, [fd00::5/128]:8080",
  schema: z.string().transform((value, context): EgressRange => {
    const { bracketed, plain, port } =
      /^(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^:]+))(?::(?<port>\d+))?$/.exec(value)?.groups ?? {};
    const range = canonical(bracketed ?? plain ?? value);
    if (range === undefined) return refuse(context);
    if (port === undefined) return { cidr: range };
    return Number(port) >= 1 && Number(port) <= 65_535 ? { cidr: range, port: Number(port) } : refuse(context);
  }),
  show: ({ cidr: range, port }) =>
    port === undefined ? range : `${range.includes(":") ? `[${range}]` : range}:${port}`,
};

/** `10.0.0.1` → `10.0.0.1/32`; undefined where it is no range. */
function canonical(value: string): string | undefined {
  const [address = "", prefix, ...rest] = value.split("/");
  const family = isIP(address);
  if (family === 0 || address.includes("%") || rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix)))
    return undefined;
  const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
  try {
    new BlockList().addSubnet(address, bits, family === 4 ? "ipv4" : "ipv6");
    return `${address.toLowerCase()}/${bits}`;
  } catch {
    return undefined;
  }
}

function refuse(context: { addIssue(message: string): void }): never {
  context.addIssue("not a range");
  return z.NEVER;
}
