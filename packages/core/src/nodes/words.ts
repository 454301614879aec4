// Words for cards on the canvas: drawn values, durations and conditions in one short line. Drafts are incomplete and
// may be wrong in every way, so everything here takes anything and never throws.
import { type Operator, operators } from "../config/operators.js";

/** At most `max` characters, with … for the rest; never ends inside a surrogate pair. */
export const shorten = (text: string, max = 60): string => {
  const line = text.replace(/\s+/g, " ").trim();
  if (line.length <= max) return line;
  const points = [...line];
  return points.length <= max ? line : `${points.slice(0, max - 1).join("")}…`;
};

/** A drawn value in one short line; `fallback` where nothing is drawn yet. */
export const shown = (drawn: unknown, fallback = "…", max = 60): string => {
  if (drawn === undefined || drawn === null || drawn === "") return fallback;
  const text = typeof drawn === "string" ? drawn : (JSON.stringify(drawn) ?? fallback);
  return shorten(text, max) || fallback;
};

/** Those of the candidates that can be names of variables, each once. */
export const names = (...candidates: unknown[]): string[] => [
  ...new Set(candidates.filter((each): each is string => typeof each === "string" && each !== "")),
];

const units: readonly [number, string][] = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
  [1, "s"],
];

/** Seconds as people say them: 90 is "1 min 30 s". Templates are shown as they are. */
export const duration = (drawn: unknown): string => {
  if (typeof drawn !== "number" || !Number.isFinite(drawn)) return shown(drawn);
  if (drawn < 60) return `${Math.round(drawn * 1000) / 1000} s`;
  const words: string[] = [];
  let left = Math.round(drawn);
  for (const [size, unit] of units) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) words.push(`${count} ${unit}`);
  }
  return words.slice(0, 2).join(" ");
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const operatorOf = (name: unknown): Operator | undefined =>
  typeof name === "string" && Object.hasOwn(operators, name) ? operators[name as keyof typeof operators] : undefined;

const joined = (parts: readonly unknown[], word: string, depth: number): string => {
  const sentence = parts.map((part) => spoken(part, depth + 1)).join(` ${word} `) || "…";
  return depth > 0 && parts.length > 1 ? `(${sentence})` : sentence;
};

const spoken = (drawn: unknown, depth: number): string => {
  if (depth > 3) return "…";
  if (!isRecord(drawn)) return shown(drawn);
  if (Array.isArray(drawn.and)) return joined(drawn.and, "and", depth);
  if (Array.isArray(drawn.or)) return joined(drawn.or, "or", depth);
  if ("not" in drawn) return `not ${spoken(drawn.not, depth + 1)}`;
  const operator = operatorOf(drawn.operator);
  if (!operator) return "…";
  const right = operator.operands === 2 ? ` ${shown(drawn.right, "nothing", 30)}` : "";
  return `${shown(drawn.left, "nothing", 30)} ${operator.title}${right}`;
};

/** A drawn condition as a short sentence: `score > 10`, `{{ platform }} equals twitch`. */
export const spokenCondition = (drawn: unknown): string => shorten(spoken(drawn, 0));
