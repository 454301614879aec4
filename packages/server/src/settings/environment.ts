// The file `.env` and names that were probably meant to be ours.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { Environment } from "./load.js";
import { rows, type SettingName } from "./table.js";

/**
 * Adds the variables of `<directory>/.env`, if there is one, to `env`; what is set there already stays, even empty.
 * Returns the file's path, or undefined when there is none. Throws when it is there and cannot be read.
 */
export function loadEnvironment(directory: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const file = join(directory, ".env");
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  for (const [name, value] of Object.entries(parseEnv(content))) env[name] ??= value ?? "";
  return file;
}

/** Names in the environment that are within two letters of one of ours, each with the name that was probably meant. */
export function misspelt(env: Environment): { name: string; meant: SettingName }[] {
  const names = rows.map(([name]) => name);
  const known = new Set<string>(names);
  return Object.keys(env)
    .filter((name) => !known.has(name))
    .flatMap((name) => {
      const meant = names.find((each) => distance(name.toUpperCase(), each) <= tolerance(each));
      // Where the right name is set as well, the other one belongs to some other program.
      return meant === undefined || env[meant] ? [] : [{ name, meant }];
    });
}

/** Short names have too many neighbours (HOST and HOME) to guess from. */
function tolerance(name: string): number {
  if (name.length < 6) return 0;
  return name.length < 10 ? 1 : 2;
}

/** How many letters must be changed, added or dropped to make one word of the other (Levenshtein). */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const current = [i + 1];
    for (const [j, other] of [...b].entries()) {
      current.push(Math.min(previous[j + 1]! + 1, current[j]! + 1, previous[j]! + (letter === other ? 0 : 1)));
    }
    previous = current;
  }
  return previous[b.length]!;
}
