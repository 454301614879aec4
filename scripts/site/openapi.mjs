// The REST reference: HTML made of the OpenAPI document. It needs no script; an operation opens when its summary is
// pressed or its anchor is followed.
import { escapeHtml as html } from "./markdown.mjs";

/** Prose with `code` and blank lines between paragraphs. */
const prose = (text) =>
  (text ?? "")
    .split(/\n\s*\n/)
    .filter((part) => part.trim() !== "")
    .map((part) => `<p>${html(part).replace(/`([^`]+)`/g, "<code>$1</code>")}</p>`)
    .join("\n");

const anchor = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
const nameOf = (ref) => ref.split("/").at(-1) ?? "";

/** A schema in a few words, with links to components. */
function brief(schema) {
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
function members(schema, depth = 0) {
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

function shape(title, schema) {
  if (schema === undefined) return "";
  const listed = members(schema);
  return `<h3>${title}</h3>${listed === "" ? `<p>${brief(schema)}</p>` : listed}`;
}

function operationSection({ method, path, operation }) {
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
  return `<details class="operation" id="${anchor(`${method} ${path}`)}">
<summary><b class="method ${method}">${method.toUpperCase()}</b> <code>${html(path)}</code> <span>${html(summary)}</span></summary>
${prose(description)}
${security?.length === 0 ? "<p>Open to anyone.</p>" : ""}
${given.length === 0 ? "" : `<h3>Parameters</h3><ul class="members">${given.join("\n")}</ul>`}
${shape("Body", body)}
${answers.join("\n")}
</details>`;
}

function tagSection(name, description, entries) {
  return `<section><h2 id="${anchor(name)}">${html(name)}</h2>${prose(description)}${entries.map(operationSection).join("\n")}</section>`;
}

/** {html, headings, sections} of an OpenAPI document, to stand behind docs/api.md. */
export const openapiReference = ({ tags = [], paths, components }) => {
  const entries = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  const named = new Map(tags.map(({ name, description }) => [name, description]));
  for (const tag of entries.flatMap(({ operation }) => operation.tags ?? []))
    if (!named.has(tag)) named.set(tag, undefined);
  const groups = [...named].map(([name, description]) => ({
    name,
    description,
    entries: entries.filter(({ operation }) => operation.tags?.includes(name)),
  }));
  const schemas = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) =>
      `<details class="operation" id="schema-${anchor(name)}"><summary><code>${html(name)}</code></summary>${prose(schema.description)}${members(schema) || `<p>${brief(schema)}</p>`}</details>`,
  );
  const headings = [...groups.map(({ name }) => name), "Schemas"].map((text) => ({ depth: 2, text, id: anchor(text) }));
  return {
    html: `${groups.map(({ name, description, entries: of }) => tagSection(name, description, of)).join("\n")}
<section><h2 id="schemas">Schemas</h2>${schemas.join("\n")}</section>`,
    headings,
    sections: entries.map(({ method, path, operation }) => ({
      id: anchor(`${method} ${path}`),
      title: `${method.toUpperCase()} ${path}`,
      text: operation.summary ?? "",
    })),
  };
};
