// The documentation's pages as they are served: complete, without another host, every link leading somewhere. They are
// built by `npm run build`, which `npm test` sees to.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routes } from "../../src/http/routes/index.js";
import { siteFiles } from "../../src/http/site.js";
import { type Caller, type TestApp, testApp } from "../support/app.js";
import { markdownFiles } from "../support/markdown.js";

let app: TestApp;
let nobody: Caller;
beforeAll(async () => {
  app = await testApp();
  nobody = await app.as(undefined);
});
afterAll(() => app.close());

const pages = [...siteFiles()].flatMap(([name, { body }]) =>
  name.endsWith(".html") ? [[name, body.toString()] as const] : [],
);
const byName = new Map(pages);
const fileOf = (path: string): string => path.replace(/^\/docs\/?/, "") || "index";

it("has a page for every Markdown file but the README, and one for what is not there", () => {
  expect(pages.length).toBe(markdownFiles().length);
});

describe("serving", () => {
  it("gives pages, parts and files, with their types, and asks browsers to ask again", async () => {
    for (const [path, type] of [
      ["/docs", "text/html"],
      ["/docs/tour", "text/html"],
      ["/docs/concepts/limits", "text/html"],
      ["/docs/assets/site.js", "text/javascript"],
      ["/docs/assets/site.css", "text/css"],
      ["/docs/assets/search.json", "application/json"],
      ["/docs/images/tour-new.png", "image/png"],
    ] as const) {
      const reply = await nobody(path);
      expect([reply.status, String(reply.headers["content-type"]).split(";")[0]], path).toEqual([200, type]);
      expect(reply.headers["cache-control"]).toBe("no-cache");
      expect(reply.headers["content-security-policy"]).toContain("script-src 'self'");
      const again = await nobody(path, { headers: { "if-none-match": String(reply.headers.etag) } });
      expect([again.status, again.text]).toEqual([304, ""]);
    }
  });

  it("leads from an address with a slash at its end to the one without", async () => {
    for (const [path, to] of [
      ["/docs/", "/docs"],
      ["/docs/concepts/", "/docs/concepts"],
    ] as const) {
      const reply = await nobody(path);
      expect([reply.status, reply.headers.location], path).toEqual([308, to]);
    }
  });

  it("says in a page that there is none, and gives nothing beside its files", async () => {
    for (const path of [
      "/docs/nothing",
      "/docs/concepts/nothing",
      "/docs/..%2f..%2fpackage.json",
      "/docs/assets/..%2f..%2fmain.js",
    ]) {
      const reply = await nobody(path);
      expect(reply.status, path).toBe(404);
      expect(reply.text).toContain("There is no such page");
    }
    expect((await nobody("/docs/a/b/c")).json.error.code).toBe("NOT_FOUND");
  });
});

describe.each(pages)("%s", (_name, html) => {
  it("needs no other host, and no script or style of its own", () => {
    const loaded = [...html.matchAll(/<(?:script|img|link)\b[^>]*?(?:src|href)="([^"]+)"/g)].map(
      ([, url]) => url ?? "",
    );
    expect(loaded.filter((url) => !/^\/(docs\/|favicon\.svg$)/.test(url))).toEqual([]);
    expect(html).not.toMatch(/<script>|<style|\sstyle="|\son\w+="/);
  });

  it("has one main heading, a title, and words for every picture", () => {
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect(html).toMatch(/<title>[^<]+<\/title>/);
    expect(html).not.toMatch(/<img(?![^>]*\salt=)/);
  });

  it("has only links that lead somewhere", () => {
    const broken = [...html.matchAll(/<a\b[^>]*?href="([^"]+)"/g)]
      .map(([, href = ""]) => href)
      .filter((href) => {
        if (href === "/" || href === "/openapi.json" || /^https?:/.test(href)) return false;
        const [path = "", anchor] = href.split("#");
        const target = path === "" ? html : byName.get(`${fileOf(path)}.html`);
        if (target === undefined) return !siteFiles().has(fileOf(path));
        return anchor !== undefined && !target.includes(` id="${anchor}"`);
      });
    expect(broken).toEqual([]);
  });
});

it("describes every route of the interface", () => {
  const api = byName.get("api.html") ?? "";
  for (const { method, path } of routes)
    expect(api).toContain(
      `<b class="method ${method.toLowerCase()}">${method}</b> <code>${path.replace(/:(\w+)/g, "{$1}")}</code>`,
    );
});

it("has a search index whose addresses are pages", () => {
  const sections = JSON.parse(siteFiles().get("assets/search.json")?.body.toString() ?? "[]") as { u: string }[];
  expect(sections.length).toBeGreaterThan(150);
  for (const { u } of sections) expect(byName.has(`${fileOf(u.split("#")[0] ?? "")}.html`), u).toBe(true);
});
