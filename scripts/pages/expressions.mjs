// docs/expressions.md: the expression language and its functions, made of the table that is also their behaviour.
const cell = (text) => String(text).replaceAll("|", "\\|").replaceAll("\n", " ");

export const expressionsPage = (functions, operators) => {
  const groups =
    Map.groupBy?.(functions, ({ group }) => group) ??
    functions.reduce((map, each) => map.set(each.group, [...(map.get(each.group) ?? []), each]), new Map());
  const parts = [
    "# Expressions",
    "JavaScript's expression syntax over plain data, evaluated by an interpreter of our own: no assignments, no `new`, no classes, no host objects. A template `{{ expression }}` puts a value into text; a field that is exactly one template keeps the value's type (`{{ counter + 1 }}` stays a number). What is missing is empty in a message and an error with the name in it elsewhere; `{{ nickname ?? username }}` gives a fallback.",
    "Names that are always there: `nodes.<id>` (the last data of a node), `trigger` (what started the execution), `execution` (`id`, `workflow_id`, `community_id`, `started_at`), `error` behind an error port, and `secrets.<name>` in outgoing calls. `now()` and `random()` give the same value when an execution is replayed.",
    "In the examples the clock stands at noon of 31 January 2026 (UTC), and chance gives 0.5.",
    "## Operators of conditions",
    `| operator | sentence | operands |\n|---|---|---|\n${Object.entries(operators)
      .map(([name, { title, operands }]) => `| \`${name}\` | ${title} | ${operands} |`)
      .join("\n")}`,
  ];
  for (const [group, entries] of groups) {
    parts.push(`## ${group[0].toUpperCase()}${group.slice(1)}`);
    parts.push(
      `| | | example | gives |\n|---|---|---|---|\n${entries.map(({ signature, summary, example, result }) => `| \`${cell(signature)}\` | ${cell(summary)} | \`${cell(example)}\` | \`${cell(JSON.stringify(result))}\` |`).join("\n")}`,
    );
  }
  return `${parts.join("\n\n")}\n`;
};
