// Functions and methods of numbers. A result that is no finite number is an error.
import { type Evaluation, fail, spend, spendText } from "../evaluation.js";
import { describe, orNull, type Value } from "../values.js";
import { fn, method } from "./entry.js";

const group = "numbers";

const finite = (at: Evaluation, result: number, what: string): number =>
  Number.isFinite(result) ? result : fail(at, "EXPRESSION_VALUE", `${what} is not a finite number`);

const digitsWithin = (at: Evaluation, digits: number): number =>
  digits >= 0 && digits <= 15
    ? digits
    : fail(at, "EXPRESSION_VALUE", `digits has to be from 0 to 15, but it is ${digits}`);

/** Rounds as people do on paper: 1.005 to 2 digits is 1.01, whatever its binary form. */
const rounded = (at: Evaluation, x: number, digits = 0): number => {
  spend(at, 1);
  const places = digitsWithin(at, digits);
  if (places === 0 || !/^-?\d+(?:\.\d+)?$/.test(String(x))) return Math.round(x);
  const shifted = Math.round(Number(`${Math.abs(x)}e${places}`));
  return Math.sign(x) * Number(`${shifted}e-${places}`);
};

/** The number that a text such as " 12.5 " writes; undefined when it writes none. */
const numberIn = (value: Value): number | undefined => {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string" || value.length > 400) return undefined;
  const text = value.trim();
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,4})?$/i.test(text)) return undefined;
  const result = Number(text);
  return Number.isFinite(result) ? result : undefined;
};

const read = (at: Evaluation, value: Value, fallback?: Value): Value => {
  const result = numberIn(value) ?? fallback;
  if (result !== undefined) return result;
  return fail(
    at,
    "EXPRESSION_VALUE",
    `a number was to be read, but it is ${describe(value)}`,
    value === undefined || value === null ? "value" : undefined,
  );
};

const leading = (at: Evaluation, text: Value, pattern: RegExp): Value => {
  if (typeof text === "string") spendText(at, text.length);
  const front = typeof text === "string" ? pattern.exec(text.slice(0, 400))?.[0] : undefined;
  return read(at, typeof text === "string" ? front : text);
};

/** The numbers of a call such as max(1, 2) or max(list). */
const numbersOf = (at: Evaluation, name: string, values: readonly Value[]): number[] => {
  const [first] = values;
  const list = values.length === 1 && Array.isArray(first) ? first : values;
  spend(at, 1 + (list.length >> 3));
  return list.map((value) =>
    typeof value === "number"
      ? value
      : fail(at, "EXPRESSION_TYPE", `${name} needs numbers, but one is ${describe(value)}`),
  );
};

/** The sum of the numbers in a list. */
export const sumOf = (at: Evaluation, values: readonly Value[]): number =>
  finite(
    at,
    numbersOf(at, "sum", [values.map(orNull)]).reduce((sum, value) => sum + value, 0),
    "the sum",
  );

const extreme = (
  at: Evaluation,
  name: string,
  values: readonly Value[],
  better: (a: number, b: number) => boolean,
): Value => {
  const numbers = numbersOf(at, name, values);
  return numbers.length === 0 ? undefined : numbers.reduce((best, value) => (better(value, best) ? value : best));
};

