// Builds every package in dependency order. `--if-missing` does nothing when the programs are already there,
// so that `npm start` is quick and still works where npm was told not to run scripts.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const built = ["packages/core/dist/index.js", "packages/server/dist/main.js"];
if (process.argv.includes("--if-missing") && built.every((file) => existsSync(root + file))) process.exit(0);

const require = createRequire(import.meta.url);
const run = (module, args, cwd = root) => {
  const { status } = spawnSync(process.execPath, [require.resolve(module), ...args], { cwd, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
};

let compiler;
try {
  compiler = require.resolve("typescript/lib/tsc.js");
} catch {
  process.exit(0); // an install without development packages brings the built programs along
}
run(compiler, ["-b"]);
