// The repository's Markdown as tests see it: files, blocks of code with the words behind their language, headings, links.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** README, ARCHITECTURE, CONTRIBUTING and everything in docs/, as paths from the root. */
export const markdownFiles = (): string[] => [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  ...readdirSync(`${root}docs`, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`)
    .sort(),
];

export const textOf = (file: string): string => readFileSync(root + file, "utf8");

export interface Block {
  language: string;
  /** The words behind the language: `workflow`, or `no-run docker`. */
  words: string[];
  text: string;
  /** Of its first line. */
  line: number;
}

/** The fenced blocks of a text, in order; those in lists are indented. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent = "", info = ""] = /^( *)```(.*)$/.exec(lines[at] ?? "") ?? [undefined, undefined, undefined];
    if (!/^ *```/.test(lines[at] ?? "")) continue;
    const end = lines.findIndex((line, index) => index > at && line.trim() === "```");
    if (end < 0) throw new Error(`line ${at + 1}: the block has no end`);
    const [language = "", ...words] = info.trim().split(/\s+/);
    const body = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
    blocks.push({ language, words, text: body.join("\n"), line: at + 2 });
    at = end;
  }
  return blocks;
}

/** The shell of a page, in order, of those blocks that begin with this word; of those without any word unless given. */
export const shellOf = (file: string, word?: string): string[] =>
  blocksOf(textOf(file)).flatMap(({ language, words, text }) => (language === "sh" && words[0] === word ? [text] : []));

/** The one block with this word, parsed; undefined when there is none. */
export function jsonBlock(text: string, word: string): unknown {
  const [found] = blocksOf(text).filter(({ language, words }) => language === "json" && words.includes(word));
  return found === undefined ? undefined : JSON.parse(found.text);
}

/** The text without its blocks, so that nothing in them is taken for a heading or a link. */
const prose = (text: string): string => text.replace(/^( *)```[\s\S]*?^\1```$/gm, "");

/** The anchors that code hosts give the headings. */
export function anchorsOf(text: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, heading = ""] of prose(text).matchAll(/^#{1,6} +(.+)$/gm)) {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*]/g, "");
    const base = words
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
      .replaceAll(" ", "-");
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    anchors.add(count === 0 ? base : `${base}-${count}`);
  }
  return anchors;
}

/** Where the links and pictures of a text lead. */
export const linksOf = (text: string): string[] =>
  [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