export const numberFunctions = [
  fn(
    group,
    "round(x: number, digits?: whole): number",
    "The nearest number with so many digits after the point.",
    ["round(3.14159, 2)", 3.14],
    rounded,
  ),
  fn(group, "floor(x: number): number", "The next whole number downwards.", ["floor(2.9)", 2], (_at, x) =>
    Math.floor(x),
  ),
  fn(group, "ceil(x: number): number", "The next whole number upwards.", ["ceil(2.1)", 3], (_at, x) => Math.ceil(x)),
  fn(group, "abs(x: number): number", "The number without its sign.", ["abs(-5)", 5], (_at, x) => Math.abs(x)),
  fn(
    group,
    "min(...values: value): number",
    "The smallest of some numbers, or of a list of numbers.",
    ["min(3, 1, 2)", 1],
    (at, ...values) => extreme(at, "min", values, (a, b) => a < b),
  ),
  fn(
    group,
    "max(...values: value): number",
    "The largest of some numbers, or of a list of numbers.",
    ["max([3, 1, 2])", 3],
    (at, ...values) => extreme(at, "max", values, (a, b) => a > b),
  ),
  fn(group, "sum(list: list): number", "The sum of a list of numbers.", ["sum([1, 2, 3])", 6], sumOf),
  fn(
    group,
    "avg(list: list): number",
    "The mean of a list of numbers; nothing for an empty list.",
    ["avg([1, 2, 6])", 3],
    (at, list) => (list.length === 0 ? undefined : sumOf(at, list) / list.length),
  ),
  fn(
    group,
    "clamp(x: number, low: number, high: number): number",
    "The number, but not below low and not above high.",
    ["clamp(120, 0, 100)", 100],
    (_at, x, low, high) => Math.min(Math.max(x, low), high),
  ),
  fn(
    group,
    "number(value: value, fallback?: value): number",
    "The number that a text writes, or the fallback; an error if there is neither.",
    ['number("12.5")', 12.5],
    read,
  ),
  fn(
    group,
    "isNumber(value: value): boolean",
    "Whether a value is a number, or a text that writes one.",
    ['isNumber("12a")', false],
    (_at, value) => typeof value !== "boolean" && numberIn(value) !== undefined,
  ),
  fn(
    group,
    "parseInt(value: value): number",
    "The whole number at the front of a text.",
    ['parseInt("12 points")', 12],
    (at, value) => {
      const result = leading(at, value, /^\s*[+-]?\d+/);
      return typeof result === "number" ? Math.trunc(result) : result;
    },
  ),
  fn(
    group,
    "parseFloat(value: value): number",
    "The number at the front of a text.",
    ['parseFloat("2.5 m")', 2.5],
    (at, value) => leading(at, value, /^\s*[+-]?\d+(?:\.\d+)?/),
  ),
  fn(group, "Math.trunc(x: number): number", "The number without its fraction.", ["Math.trunc(-2.7)", -2], (_at, x) =>
    Math.trunc(x),
  ),
  fn(group, "Math.sign(x: number): number", "-1, 0 or 1.", ["Math.sign(-3)", -1], (_at, x) => Math.sign(x)),
  fn(group, "Math.sqrt(x: number): number", "The square root.", ["Math.sqrt(9)", 3], (at, x) =>
    finite(at, Math.sqrt(x), `the square root of ${x}`),
  ),
  fn(
    group,
    "Math.pow(x: number, power: number): number",
    "A number to a power.",
    ["Math.pow(2, 10)", 1024],
    (at, x, power) => finite(at, x ** power, `${x} to the power of ${power}`),
  ),
  fn(
    group,
    "Number.isInteger(value: value): boolean",
    "Whether a value is a whole number.",
    ["Number.isInteger(2.5)", false],
    (_at, value) => Number.isInteger(value),
  ),
  method(
    "number",
    "toFixed(digits?: whole): text",
    "The number as text with so many digits after the point.",
    ["(2.5).toFixed(2)", "2.50"],
    (at, x, digits = 0) => rounded(at, x, digits).toFixed(digitsWithin(at, digits)),
  ),
  method(
    "number",
    "round(digits?: whole): number",
    "The nearest number with so many digits after the point.",
    ["(2.345).round(1)", 2.3],
    rounded,
  ),
  method("number", "toString(): text", "The number as text.", ["(12).toString()", "12"], (_at, x) => String(x)),
  method("boolean", "toString(): text", "`true` or `false`.", ["true.toString()", "true"], (_at, value) =>
    String(value),
  ),
];
