// Every link of the documentation leads somewhere: to a file that is there, and to a heading of it.
import { existsSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorsOf, linksOf, markdownFiles, root, textOf } from "../support/markdown.js";

const files = markdownFiles();

const problemOf = (file: string, link: string): string | undefined => {
  if (/^(https?:|mailto:)/.test(link)) return undefined;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? file : posix.normalize(posix.join(posix.dirname(file), path));
  if (target.startsWith("..") || !existsSync(root + target)) return `${link}: there is no ${target}`;
  if (anchor === undefined) return undefined;
  return anchorsOf(textOf(target)).has(anchor) ? undefined : `${link}: ${target} has no heading #${anchor}`;
};

describe.each(files)("%s", (file) => {
  it("has only links that lead somewhere", () => {
    expect(linksOf(textOf(file)).flatMap((link) => problemOf(file, link) ?? [])).toEqual([]);
  });
});

it("can be reached: every page is linked from another", () => {
  const linked = new Set(
    files.flatMap((file) =>
      linksOf(textOf(file)).map((link) =>
        posix
          .normalize(posix.join(posix.dirname(file), link.split("#")[0] ?? ""))
          .replace(/^docs\/?$/, "docs/README.md"),
      ),
    ),
  );
  expect(files.filter((file) => file !== "README.md" && !linked.has(file))).toEqual([]);
});
