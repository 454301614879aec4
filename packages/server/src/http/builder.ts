// The builder's files: what `npm run build` made of packages/web, at every address that is not the interface's own.
//
// U1. Only files that were there when the server started are given, by their exact names; so no address leads elsewhere.
// U2. Addresses without a file get the page itself, which knows its own addresses; missing assets are 404.
// U3. Files whose name holds a hash of their content never change and are kept by browsers; the page is asked for anew.
// U4. The build lays each file beside itself as .br and .gz: browsers get what they can unpack, nothing is compressed here.
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** In the package, else where the repository builds it; src and dist lie alike. */
const places = [new URL("../../builder/", import.meta.url), new URL("../../../web/dist/", import.meta.url)];

const page = "index.html";
const given = { preCompressed: true, serve: false, cacheControl: false, index: false } as const; // U4
const reserved = /^\/(?:api|docs|health|ready|metrics|openapi\.json)(?:\/|$)/i;
const year = 365 * 24 * 60 * 60 * 1000;

export interface Builder {
  /** Whether an address that no route has is the builder's. */
  takes(request: FastifyRequest): boolean;
  answer(request: FastifyRequest, reply: FastifyReply): FastifyReply;
}

/** Finds the built files; without any, the page says how to build them. */
export async function serveBuilder(app: FastifyInstance, directory = builtDirectory()): Promise<Builder> {
  const files = directory === undefined ? new Set<string>() : await filesIn(directory);
  if (directory !== undefined) {
    await app.register(fastifyStatic, { root: directory, ...given });
  }
  const fileOf = (request: FastifyRequest): string | undefined => {
    const name = decodeURIComponent(pathOf(request)).slice(1);
    if (files.has(name)) return name;
    return /\.\w+$|^\/|^assets\//.test(name) ? undefined : page; // U2
  };
  return {
    takes: (request) =>
      (request.method === "GET" || request.method === "HEAD") &&
      !reserved.test(pathOf(request)) &&
      fileOf(request) !== undefined,
    answer(request, reply) {
      const file = fileOf(request) ?? page;
      if (!files.has(file))
        return reply.type("text/html; charset=utf-8").header("Cache-Control", "no-cache").send(notBuilt);
      const hashed = file.startsWith("assets/");
      reply.header("Vary", "Accept-Encoding");
      reply.header("Cache-Control", hashed ? `public, max-age=${year / 1000}, immutable` : "no-cache");
      return reply.sendFile(file);
    },
  };
}

const pathOf = ({ url }: FastifyRequest): string => url.split("?", 1)[0] ?? "/";

function builtDirectory(): string | undefined {
  return places.map((place) => fileURLToPath(place)).find((place) => existsSync(place + page));
}

async function filesIn(directory: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Set(
    files.map((entry) => relative(directory, `${entry.parentPath}${sep}${entry.name}`).replaceAll(sep, "/")),
  );
}

const notBuilt = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Workflow Core</title><link rel="stylesheet" href="/docs/assets/site.css"></head>
<body>
<h1>Workflow Core is running.</h1>
<p>The builder's pages have not been built. Build them with <code>npm run build</code>, then start the server again.</p>
<p>The interface is described at <a href="/docs">/docs</a>.</p>
</body>
</html>
`;
