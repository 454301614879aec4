// docs/nodes.md: the manual of all node types, made of the node types themselves.
const code = (value) => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
const cell = (text) => String(text).replaceAll("|", "\\|").replaceAll("\n", " ");
const table = (head, rows) =>
  [
    `| ${head.join(" | ")} |`,
    `|${head.map(() => "---").join("|")}|`,
    ...rows.map((row) => `| ${row.map(cell).join(" | ")} |`),
  ].join("\n");

const kind = (field) => (field.choices ? field.choices.map((each) => code(each)).join(", ") : field.widget);
const need = (field) =>
  field.default !== undefined ? `default ${code(field.default)}` : field.optional ? "optional" : "**required**";

const fieldRows = (fields, prefix = "") =>
  fields.flatMap((field) => [
    [code(prefix + field.name), kind(field), need(field), [field.title, field.help].filter(Boolean).join(". ")],
    ...fieldRows(field.fields ?? field.item?.fields ?? [], `${prefix}${field.name}${field.item ? "[]" : ""}.`),
  ]);

const section = (node) => {
  const ports =
    node.ports === "any"
      ? "You name them."
      : Object.keys(node.ports).length === 0
        ? "None."
        : table(
            ["port", "when"],
            Object.entries(node.ports).map(([name, sentence]) => [code(name), sentence]),
          );
  return [
    `## ${node.type}`,
    `**${node.title}.** ${node.summary}`,
    node.details ?? "",
    node.feature ? `Needs the licence feature \`${node.feature}\` in release mode.` : "",
    node.fields.length > 0 ? table(["field", "kind", "", "meaning"], fieldRows(node.fields)) : "It has no fields.",
    "**Ports**",
    ports,
    node.gives
      ? `**Gives**\n\n${table(
          ["variable", "what"],
          Object.entries(node.gives).map(([name, sentence]) => [code(name), sentence]),
        )}`
      : "",
    ...node.examples.map(
      ({ title, config }) => `*${title}*\n\n\`\`\`json node=${node.type}\n${JSON.stringify(config, null, 2)}\n\`\`\``,
    ),
  ]
    .filter(Boolean)
    .join("\n\n");
};

export const nodesPage = (types) =>
  [
    "# Node types",
    "Fields marked *value*, *line* and the like may hold templates `{{ expression }}`; a field that is exactly one template keeps the value's type. Conditions are bare expressions. See [expressions](expressions.md).",
    table(
      ["type", "what it does"],
      types.map(({ type, summary }) => [`[${type}](#${type})`, summary]),
    ),
    ...types.map(section),
  ]
    .join("\n\n")
    .concat("\n");
