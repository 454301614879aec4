// Which methods an address takes: for the 405 that a known address with another method is answered with.
import type { Route } from "./route.js";

const matches = (pattern: string, path: string): boolean => {
  const wanted = pattern.split("/");
  const given = path.split("/");
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => given[index] === part || (part.startsWith(":") && given[index] !== ""))
  );
};

/** The methods of all routes that the address fits; empty for an address that is nothing. */
export function allowedMethods(routes: readonly Route[], url: string): string[] {
  const path = url.split("?", 1)[0] ?? "";
  const methods = new Set(routes.filter((route) => matches(route.path, path)).map(({ method }) => method as string));
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods].sort();
}
