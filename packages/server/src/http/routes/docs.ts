// The documentation page and its style.
import { docsPage, docsStyle } from "../docs-page.js";
import { raw } from "../envelope.js";
import { route } from "../route.js";

const tag = "Operation";

/** The page of each document; a server has one document, and it never changes. */
const pages = new WeakMap<object, string>();
function pageOf(document: object): string {
  const page = pages.get(document) ?? docsPage(document);
  pages.set(document, page);
  return page;
}

export const docsRoutes = [
  route({
    method: "GET",
    path: "/docs",
    access: "public",
    tag,
    summary: "Shows this documentation as a page.",
    schema: { gives: { contentType: "text/html" } },
    handler: ({ request }) => raw("text/html; charset=utf-8", pageOf(request.openapi())),
  }),
  route({
    method: "GET",
    path: "/docs/style.css",
    access: "public",
    tag,
    summary: "Gives the style of the documentation page.",
    schema: { gives: { contentType: "text/css" } },
    handler: () => raw("text/css; charset=utf-8", docsStyle, { "cache-control": "public, max-age=3600" }),
  }),
];
