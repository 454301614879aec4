// The documentation page: plain HTML made from the OpenAPI document on the server. It needs no script and no other
// host, so it works under the strictest policy.

interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  default?: unknown;
}

interface Media {
  content?: Record<string, { schema?: Schema }>;
  description?: string;
}

interface Operation {
  tags?: string[];
  summary?: string;
  description?: string;
  security?: unknown[];
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[];
  requestBody?: Media;
  responses?: Record<string, Media>;
}

interface Document {
  info: { title: string; version: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

type Entry = { method: string; path: string; operation: Operation };

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const html = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? "");

/** Prose with `code` and blank lines between paragraphs. */
const prose = (text: string | undefined): string =>
  (text ?? "")
    .split(/\n\s*\n/)
    .filter((part) => part.trim() !== "")
    .map((part) => `<p>${html(part).replace(/`([^`]+)`/g, "<code>$1</code>")}</p>`)
    .join("\n");

const anchor = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
const nameOf = (ref: string): string => ref.split("/").at(-1) ?? "";

/** A schema in a few words, with links to components. */
function brief(schema: Schema | undefined): string {
  if (schema === undefined) return "any";
  if (schema.$ref !== undefined)
    return `<a href="#schema-${anchor(nameOf(schema.$ref))}">${html(nameOf(schema.$ref))}</a>`;
  const several = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (several !== undefined) return [...new Set(several.map(brief))].join(" or ");
  if (schema.const !== undefined) return `<code>${html(JSON.stringify(schema.const))}</code>`;
  if (schema.enum !== undefined) return schema.enum.map((each) => `<code>${html(String(each))}</code>`).join(" | ");
  if (schema.type === "array") return `list of ${brief(schema.items)}`;
  if (schema.type === "object" && typeof schema.additionalProperties === "object")
    return `name → ${brief(schema.additionalProperties)}`;
  const type = Array.isArray(schema.type) ? schema.type.join(" or ") : (schema.type ?? "any");
  return html(schema.format === undefined ? type : `${type} (${schema.format})`);
}

/** The members of an object, those of nested objects inside. */
function members(schema: Schema, depth = 0): string {
  const { properties = {}, required = [] } = schema;
  const rows = Object.entries(properties).map(([name, each]) => {
    const must = required.includes(name) ? " <em>required</em>" : "";
    const fallback =
      each.default === undefined ? "" : ` <small>default <code>${html(JSON.stringify(each.default))}</code></small>`;
    const inner = each.type === "array" ? each.items : each;
    const nested = inner?.properties !== undefined && depth < 3 ? members(inner, depth + 1) : "";
    const note = each.description === undefined ? "" : ` <span>${html(each.description)}</span>`;
    return `<li><code>${html(name)}</code> ${nested === "" ? brief(each) : each.type === "array" ? "list of" : ""}${must}${fallback}${note}${nested}</li>`;
  });
  return rows.length === 0 ? "" : `<ul class="members">${rows.join("\n")}</ul>`;
}

function shape(title: string, schema: Schema | undefined): string {
  if (schema === undefined) return "";
  const listed = members(schema);
  return `<h4>${title}</h4>${listed === "" ? `<p>${brief(schema)}</p>` : listed}`;
}

function operationSection({ method, path, operation }: Entry): string {
  const { summary = "", description, parameters = [], requestBody, responses = {}, security } = operation;
  const given = parameters.map(
    ({ name, in: place, required, description: note, schema }) =>
      `<li><code>${html(name)}</code> <small>${html(place)}</small> ${brief(schema)}${required ? " <em>required</em>" : ""} ${html(note ?? schema?.description ?? "")}</li>`,
  );
  const body = Object.values(requestBody?.content ?? {})[0]?.schema;
  const answers = Object.entries(responses)
    .filter(([status]) => /^\d+$/.test(status))
    .map(([status, { content }]) => {
      const [type, media] = Object.entries(content ?? {})[0] ?? [];
      return shape(`${status} ${html(type ?? "")}`, media?.schema?.properties?.data ?? media?.schema);
    });
  return `<details id="${anchor(`${method} ${path}`)}">
<summary><b class="${method}">${method.toUpperCase()}</b> <code>${html(path)}</code> <span>${html(summary)}</span></summary>
${prose(description)}
${security?.length === 0 ? "<p>Open to anyone.</p>" : ""}
${given.length === 0 ? "" : `<h4>Parameters</h4><ul class="members">${given.join("\n")}</ul>`}
${shape("Body", body)}
${answers.join("\n")}
</details>`;
}

function tagSection(name: string, description: string | undefined, entries: readonly Entry[]): string {
  return `<section id="${anchor(name)}"><h2>${html(name)}</h2>${prose(description)}${entries.map(operationSection).join("\n")}</section>`;
}

/** The page of an OpenAPI document. */
export function docsPage(openapi: object): string {
  const { info, tags = [], paths, components } = openapi as Document; // @fastify/swagger made it
  const entries = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Entry => ({ method, path, operation })),
  );
  const named = new Map(tags.map(({ name, description }) => [name, description]));
  for (const tag of entries.flatMap(({ operation }) => operation.tags ?? []))
    if (!named.has(tag)) named.set(tag, undefined);
  const sections = [...named].map(([name, description]) => ({
    name,
    description,
    entries: entries.filter(({ operation }) => operation.tags?.includes(name)),
  }));
  const schemas = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) =>
      `<details id="schema-${anchor(name)}"><summary><code>${html(name)}</code></summary>${prose(schema.description)}${members(schema) || `<p>${brief(schema)}</p>`}</details>`,
  );
  const links = [...sections.map(({ name }) => name), "Schemas"].map(
    (name) => `<a href="#${anchor(name)}">${html(name)}</a>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${html(info.title)} API</title>
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<header><h1>${html(info.title)} <small>${html(info.version)}</small></h1>${prose(info.description)}
<p>Read by programs: <a href="/openapi.json">openapi.json</a></p><nav>${links.join(" ")}</nav></header>
<main>
${sections.map(({ name, description, entries: of }) => tagSection(name, description, of)).join("\n")}
<section id="schemas"><h2>Schemas</h2>${schemas.join("\n")}</section>
</main>
</body>
</html>
`;
}

export const docsStyle = `:root { color-scheme: light dark; --ink: #1d2330; --soft: #5b6475; --paper: #fbfbfd; --card: #fff; --line: #dfe3ea; --link: #3450c8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e5e8ef; --soft: #9aa3b5; --paper: #12151b; --card: #1a1e27; --line: #2d3340; --link: #93a8ff; }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 6rem; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
h1 { margin: 0 0 .5rem; } h1 small { color: var(--soft); font-size: 1rem; font-weight: 400; }
h2 { margin: 2.5rem 0 .25rem; } h4 { margin: 1rem 0 .25rem; color: var(--soft); font-size: .85rem; text-transform: uppercase; letter-spacing: .05em; }
a { color: var(--link); } nav { display: flex; flex-wrap: wrap; gap: 1rem; }
code { font: .9em ui-monospace, monospace; } em { color: var(--soft); font-size: .85em; } small { color: var(--soft); }
details { margin: .5rem 0; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); padding: 0 1rem; }
details[open] { padding-bottom: .75rem; }
summary { cursor: pointer; margin: 0 -1rem; padding: .6rem 1rem; overflow-wrap: anywhere; }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: .25rem; }
summary span { color: var(--soft); }
summary b { display: inline-block; min-width: 4.5rem; font: 600 .8rem ui-monospace, monospace; }
b.get { color: #0b7a4b; } b.post { color: #3450c8; } b.put { color: #96580a; } b.delete { color: #b3261e; }
@media (prefers-color-scheme: dark) { b.get { color: #5fd39f; } b.post { color: #93a8ff; } b.put { color: #f0b35e; } b.delete { color: #ff8a80; } }
.members { margin: 0; padding-left: 1.1rem; } .members .members { border-left: 1px solid var(--line); }
.members li { overflow-wrap: anywhere; }
`;
