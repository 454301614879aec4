// Secrets in workflows. Core never sees one: `{{ secrets.name }}` gives a placeholder, and whoever makes the call puts
// the value in its place, at the last moment.
//
// X1. A placeholder holds a mark that is drawn for each execution and told to nobody, so no text from outside can be one.
// X2. What people are shown never holds a mark: the history shows `[secret name]`.
import type { Json } from "./json.js";

/** How expressions name a secret: `secrets.` and its name. */
export const secretPrefix = "secrets.";

/** What a secret may be called. */
export const secretNamePattern = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** Lower-case letters and digits only, so that a placeholder stays what it is in addresses, hosts and headers. */
const hex = (name: string): string =>
  Array.from(name, (character) => character.charCodeAt(0).toString(16).padStart(2, "0")).join("");
const unhex = (digits: string): string =>
  digits.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)));

const placeholders = (mark: string): RegExp => new RegExp(`wcs${mark}x((?:[0-9a-f]{2}){1,64})x`, "g");
const markPattern = /^[0-9a-f]{32}$/;

/** What stands for a secret where it cannot be seen. */
export const hiddenSecret = (name: string): string => `[secret ${name}]`;

/** What `secrets.name` evaluates to; without a mark (32 hexadecimal digits), something that nobody resolves. */
export const secretPlaceholder = (mark: string | undefined, name: string): string =>
  mark !== undefined && markPattern.test(mark) ? `wcs${mark}x${hex(name)}x` : hiddenSecret(name);

/** Whether a text begins with something that stands for a secret. */
export const beginsWithSecret = (text: string): boolean =>
  /^\s*(?:wcs[0-9a-f]{32}x(?:[0-9a-f]{2})+x|\[secret \w+\])/.test(text);

/** The text with every placeholder of this mark replaced; `before` is the new text up to it. */
export const replaceSecrets = (text: string, mark: string, value: (name: string, before: string) => string): string => {
  let [result, position] = ["", 0];
  for (const match of markPattern.test(mark) ? text.matchAll(placeholders(mark)) : []) {
    result += text.slice(position, match.index);
    result += value(unhex(match[1] ?? ""), result);
    position = match.index + match[0].length;
  }
  return position === 0 ? text : result + text.slice(position);
};

/** A copy with `change` applied to every text in it, names of members included; the same value when nothing changes. */
export const mapTexts = (value: Json, change: (text: string) => string): Json => {
  if (typeof value === "string") return change(value);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [change(key), mapTexts(item, change)]));
};

/** The value as people may see it (X2). */
export const hideSecrets = (value: Json, mark: string | undefined): Json =>
  mark === undefined ? value : mapTexts(value, (text) => replaceSecrets(text, mark, hiddenSecret));
