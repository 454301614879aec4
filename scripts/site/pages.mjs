// Which pages the documentation has, in which order and under which headings. Pages of docs/ that are not named here
// stand under More, so that none is lost.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

const sections = [
  { title: "Start here", files: ["docs/README.md", "docs/tour.md"] },
  {
    title: "Concepts",
    files: [
      "docs/concepts/workflows.md",
      "docs/concepts/triggers.md",
      "docs/concepts/executions.md",
      "docs/concepts/expressions.md",
      "docs/concepts/limits.md",
      "docs/concepts/permissions.md",
      "docs/concepts/secrets.md",
      "docs/concepts/practice.md",
    ],
  },
  { title: "Cookbook", files: ["docs/cookbook/README.md"], folder: "docs/cookbook" },
  {
    title: "Reference",
    files: [
      "docs/nodes.md",
      "docs/expressions.md",
      "docs/api.md",
      "docs/configuration.md",
      "docs/errors.md",
      "docs/metrics.md",
    ],
  },
  {
    title: "Running it",
    files: [
      "docs/operations.md",
      "docs/capacity.md",
      "docs/figures.md",
      "docs/troubleshooting.md",
      "docs/security.md",
      "docs/comparison.md",
    ],
  },
  { title: "The project", files: ["ARCHITECTURE.md", "CONTRIBUTING.md"] },
];

const markdownIn = (folder) =>
  readdirSync(root + folder, { recursive: true })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `${folder}/${file}`)
    .sort();

/** [{title, files, folded}], files as paths from the repository's root. */
export const contents = () => {
  const listed = sections.map(({ title, files, folder }) => ({
    title,
    folded: folder !== undefined,
    files: folder === undefined ? files : [...new Set([...files, ...markdownIn(folder)])],
  }));
  const known = new Set(listed.flatMap(({ files }) => files));
  const more = markdownIn("docs").filter((file) => !known.has(file));
  return more.length === 0 ? listed : [...listed, { title: "More", files: more }];
};

/** docs/concepts/limits.md → /docs/concepts/limits; docs/README.md → /docs; ARCHITECTURE.md → /docs/architecture. */
export const addressOf = (file) =>
  `/docs/${file.replace(/^docs\//, "").replace(/\.md$/, "")}`
    .replace(/\/README$/, "")
    .replace(/^\/docs\/([A-Z]+)$/, (_whole, name) => `/docs/${name.toLowerCase()}`);
