// What commands print: results on standard output, everything else on standard error, colours on a terminal only.
import { writeSync } from "node:fs";
import colors from "picocolors";

const { NO_COLOR, TERM } = process.env;

/** Whether a person looks at standard output. */
export const isTerminal = process.stdout.isTTY === true;

/** Colours that do nothing in a pipe; picocolors alone would also paint where CI is set. */
export const paint = colors.createColors(isTerminal && !NO_COLOR && TERM !== "dumb");

/** A line on standard output. */
export const print = (line = ""): void => void process.stdout.write(`${line}\n`);

/** One JSON document on standard output, for programs. */
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

/** A line on standard error. Written at once, so that it is not lost when the program ends right after it. */
export const complain = (line: string): void => {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // Nobody is left to tell.
  }
};

/** Text from outside as it may stand on a terminal: in one line, without control characters. */
export const plain = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  text.replace(/\s*[\n\r]+\s*/g, " ⏎ ").replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
