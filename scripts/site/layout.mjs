// The frame around every page: header, contents, the page, what is on it, and where to go on.
import { escapeHtml } from "./markdown.mjs";

const icon = (name, path) =>
  `<svg class="icon" data-icon="${name}" viewBox="0 0 24 24" aria-hidden="true">${path}</svg>`;
const icons = {
  menu: icon("menu", '<path d="M4 6h16M4 12h16M4 18h16"/>'),
  search: icon("search", '<circle cx="11" cy="11" r="7"/><path d="m20 20-3.5-3.5"/>'),
  theme: icon("theme", '<path d="M21 12.8A9 9 0 1 1 11.2 3a7 7 0 0 0 9.8 9.8z"/>'),
};

/** Of a section with a folder, the first page alone, unless one is in it. */
const shownOf = ({ pages, folded }, current) =>
  folded && !pages.some(({ address }) => address === current) ? pages.slice(0, 1) : pages;

const sidebar = (sections, current) =>
  sections
    .map((section) => ({ title: section.title, pages: shownOf(section, current) }))
    .map(
      ({ title, pages }) =>
        `<section><h2>${escapeHtml(title)}</h2><ul>${pages
          .map(
            (page) =>
              `<li><a href="${page.address}"${page.address === current ? ' aria-current="page"' : ""}>${escapeHtml(page.short ?? page.title)}</a></li>`,
          )
          .join("")}</ul></section>`,
    )
    .join("\n");

const onThisPage = (headings) => {
  const shown = headings.filter(({ depth }) => depth === 2);
  if (shown.length < 2) return "";
  return `<nav class="toc" aria-label="On this page"><h2>On this page</h2><ul>${shown
    .map(({ text, id }) => `<li><a href="#${id}">${escapeHtml(text)}</a></li>`)
    .join("")}</ul></nav>`;
};

const around = (before, after) =>
  `<nav class="around" aria-label="Pages before and after">${[
    before && `<a rel="prev" href="${before.address}"><small>Before</small>${escapeHtml(before.title)}</a>`,
    after && `<a rel="next" href="${after.address}"><small>Next</small>${escapeHtml(after.title)}</a>`,
  ]
    .filter(Boolean)
    .join("")}</nav>`;

/** The whole page: {title, address, html, headings, wide?}, the sections of all pages, and its neighbours. */
export const wholePage = (
  { title, address, html, headings, kind = "page" },
  sections,
  before,
  after,
) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<title>${address === "/docs" ? "" : `${escapeHtml(title)} · `}Workflow Core</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/docs/assets/site.css">
<script src="/docs/assets/theme.js"></script>
<script type="module" src="/docs/assets/site.js"></script>
</head>
<body data-kind="${kind}">
<a class="skip" href="#content">Skip to content</a>
<header class="bar">
<button class="quiet menu-button" type="button" aria-expanded="false" aria-controls="contents" aria-label="Contents">${icons.menu}</button>
<a class="brand" href="/docs"><img src="/favicon.svg" alt="" width="24" height="24"><span>Workflow Core</span> <small>Docs</small></a>
<button class="search-button" type="button" aria-label="Search the documentation">${icons.search}<span>Search</span><kbd>/</kbd></button>
<a class="to-builder" href="/">Builder</a>
<button class="quiet theme-button" type="button" aria-label="Light or dark">${icons.theme}</button>
</header>
<div class="frame">
<nav id="contents" class="contents" aria-label="Contents">
${sidebar(sections, address)}
</nav>
<main id="content">
<article class="prose">
${html}
</article>
${around(before, after)}
</main>
${onThisPage(headings)}
</div>
</body>
</html>
`;
