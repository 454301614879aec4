// What tests of the command line share: a directory of their own, with files in it.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";
import { type CliOptions, type CliResult, cli } from "./cli.js";
import { temporaryDirectory } from "./processes.js";

const examples = fileURLToPath(new URL("../../../../examples/", import.meta.url));

/** The path of an example workflow. */
export const example = (name: string): string => join(examples, `${name}.workflow.json`);

export interface CliBench {
  /** The directory in which the program is started. */
  readonly cwd: string;
  /** Runs the program with the words of a line, and more words that may hold blanks. */
  run(args: string, options?: Partial<CliOptions> & { words?: string[] }): Promise<CliResult>;
  /** Writes a file, JSON unless it is text; gives its path. */
  file(name: string, content: unknown): string;
}

/** Sets the bench up for the tests of the file that calls it. */
export function cliBench(): CliBench {
  let cwd = "";
  beforeAll(() => {
    cwd = temporaryDirectory("workflow-core-cli-");
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));
  return {
    get cwd() {
      return cwd;
    },
    run: (args, { words = [], ...rest } = {}) =>
      cli([...args.split(" ").filter((word) => word !== ""), ...words], { cwd, ...rest }),
    file: (name, content) => {
      const path = join(cwd, name);
      writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
      return path;
    },
  };
}
