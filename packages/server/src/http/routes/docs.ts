// The documentation's pages, and what they are shown with. They are public: they say what is in the repository.
import { z } from "zod";
import { type Answer, raw } from "../envelope.js";
import { type RequestFacts, route } from "../route.js";
import { siteFiles } from "../site.js";

const tag = "Operation";
const name = z.string().meta({ description: "The name of a page, or of a file with its ending." });

/** A page by its name, or a file by its own; with a slash behind it, where it is without. */
function answer(address: string, { headers }: Pick<RequestFacts, "headers">): Answer {
  if (address === "" || address.endsWith("/"))
    return { status: 308, headers: { location: `/docs${address && "/"}${address.slice(0, -1)}` }, body: "" };
  const files = siteFiles();
  const file = files.get(address) ?? files.get(`${address}.html`);
  if (file === undefined) {
    const { body = notBuilt } = files.get("404.html") ?? {};
    return { ...raw("text/html; charset=utf-8", body), status: 404 };
  }
  const kept = { etag: file.etag, "cache-control": "no-cache" };
  if (headers["if-none-match"] === file.etag) return { status: 304, headers: kept, body: "" };
  return raw(file.contentType, file.body, kept);
}

const gives = { contentType: "text/html" };

export const docsRoutes = [
  route({
    method: "GET",
    path: "/docs",
    access: "public",
    tag,
    summary: "Shows this documentation.",
    schema: { gives },
    handler: ({ request }) => answer("index", request),
  }),
  route({
    method: "GET",
    path: "/docs/:page",
    access: "public",
    tag,
    summary: "Shows a page of the documentation.",
    schema: { params: z.object({ page: name }), gives },
    handler: ({ params, request }) => answer(params.page, request),
  }),
  route({
    method: "GET",
    path: "/docs/:folder/:page",
    access: "public",
    tag,
    summary: "Shows a page of a part of the documentation, or gives a file that pages are shown with.",
    schema: { params: z.object({ folder: name, page: name }), gives },
    handler: ({ params: { folder, page }, request }) => answer(`${folder}/${page}`, request),
  }),
];

const notBuilt = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Workflow Core</title></head>
<body>
<h1>There is no such page.</h1>
<p>If the documentation has not been built, build it with <code>npm run build</code>, then start the server again.</p>
</body>
</html>
`;
