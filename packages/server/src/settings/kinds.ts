// The kinds of values that an environment variable may have. Each says in words what it takes (for the documentation
// and for the hint beside a mistake) and holds the schema that reads it, strictly: what is not plainly right is refused.

import { isIP } from "node:net";
import { z } from "zod";

export interface Kind<T> {
  /** The guide's word for it. */
  readonly type: "boolean" | "integer" | "list" | "number" | "string";
  /** What is accepted, as the end of "must be …". */
  readonly range: string;
  readonly schema: z.ZodType<T, string>;
  /** How a value reads in documentation and messages. */
  readonly show: (value: T) => string;
}

/** A whole number in decimal digits; `0x10`, `1e3`, `-1` and blanks are refused. */
export function integer(min: number, max: number, note = ""): Kind<number> {
  return {
    type: "integer",
    range: `a whole number from ${min} to ${max}${note}`,
    schema: z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(min).max(max)),
    show: String,
  };
}

/** A share of a whole, in decimal digits. */
export const share: Kind<number> = {
  type: "number",
  range: "a number from 0 to 1, such as 0.05",
  schema: z
    .string()
    .regex(/^(0|1|[01]?\.\d+)$/)
    .transform(Number)
    .pipe(z.number().min(0).max(1)),
  show: String,
};

/** Headers as `name=value`, with commas between; in a value commas and blanks are written as in addresses: %2C, %20. */
export const headers: Kind<Readonly<Record<string, string>>> = {
  type: "list",
  range: "name=value pairs with commas between",
  schema: z.string().transform((value, context) => {
    const pairs = value.split(",").map((pair) => {
      const [, name, text = ""] = /^\s*([\w-]+)\s*=\s*((?:[!-$&-~]|%[2-7][0-9A-Fa-f])+)\s*$/.exec(pair) ?? [];
      return name === undefined ? undefined : ([name, decodeURIComponent(text)] as const);
    });
    if (pairs.every((pair) => pair !== undefined)) return Object.fromEntries(pairs);
    context.addIssue("not pairs");
    return z.NEVER;
  }),
  show: (value) => Object.keys(value).join(","),
};

export const flag: Kind<boolean> = {
  type: "boolean",
  range: "true or false (also 1/0, yes/no, on/off)",
  schema: z.stringbool({ truthy: ["true", "1", "yes", "on"], falsy: ["false", "0", "no", "off"] }),
  show: String,
};

export function text(range: string, { min = 1, max = 4096 }: { min?: number; max?: number } = {}): Kind<string> {
  const schema = z
    .string()
    .max(max)
    .refine((value) => value.trim().length >= min);
  return { type: "string", range, schema, show: String };
}

/** One of a few words, in any case; kept as the table spells it. */
export function choice<const T extends string>(...choices: readonly T[]): Kind<T> {
  const schema = z.string().transform((value, context): T => {
    const found = choices.find((each) => each.toLowerCase() === value.toLowerCase());
    if (found !== undefined) return found;
    context.addIssue("not one of them");
    return z.NEVER;
  });
  return { type: "string", range: `one of ${choices.join(", ")}`, schema, show: String };
}

export const zone: Kind<string> = {
  type: "string",
  range: "an IANA time zone such as UTC or America/New_York",
  schema: z.string().refine((value) => {
    try {
      // Offsets such as "+02:00" are understood by some engines and not by others; a zone has a name.
      return /^[A-Za-z]/.test(value) && new Intl.DateTimeFormat("en", { timeZone: value }) !== undefined;
    } catch {
      return false;
    }
  }),
  show: String,
};

/** The address of a database or of Redis: it may hold a password, the path is left as it is. */
export function address(...schemes: readonly string[]): Kind<string> {
  const schema = z.string().refine((value) => {
    const url = parsed(value);
    if (url === undefined || !schemes.some((scheme) => url.protocol === `${scheme}:`)) return false;
    return !url.protocol.startsWith("redis") || (url.hostname !== "" && /^(\/\d*)?$/.test(url.pathname));
  });
  return {
    type: "string",
    range: `an address that starts with ${schemes.map(open).join(" or ")}`,
    schema,
    show: String,
  };
}

/** The base address of an HTTP service, kept without a slash at its end so that paths can be put behind it. */
export const httpAddress: Kind<string> = {
  type: "string",
  range: "an address that starts with http:// or https://, without user name, query or fragment",
  schema: z
    .string()
    .refine((value) => {
      const url = parsed(value);
      if (url === undefined || !/^https?:\/\//i.test(value)) return false;
      return /^https?:$/.test(url.protocol) && url.username + url.password + url.search + url.hash === "";
    })
    .transform((value) => value.replace(/[?#]?$/, "").replace(/\/+$/, "")),
  show: String,
};

export const origin: Kind<string> = {
  type: "string",
  range: "an origin such as https://builder.example.org, without a path",
  schema: z
    .string()
    .transform((value) => value.replace(/\/$/, ""))
    .refine((value) => /^https?:\/\//.test(value) && parsed(value)?.origin === value),
  show: String,
};

export const host: Kind<string> = {
  type: "string",
  range: "an IP address or a host name",
  schema: z
    .string()
    .refine((value) => isIP(value) !== 0 || /^(?![\d.]+$)[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(value)),
  show: String,
};

/** Several values with commas between them; blanks around a value and empty places are of no account. */
export function list<T>(kind: Kind<T>): Kind<readonly T[]> {
  return {
    type: "list",
    range: `a list with commas between, each ${kind.range}`,
    schema: z
      .string()
      .transform((value) =>
        value
          .split(",")
          .map((part) => part.trim())
          .filter((part) => part !== ""),
      )
      .pipe(z.array(kind.schema)),
    show: (values) => values.map(kind.show).join(","),
  };
}

function parsed(value: string): URL | undefined {
  // The URL parser quietly drops blanks and line breaks; in a setting they are a mistake.
  return /\s/.test(value) || !URL.canParse(value) ? undefined : new URL(value);
}

function open(scheme: string): string {
  return `${scheme}://`;
}
