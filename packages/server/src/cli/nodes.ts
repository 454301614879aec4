// `workflow-core nodes [TYPE]`: the node types, or all that there is to know about one, read from the node files.
import { describeNodeTypes, type FieldDescription, type NodeTypeDescription } from "@workflow-core/core";
import { CommandFailure, exitCodes } from "./command-failure.js";
import { paint, print, printJson } from "./console.js";

/** Prints one type or all. Throws CommandFailure when there is no such type. */
export function nodes(name: string | undefined, options: { json?: true }): void {
  const all = describeNodeTypes();
  if (name === undefined) {
    if (options.json) printJson(all);
    else list(all);
    return;
  }
  const found = all.find(({ type }) => type === name);
  if (found === undefined) throw new CommandFailure(unknown(name, all), exitCodes.usage);
  if (options.json) printJson(found);
  else page(found);
}

function unknown(name: string, all: readonly NodeTypeDescription[]): string {
  const near = all.map(({ type }) => type).filter((type) => type.split("_").some((word) => name.includes(word)));
  const advice = near.length > 0 ? `Perhaps: ${near.join(", ")}` : "See all with: workflow-core nodes";
  return `There is no node type ${JSON.stringify(name)}. ${advice}`;
}

function list(all: readonly NodeTypeDescription[]): void {
  const width = Math.max(...all.map(({ type }) => type.length)) + 2;
  let category = "";
  for (const type of all) {
    if (type.category !== category) print(paint.bold(`${category === "" ? "" : "\n"}${type.category}`));
    category = type.category;
    print(`  ${paint.cyan(type.type.padEnd(width))}${type.summary}`);
  }
  print(`\n${paint.dim("More about one: workflow-core nodes TYPE")}`);
}

function page(type: NodeTypeDescription): void {
  print(`${paint.bold(type.title)}  ${paint.cyan(type.type)}  ${paint.dim(type.category)}`);
  print(type.summary);
  if (type.details) print(`\n${type.details}`);
  print(`\n${paint.bold("Config")}`);
  rows(type.fields.map((field) => [field.name, fieldText(field)]));
  print(`\n${paint.bold("Output ports")}`);
  rows(type.ports === "any" ? [["(any name)", "Every connection that leaves the node."]] : Object.entries(type.ports));
  if (type.ports_depend_on_config) print(paint.dim("  more by the config"));
  if (type.gives) {
    print(`\n${paint.bold("Gives")}`);
    rows(Object.entries(type.gives));
  }
  for (const example of type.examples) {
    print(`\n${paint.bold("Example:")} ${example.title}`);
    print(JSON.stringify({ node_type: type.type, config: example.config }, null, 2));
  }
}

function rows(entries: readonly (readonly [string, string])[]): void {
  if (entries.length === 0) return print("  none");
  const width = Math.max(...entries.map(([name]) => name.length)) + 2;
  for (const [name, sentence] of entries) print(`  ${paint.cyan(name.padEnd(width))}${sentence}`);
}

function fieldText(field: FieldDescription): string {
  const words = [field.title, field.help].filter((part) => part !== "").map((part) => part.replace(/\.$/, ""));
  const facts: string[] = [];
  if (field.choices) facts.push(field.choices.join(", "));
  if (field.default !== undefined) facts.push(`default ${JSON.stringify(field.default)}`);
  else if (!field.optional) facts.push("required");
  return `${words.join(". ")}.${facts.length > 0 ? paint.dim(` (${facts.join("; ")})`) : ""}`;
}
