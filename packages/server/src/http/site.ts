// The documentation's files: what `npm run build` made of docs/. Read once, kept with their entity tags.
//
// U1. Only files that were there when they were first asked for are given, by their exact names.
// U2. Browsers ask anew each time, and are told 304 when nothing has changed: names hold no hash.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

export interface SiteFile {
  contentType: string;
  body: Buffer;
  etag: string;
}

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json; charset=utf-8",
  png: "image/png",
  svg: "image/svg+xml",
};

/** src and dist lie alike; the pages are always built into dist. */
const built = fileURLToPath(new URL("../../dist/site/", import.meta.url));

let kept: ReadonlyMap<string, SiteFile> | undefined;

/** The files by name, such as `tour.html` and `assets/site.js`; none when the pages have not been built. */
export function siteFiles(): ReadonlyMap<string, SiteFile> {
  kept ??= existsSync(`${built}index.html`) ? readAll(built) : new Map();
  return kept;
}

function readAll(directory: string): ReadonlyMap<string, SiteFile> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const body = readFileSync(path);
      const contentType = types[entry.name.split(".").at(-1) ?? ""] ?? "application/octet-stream";
      const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
      return [relative(directory, path).replaceAll(sep, "/"), { contentType, body, etag }];
    }),
  );
}
