// The one table of all that can be called: behaviour, documentation and completion are read from here. A new function
// is one entry in one of the files below; its example is its test.
import type { Kind } from "../values.js";
import { dateFunctions } from "./dates.js";
import type { Entry } from "./entry.js";
import { listFunctionMethods } from "./list-functions.js";
import { listMethods } from "./lists.js";
import { listBuilders, valueFunctions } from "./misc.js";
import { numberFunctions } from "./numbers.js";
import { objectFunctions } from "./objects.js";
import { textMethods } from "./text.js";
import { textPartMethods } from "./text-parts.js";
import { textSearchMethods } from "./text-search.js";

const own: readonly Entry[] = [
  ...textMethods,
  ...textPartMethods,
  ...textSearchMethods,
  ...numberFunctions,
  ...listMethods,
  ...listFunctionMethods,
  ...listBuilders,
  ...objectFunctions,
  ...dateFunctions,
  ...valueFunctions,
];

/** What people type because JavaScript has it: the same functions under other names. */
const aliases: Readonly<Record<string, string>> = {
  "Math.round": "round",
  "Math.floor": "floor",
  "Math.ceil": "ceil",
  "Math.abs": "abs",
  "Math.min": "min",
  "Math.max": "max",
  "Math.random": "random",
  "JSON.stringify": "json",
  "JSON.parse": "parseJson",
  "Object.keys": "keys",
  "Object.values": "values",
  "Object.entries": "entries",
  "Object.assign": "merge",
  "Object.hasOwn": "has",
  "Number.parseFloat": "parseFloat",
  "Number.parseInt": "parseInt",
  "Date.parse": "timestamp",
  encodeURIComponent: "urlEncode",
  String: "text",
  Number: "number",
  Boolean: "boolean",
};

const aliasOf = (alias: string, name: string): Entry => {
  const entry = own.find((candidate) => candidate.on === undefined && candidate.name === name);
  if (entry === undefined) throw new Error(`the alias ${alias} stands for ${name}, which is not in the table`);
  const [source, value] = entry.example;
  return {
    ...entry,
    name: alias,
    signature: entry.signature.replace(name, alias),
    example: [source.replace(name, alias), value],
    aliasOf: name,
  };
};

/** Every function and method, and what is only another name of one. */
export const functions: readonly Entry[] = [
  ...own,
  ...Object.entries(aliases).map(([alias, name]) => aliasOf(alias, name)),
];

const functionsByName = new Map(functions.filter(({ on }) => on === undefined).map((entry) => [entry.name, entry]));
const methodsByName = new Map<string, Map<Kind, Entry>>();
for (const entry of functions) {
  if (entry.on === undefined) continue;
  const byKind = methodsByName.get(entry.name) ?? new Map<Kind, Entry>();
  methodsByName.set(entry.name, byKind.set(entry.on, entry));
}

/** The function of this name, such as `round` or `Math.round`. */
export const functionNamed = (name: string): Entry | undefined => functionsByName.get(name);

/** The methods of this name by the kind of value they belong to. */
export const methodsNamed = (name: string): ReadonlyMap<Kind, Entry> | undefined => methodsByName.get(name);

export const functionNames = (): Iterable<string> => functionsByName.keys();
export const methodNames = (): Iterable<string> => methodsByName.keys();
