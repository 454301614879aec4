// Two versions of the program to run side by side: the one before, from the repository's history, and this one, with
// one migration more than the one before can know. Both are in a directory of their own, with the packages of today.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const git = (...words: string[]) => execFileSync("git", words, { cwd: root, stdio: ["ignore", "pipe", "ignore"] });

/**
 * Until there is a release: the first revision that reads every kind of event that is written today. Packages that only
 * it needs are development dependencies of the whole: @fastify/helmet.
 */
const beforeReleases = "e9b57496a9d8ce036011d07f7f9a573d59d1df47";

/**
 * The revision of the version before: PREVIOUS_REVISION, else the last release that is not this very commit; undefined
 * without the history.
 */
export function previousRevision(): string | undefined {
  const found = (...words: string[]) => {
    try {
      return git(...words)
        .toString()
        .trim();
    } catch {
      return undefined;
    }
  };
  const release = () => found("describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", "HEAD^");
  const revision = process.env.PREVIOUS_REVISION ?? release() ?? beforeReleases;
  return found("rev-parse", "--verify", "--quiet", `${revision}^{commit}`);
}

/** Builds a revision into a directory; gives the program's path. Its types were checked when it was new. */
export function buildRevision(revision: string, directory: string): string {
  mkdirSync(directory, { recursive: true });
  const archive = `${directory}.tar`;
  git("archive", `--output=${archive}`, revision, "packages/core", "packages/server");
  execFileSync("tar", ["-xf", archive, "-C", directory]);
  for (const name of ["core", "server"]) translate(join(directory, "packages", name));
  return linked(directory);
}

/** This build and a migration that no older version knows, in a directory; gives the program's path. */
export function buildNext(directory: string, migration: { name: string; sql: string }): string {
  for (const name of ["core", "server"])
    for (const part of ["dist", "bin", "migrations", "proto", "package.json"])
      if (existsSync(`${root}packages/${name}/${part}`))
        cpSync(`${root}packages/${name}/${part}`, join(directory, "packages", name, part), { recursive: true });
  writeFileSync(join(directory, "packages/server/migrations", `${migration.name}.sql`), migration.sql);
  return linked(directory);
}

function translate(home: string): void {
  const sources = join(home, "src");
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  for (const file of readdirSync(sources, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts") || file.endsWith(".test.ts") || file.endsWith(".d.ts")) continue;
    const { outputText } = ts.transpileModule(readFileSync(join(sources, file), "utf8"), { compilerOptions });
    const target = join(home, "dist", file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
}

/** Installed packages for a directory: ours are its own, all others those of the repository. */
function linked(directory: string): string {
  const modules = join(directory, "node_modules");
  mkdirSync(join(modules, "@workflow-core"), { recursive: true });
  for (const name of ["core", "server"]) {
    symlinkSync(`../../packages/${name}`, join(modules, "@workflow-core", name));
    const own = `${root}packages/${name}/node_modules`;
    if (existsSync(own)) symlinkSync(own, join(directory, "packages", name, "node_modules"));
  }
  for (const name of readdirSync(join(root, "node_modules")))
    if (!name.startsWith(".") && name !== "@workflow-core")
      symlinkSync(join(root, "node_modules", name), join(modules, name));
  return join(directory, "packages/server/bin/workflow-core.js");
}
