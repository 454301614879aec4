// The grammar of a schedule: five fields, as cron has always had them. Says what is wrong with an expression while it
// is being drawn, also when every part of it is right but no year has such a day.

interface CronField {
  name: string;
  min: number;
  max: number;
  /** A longer step than the field has values would be a mistake. */
  maxStep: number;
  words: readonly string[];
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const cronFields: readonly CronField[] = [
  { name: "minute", min: 0, max: 59, maxStep: 60, words: [] },
  { name: "hour", min: 0, max: 23, maxStep: 24, words: [] },
  { name: "day of month", min: 1, max: 31, maxStep: 31, words: [] },
  { name: "month", min: 1, max: 12, maxStep: 12, words: months },
  { name: "day of week", min: 0, max: 7, maxStep: 7, words: days },
];

const element = /^(?:(\*)|(\d{1,2}|[a-z]{3})(?:-(\d{1,2}|[a-z]{3}))?)(?:\/(\d{1,2}))?$/i;

/** The number of one value, or undefined when the field has no such value. */
const numberOf = (field: CronField, text: string): number | undefined => {
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    return number >= field.min && number <= field.max ? number : undefined;
  }
  const index = field.words.indexOf(text.toLowerCase());
  return index < 0 ? undefined : field.min + index;
};

const outside = (field: CronField, text: string): string => {
  const words = field.words.length > 0 ? ` or ${field.words[0]} to ${field.words.at(-1)}` : "";
  return `${field.name}: "${text}" must be ${field.min} to ${field.max}${words}`;
};

const elementProblem = (field: CronField, text: string): string | undefined => {
  const [matched, star, first, last, step] = element.exec(text) ?? [];
  if (matched === undefined)
    return `${field.name}: "${text}" must be *, a number, a range such as 1-5, or one of these with a step such as */15`;
  if (step !== undefined && (Number(step) < 1 || Number(step) > field.maxStep))
    return `${field.name}: the step of "${text}" must be 1 to ${field.maxStep}`;
  if (star !== undefined || first === undefined) return undefined;
  const from = numberOf(field, first);
  if (from === undefined) return outside(field, first);
  if (last === undefined) return undefined;
  // Sunday closes a week as well as it opens one: fri-sun is 5-7.
  const to = last.toLowerCase() === "sun" && field.words === days ? 7 : numberOf(field, last);
  if (to === undefined) return outside(field, last);
  return from > to ? `${field.name}: the range "${text}" must go upwards` : undefined;
};

/** The values that one element without a star names; its parts have been checked. */
const valuesOf = (field: CronField, text: string): number[] => {
  const [, , first = "", last, step] = element.exec(text) ?? [];
  const from = numberOf(field, first) ?? field.min;
  const to = last === undefined ? (step === undefined ? from : field.max) : (numberOf(field, last) ?? field.max);
  const values: number[] = [];
  for (let value = from; value <= to; value += Number(step ?? 1)) values.push(value);
  return values;
};

const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether no month has any of the days. A star holds day 1, or January; a weekday beside the days would be enough. */
const neverFires = ([, , day = "*", month = "*", weekday = "*"]: readonly string[]): boolean => {
  const [, , dayField, monthField] = cronFields;
  if (!dayField || !monthField || day.includes("*") || !weekday.startsWith("*")) return false;
  const firstDay = Math.min(...day.split(",").flatMap((text) => valuesOf(dayField, text)));
  const months = month.includes("*") ? [1] : month.split(",").flatMap((text) => valuesOf(monthField, text));
  return months.every((each) => firstDay > (longestMonths[each - 1] ?? 0));
};

/** What is wrong with a five-field cron expression, as a sentence; undefined when nothing is. */
export const cronProblem = (expression: string): string | undefined => {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== 5 || parts[0] === "")
    return "must have five fields: minute, hour, day of month, month, day of week";
  for (const [index, field] of cronFields.entries()) {
    for (const text of (parts[index] ?? "").split(",")) {
      const problem = elementProblem(field, text);
      if (problem) return problem;
    }
  }
  return neverFires(parts) ? `never fires: no such month has a day ${parts[2]}` : undefined;
};
