// Writes the files that are made from the program's own tables; `--check` writes nothing and fails when one of them
// is not what it would be, naming it. Reads the built programs, so it runs after `npm run build`.
// A new generated file is one more entry in the list.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expressionsPage } from "./pages/expressions.mjs";
import { figuresPage } from "./pages/figures.mjs";
import { nodesPage } from "./pages/nodes.mjs";
import { openapiDocument } from "./pages/openapi.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const core = () => import(new URL("../packages/core/dist/index.js", import.meta.url).href);
const server = (module) => import(new URL(`../packages/server/dist/${module}`, import.meta.url).href);

const notice = "<!-- Made by `npm run generate`; do not edit. -->\n\n";

const generated = [
  {
    file: "docs/configuration.md",
    make: async () => notice + (await server("settings/describe.js")).configurationPage(),
  },
  {
    file: ".env.example",
    make: async () => (await server("settings/describe.js")).envExample(),
  },
  {
    file: "docs/errors.md",
    make: async () => notice + (await server("errors.js")).errorsPage(),
  },
  {
    file: "docs/metrics.md",
    make: async () => notice + (await server("observe/describe.js")).metricsPage(),
  },
  {
    file: "docs/nodes.md",
    make: async () => notice + nodesPage((await core()).describeNodeTypes()),
  },
  {
    file: "docs/expressions.md",
    make: async () => {
      const { completions, operators } = await core();
      return notice + expressionsPage(completions(), operators);
    },
  },
  {
    file: "docs/figures.md",
    make: async () => {
      const text = (file) => readFile(root + file, "utf8");
      const results = await text("bench/results.json").then(JSON.parse, () => undefined);
      const report = await text("bench/RESULTS.md").catch(() => undefined);
      return notice + figuresPage({ results, report, readme: await text("README.md") });
    },
  },
  { file: "docs/openapi.json", make: () => openapiDocument(server) },
];

const check = process.argv.includes("--check");
const stale = [];
for (const { file, make } of generated) {
  const text = await make();
  const present = await readFile(root + file, "utf8").catch(() => undefined);
  if (present === text) continue;
  if (check) {
    stale.push(file);
    continue;
  }
  await mkdir(dirname(root + file), { recursive: true });
  await writeFile(root + file, text);
  console.log(`wrote ${file}`);
}
for (const file of stale) console.error(`${file} is stale: run npm run build && npm run generate`);
process.exitCode = stale.length > 0 ? 1 : 0;
