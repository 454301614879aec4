// Markdown to HTML: headings with the anchors that code hosts give them, links between pages, coloured code, blocks that
// the page's script can run.
import { posix } from "node:path";
import highlight from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import sql from "highlight.js/lib/languages/sql";
import yaml from "highlight.js/lib/languages/yaml";
import { Marked } from "marked";
import { addressOf } from "./pages.mjs";
import { workflowPicture } from "./picture.mjs";

for (const [name, language] of Object.entries({ sh: bash, js: javascript, json, python, sql, yaml }))
  highlight.registerLanguage(name, language);

const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
export const escapeHtml = (text) => String(text).replace(/[&<>"']/g, (character) => escapes[character]);

/** The anchor of a heading; `seen` counts those that are alike. */
const slug = (text, seen) => {
  const base = text
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
  const count = seen.get(base) ?? 0;
  seen.set(base, count + 1);
  return count === 0 ? base : `${base}-${count}`;
};

const plain = (tokens) =>
  tokens.map((token) => (token.tokens ? plain(token.tokens) : (token.text ?? token.raw ?? ""))).join("");

/** What is written over a block that the page can do something with. */
const captions = {
  workflow: "The workflow",
  start: "What comes in",
  answers: "What the world answers",
  outcome: "What happens",
  expression: "Expressions",
  data: "The data",
};

/** Where a link of a file leads on the site; undefined for files that the site does not show. */
const resolved = (href, file, pages) => {
  if (/^(https?:|mailto:|#|\/)/.test(href)) return href;
  const [path, anchor] = href.split("#");
  const target = posix.normalize(posix.join(posix.dirname(file), path)).replace(/\/$/, "");
  const hash = anchor === undefined ? "" : `#${anchor}`;
  if (pages.has(target)) return addressOf(target) + hash;
  if (pages.has(`${target}/README.md`)) return addressOf(`${target}/README.md`) + hash;
  if (target === "docs/openapi.json") return "/openapi.json";
  return target.startsWith("docs/images/") ? `/${target}` : undefined;
};

const codeBlock = ({ text, lang = "" }) => {
  const [language = "", ...words] = lang.split(/\s+/);
  const kind = words.find((word) => captions[word] !== undefined);
  const node = words.find((word) => word.startsWith("node="))?.slice("node=".length);
  const coloured = highlight.getLanguage(language) ? highlight.highlight(text, { language }).value : escapeHtml(text);
  const marks = [
    `data-language="${escapeHtml(language)}"`,
    kind === undefined ? "" : `data-kind="${kind}"`,
    node === undefined ? "" : `data-node="${escapeHtml(node)}"`,
  ];
  const caption = captions[kind] ?? { sh: "Shell", json: "JSON", yaml: "YAML", sql: "SQL", js: "JavaScript" }[language];
  const picture = kind === "workflow" ? workflowPicture(JSON.parse(text)) : "";
  return `${picture}<div class="code" ${marks.filter(Boolean).join(" ")}><div class="code-bar"><span>${caption ?? "Text"}</span></div><pre tabindex="0"><code>${coloured}\n</code></pre></div>\n`;
};

/** {title, html, headings: [{depth, text, id}], sections: [{id, title, text}]} of a Markdown text; `pages` are all files. */
export const renderMarkdown = (text, file, pages) => {
  const seen = new Map();
  const headings = [];
  const sections = [];
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      heading({ tokens, depth }) {
        const words = plain(tokens);
        const id = slug(words, seen);
        headings.push({ depth, text: words, id });
        const inner = this.parser.parseInline(tokens);
        const link =
          depth === 1 ? "" : ` <a class="anchor" href="#${id}" aria-label="Link to ${escapeHtml(words)}">#</a>`;
        return `<h${depth} id="${id}">${inner}${link}</h${depth}>\n`;
      },
      code: codeBlock,
      html: ({ text: raw }) => (raw.startsWith("<!--") ? "" : raw),
      table(token) {
        const row = (cells, tag, scope = "") =>
          `<tr>${cells.map((cell, index) => `<${cell.tokens.length === 0 ? "td" : tag}${cell.tokens.length === 0 ? "" : scope}${token.align[index] ? ` class="${token.align[index]}"` : ""}>${this.parser.parseInline(cell.tokens)}</${cell.tokens.length === 0 ? "td" : tag}>`).join("")}</tr>`;
        const body = token.rows.map((cells) => row(cells, "td")).join("\n");
        const head = token.header.some((cell) => cell.tokens.length > 0)
          ? `<thead>${row(token.header, "th", ' scope="col"')}</thead>`
          : "";
        return `<div class="table" tabindex="0"><table>${head}<tbody>${body}</tbody></table></div>\n`;
      },
      link({ href, title, tokens }) {
        const inner = this.parser.parseInline(tokens);
        const to = resolved(href, file, pages);
        if (to === undefined) return `<span class="file">${inner}</span>`;
        return `<a href="${escapeHtml(to)}"${title ? ` title="${escapeHtml(title)}"` : ""}>${inner}</a>`;
      },
      image({ href, text: alt }) {
        return `<img src="${escapeHtml(resolved(href, file, pages) ?? href)}" alt="${escapeHtml(alt)}" loading="lazy">`;
      },
    },
  });
  const tokens = marked.lexer(text);
  collect(tokens, sections);
  const html = marked.parser(tokens);
  for (const [index, section] of sections.entries()) section.id = headings[index]?.id ?? "";
  return { title: headings[0]?.text ?? file, html, headings, sections };
};

/** The text under each heading, for the search. */
const collect = (tokens, sections) => {
  for (const token of tokens) {
    if (token.type === "heading") sections.push({ title: plain(token.tokens), text: "" });
    else if (sections.length > 0) sections.at(-1).text += ` ${words(token)}`;
  }
};

const words = (token) => {
  if (token.type === "code") return token.text.length > 600 ? "" : token.text;
  if (token.type === "html") return "";
  if (token.type === "table")
    return [token.header, ...token.rows].flatMap((row) => row.map((cell) => plain(cell.tokens))).join(" ");
  if (token.items) return token.items.map((item) => plain(item.tokens)).join(" ");
  return token.tokens ? plain(token.tokens) : (token.text ?? "");
};
