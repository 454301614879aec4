// `npm test`: the tests, then the browser stories. Arguments go to the tests; with a path among them the stories are
// left out. What is skipped for want of a program is named and counted.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const given = process.argv.slice(2);
const run = (command, args, env = {}) =>
  spawnSync("npx", ["--no-install", command, ...args], { cwd: root, stdio: "inherit", env: { ...process.env, ...env } })
    .status === 0;

let ok = run("vitest", ["run", ...given]);
if (!given.some((each) => !each.startsWith("-"))) {
  const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const chromium = process.env.CHROMIUM_PATH ?? places.find(existsSync);
  const folder = `${root}packages/web/e2e`;
  const stories = readdirSync(folder)
    .filter((file) => file.endsWith(".spec.ts"))
    .reduce((sum, file) => sum + (readFileSync(`${folder}/${file}`, "utf8").match(/^\s*test\(/gm) ?? []).length, 0);
  if (chromium === undefined)
    console.log(`\n${stories} browser stories skipped: Chromium is not there (CHROMIUM_PATH says where it is)`);
  else
    ok =
      run("playwright", ["test", "--config", "packages/web/playwright.config.ts"], { CHROMIUM_PATH: chromium }) && ok;
}
process.exit(ok ? 0 : 1);
