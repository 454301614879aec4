// Builds every package in dependency order. `--if-missing` does nothing when the programs are already there,
// so that `npm start` is quick and still works where npm was told not to run scripts; `--no-web` leaves the builder and the
// documentation's pages out.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const built = [
  "packages/core/dist/index.js",
  "packages/server/dist/main.js",
  "packages/web/dist/index.html",
  "packages/server/dist/site/index.html",
];
if (process.argv.includes("--if-missing") && built.every((file) => existsSync(root + file))) process.exit(0);

const require = createRequire(import.meta.url);
const run = (program, args, cwd = root) => {
  const [name, ...path] = program.split("/");
  const file = join(dirname(require.resolve(`${name}/package.json`)), ...path);
  const { status } = spawnSync(process.execPath, [file, ...args], { cwd, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
};

try {
  require.resolve("typescript/package.json");
} catch {
  process.exit(0); // an install without development packages brings the built programs along
}
run("typescript/lib/tsc.js", ["-b"]);
if (!process.argv.includes("--no-web")) {
  const { buildSite } = await import("./site/build.mjs");
  buildSite();
  const vite = (...args) => run("vite/bin/vite.js", ["build", "--logLevel", "warn", ...args], `${root}packages/web`);
  vite("--config", "site.config.ts");
  vite();
}
