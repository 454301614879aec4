// What a package has that lies elsewhere in the repository: its licence, and for the server the builder's pages and the
// examples. npm runs it before and after it packs (`prepack`, `postpack --remove`), so that nothing stays in two places.
import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** From the repository's root, by the place in the package. */
const borrowed = {
  core: { LICENSE: "LICENSE" },
  server: { LICENSE: "LICENSE", builder: "packages/web/dist", examples: "examples" },
};
const built = { core: "dist/index.js", server: "dist/main.js" };

const name = process.argv[2];
const remove = process.argv.includes("--remove");
const home = join(root, "packages", name);
for (const [place, from] of Object.entries(borrowed[name])) {
  rmSync(join(home, place), { recursive: true, force: true });
  if (remove) continue;
  if (!existsSync(join(root, from)) || !existsSync(join(home, built[name]))) {
    console.error("What is packed has not been built: npm run build");
    process.exit(1);
  }
  cpSync(join(root, from), join(home, place), { recursive: true });
}
