// Log lines for people at a terminal: time, level, action, message, and the rest as key=value.

import colors from "picocolors";

const paint: Record<string, (text: string) => string> = {
  DEBUG: colors.dim,
  INFO: colors.green,
  WARNING: colors.yellow,
  ERROR: colors.red,
  CRITICAL: (text) => colors.bold(colors.red(text)),
};

/** A line of the log as a human reads it, with its line break. The stack of an error stands on lines of its own. */
export function prettyLine(json: string): string {
  const {
    timestamp,
    level,
    module: _,
    event_type,
    action,
    message,
    error,
    ...rest
  } = JSON.parse(json) as Record<string, unknown>; // our own line
  const name = String(level);
  const head = [
    colors.dim(String(timestamp).slice(11, 23)),
    (paint[name] ?? String)(name.padEnd(8)),
    colors.bold(plain(String(action))),
    plain(String(message)),
  ];
  const pairs = Object.entries(rest).map(([key, value]) => colors.dim(`${plain(key)}=${plain(shown(value))}`));
  if (event_type !== "SYSTEM" && event_type !== "AUDIT") pairs.unshift(colors.dim(`event_type=${String(event_type)}`));
  return `${[...head, ...pairs].join(" ")}${stack(error)}\n`;
}

function shown(value: unknown): string {
  return typeof value === "string" && !/[\s="]/.test(value) ? value : JSON.stringify(value);
}

function stack(error: unknown): string {
  if (typeof error !== "object" || error === null || !("stack" in error)) return "";
  return String(error.stack)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => `\n    ${colors.dim(plain(line))}`)
    .join("");
}

/** Control characters from outside must not reach the terminal. */
function plain(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return value.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
}
