// Writes the documentation's pages to packages/server/dist/site, from where the server gives them under /docs.
// Reads docs/ only; the script and the style beside the pages are built by packages/web/site.config.ts.
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { wholePage } from "./layout.mjs";
import { renderMarkdown } from "./markdown.mjs";
import { openapiReference } from "./openapi.mjs";
import { addressOf, contents, root } from "./pages.mjs";

const target = join(root, "packages/server/dist/site");
const shortTitles = { "docs/README.md": "Overview", "docs/cookbook/README.md": "All recipes" };

/** What a page has beside its Markdown. */
const additions = {
  "docs/api.md": () => openapiReference(JSON.parse(readFileSync(join(root, "docs/openapi.json"), "utf8"))),
};

const readPage = (file, files) => {
  const page = renderMarkdown(readFileSync(root + file, "utf8"), file, files);
  const more = additions[file]?.();
  if (more !== undefined) {
    page.html += more.html;
    page.headings.push(...more.headings);
    page.sections.push(...more.sections);
  }
  return {
    ...page,
    file,
    address: addressOf(file),
    short: shortTitles[file],
    kind: file === "docs/README.md" ? "home" : "page",
  };
};

const write = (name, text) => {
  const file = join(target, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};

const searchIndex = (pages) =>
  pages.flatMap(({ address, title, sections }) =>
    sections.map(({ id, title: heading, text }, index) => ({
      u: index === 0 ? address : `${address}#${id}`,
      p: title,
      h: heading,
      t: text.replace(/\s+/g, " ").trim().slice(0, 500),
    })),
  );

/** Builds all pages; gives how many. */
export const buildSite = () => {
  rmSync(target, { recursive: true, force: true });
  const listed = contents();
  const files = new Set(listed.flatMap(({ files: each }) => each));
  const sections = listed.map(({ title, folded, files: each }) => ({
    title,
    folded,
    pages: each.map((file) => readPage(file, files)),
  }));
  const pages = sections.flatMap(({ pages: each }) => each);
  for (const [index, page] of pages.entries())
    write(
      page.address === "/docs" ? "index.html" : `${page.address.replace(/^\/docs\//, "")}.html`,
      wholePage(page, sections, pages[index - 1], pages[index + 1]),
    );
  const missing = { title: "There is no such page", address: "", html: notFound, headings: [] };
  write("404.html", wholePage(missing, sections, undefined, undefined));
  write("assets/search.json", JSON.stringify(searchIndex(pages)));
  cpSync(join(root, "docs/images"), join(target, "images"), { recursive: true });
  copyFileSync(fileURLToPath(new URL("theme.js", import.meta.url)), join(target, "assets/theme.js"));
  return pages.length;
};

const notFound = `<h1>There is no such page</h1>
<p>It may have moved. The contents and the search lead on; <a href="/docs">the overview</a> is where the documentation begins.</p>`;
