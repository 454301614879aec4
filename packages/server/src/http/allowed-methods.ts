// Which methods an address takes: for the 405 that a known address with another method is answered with.
//
// M1. Words win over names: /workflows/validate is an address of its own and never the workflow called "validate",
//     whatever the method is.
import type { FastifyInstance } from "fastify";
import { type AppError, appError } from "../errors.js";
import type { Method, Route } from "./route.js";

const isName = (part: string): boolean => part.startsWith(":");

const matches = (pattern: string, path: string): boolean => {
  const wanted = pattern.split("/");
  const given = path.split("/");
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => given[index] === part || (isName(part) && given[index] !== ""))
  );
};

/** Whether some address fits both patterns and is the first one's by M1. */
const winsOver = (pattern: string, other: string): boolean => {
  const [ours, theirs] = [pattern.split("/"), other.split("/")];
  if (ours.length !== theirs.length) return false;
  const differing = ours.flatMap((part, index) =>
    part === theirs[index] ? [] : [[part, theirs[index] ?? ""] as const],
  );
  const [first] = differing;
  if (first === undefined || isName(first[0]) || !isName(first[1])) return false;
  return differing.every((parts) => parts.some(isName));
};

/** The methods that the address takes; empty for an address that is nothing. */
function allowedMethods(routes: readonly Pick<Route, "method" | "path">[], url: string): string[] {
  const path = url.split("?", 1)[0] ?? "";
  const fitting = routes.filter((route) => matches(route.path, path));
  const own = fitting.filter((route) => !fitting.some((other) => winsOver(other.path, route.path)));
  const methods = new Set<string>(own.map(({ method }) => method));
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods].sort();
}

/** The refusal for an address that takes other methods only; undefined for one that is nothing. */
export function otherMethodsOnly(routes: readonly Route[], url: string): AppError | undefined {
  const allowed = allowedMethods(routes, url);
  if (allowed.length === 0) return undefined;
  return appError("METHOD_NOT_ALLOWED", `This address takes ${allowed.join(", ")}.`, {
    headers: { Allow: allowed.join(", ") },
  });
}

/** Closes each address to methods with which the router would take it for another pattern's (M1). */
export function closeOtherMethods(app: FastifyInstance, routes: readonly Route[]): void {
  for (const url of new Set(routes.map(({ path }) => path))) {
    const own = new Set<Method>(routes.filter(({ path }) => path === url).map(({ method }) => method));
    const beaten = routes.filter(({ method, path }) => !own.has(method) && winsOver(url, path));
    const method = [...new Set(beaten.map((route) => route.method))];
    if (method.length === 0) continue;
    app.route({ method, url, config: { closed: true }, schema: { hide: true }, handler: () => undefined });
  }
}
