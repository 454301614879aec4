// A node type is one file and one line: with them added to a copy of core, and nothing else changed, it is in palette,
// card, form, preview, checks, try panel and manual.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, type Page, test } from "@playwright/test";
import { build, createServer, type InlineConfig } from "vite";
import { nodesPage } from "../../../scripts/pages/nodes.mjs";
import { card, editorOf, greeting, makeWorkflow, openBuilder } from "./support.js";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Among the packages, so that the copy finds what core depends on. */
const room = () => {
  mkdirSync(at("../../../node_modules/.cache"), { recursive: true });
  return mkdtempSync(at("../../../node_modules/.cache/new-node-"));
};

/** A copy of core with one node type more. */
const coreWithShout = (folder: string): string => {
  const core = join(folder, "core");
  cpSync(at("../../core/src"), core, { recursive: true });
  cpSync(at("./action_shout.txt"), join(core, "nodes/action_shout.ts"));
  const list = join(core, "nodes/index.ts");
  const text = readFileSync(list, "utf8")
    .replace(
      "import { conditionFilter }",
      'import { actionShout } from "./action_shout.js";\nimport { conditionFilter }',
    )
    .replace("  actionModule,", "  actionModule,\n  actionShout,");
  writeFileSync(list, text);
  return core;
};

const configFor = (core: string): InlineConfig => ({
  ...{ root: at(".."), logLevel: "error", configFile: false },
  optimizeDeps: { noDiscovery: true },
  resolve: {
    alias: [
      { find: /^@workflow-core\/core\/triggers$/, replacement: join(core, "triggers/index.ts") },
      { find: /^@workflow-core\/core$/, replacement: join(core, "index.ts") },
    ],
  },
});

const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/** Serves the builder from a folder instead of the server's own. */
const serveFrom = (page: Page, folder: string) =>
  page.route(/^http:\/\/[^/]+\/(?!api\/|health|ready).*$/, (route) => {
    const { pathname } = new URL(route.request().url());
    const file = extname(pathname) === "" ? "/index.html" : pathname;
    const contentType = types[extname(file)] ?? "image/svg+xml";
    return route.fulfill({ contentType, body: readFileSync(join(folder, file)) });
  });

test("a new node type is one file and one line", async ({ page }) => {
  const folder = room();
  try {
    const config = configFor(coreWithShout(folder));
    const reader = await createServer({ ...config, server: { middlewareMode: true, ws: false, watch: null } });
    const { describeNodeTypes } = await reader.ssrLoadModule("@workflow-core/core");
    const { nodeIcons } = await reader.ssrLoadModule(at("../node-icons.ts"));
    await reader.close();
    expect(nodesPage(describeNodeTypes())).toContain(
      "## action_shout\n\n**Shout it out.** Says something in capitals.",
    );

    const outDir = join(folder, "dist");
    await build({ ...config, plugins: [nodeIcons()], build: { outDir, target: "es2023", minify: false } });
    await serveFrom(page, outDir);
    const { start } = greeting("!shout").nodes;
    await openBuilder(page, await makeWorkflow(page, { nodes: { start } }));
    await card(page, "start").click();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("add a node");
    await page.keyboard.press("Enter");
    await page.keyboard.type("shout it");
    await expect(page.getByRole("option", { name: /Shout it out/ }).locator(".lucide-megaphone")).toBeVisible();
    await page.keyboard.press("Enter");
    await expect(card(page, "shout")).toContainText("shout …");
    await card(page, "shout").click();
    await expect(page.locator('[data-path="config.words"]')).toContainText("Words to shout");
    await editorOf(page, "config.words").click();
    await page.keyboard.type("hey {{ username");
    await page.keyboard.press("Escape");
    await expect(page.locator(".preview")).toContainText("hey ada");
    await expect(page.locator('[data-path="config.words"]')).toContainText("As loud as it gets.");
    await expect(card(page, "shout")).toContainText("shout hey");
    await page.getByRole("button", { name: "Try it" }).click();
    await page.getByLabel("Chat message", { exact: true }).fill("!shout");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("log")).toContainText("HEY ADA");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
