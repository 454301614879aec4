// Node types as plain data: what a builder that cannot call their functions needs to show palette, forms and help.
import { z } from "zod";
import { type Binding, drawnSchema, type Field, type Fields, type Widget } from "./config/fields.js";
import type { Json } from "./json.js";
import { type Category, type Feature, type NodeType, portsOf } from "./node.js";
import { nodeTypes } from "./nodes/index.js";

export interface FieldDescription {
  name: string;
  title: string;
  help: string;
  widget: Widget;
  /** How what is drawn becomes a value: whether templates are replaced, a condition is answered, … */
  binding: Binding;
  optional: boolean;
  /** Whether {{ secrets.name }} may stand in it. */
  secrets: boolean;
  default?: Json;
  choices?: readonly string[];
  /** Of lists and pairs: what each item is; its name is `item`. */
  item?: FieldDescription;
  /** Of objects: the fields inside. */
  fields?: FieldDescription[];
}

export interface NodeTypeDescription {
  type: string;
  category: Category;
  behaviour: NodeType["behaviour"];
  title: string;
  /** Name of a lucide icon. */
  icon: string;
  summary: string;
  details: string | null;
  /** Licence feature that a graph with this node needs beyond `workflows`. */
  feature: Feature | null;
  /** Port → sentence with an empty config, or "any" where people name them. */
  ports: Record<string, string> | "any";
  /** True when the ports change with the config. */
  ports_depend_on_config: boolean;
  fields: FieldDescription[];
  /** JSON Schema of the drawn config. */
  config_schema: object;
  /** Of triggers: variable → sentence. */
  gives: Record<string, string> | null;
  /** Of triggers: what an execution may be started with to try it. */
  sample: Record<string, Json> | null;
  examples: { title: string; config: Record<string, Json> }[];
}

const describeField = (name: string, field: Field): FieldDescription => ({
  name,
  title: field.title,
  help: field.help,
  widget: field.widget,
  binding: field.binding,
  optional: field.optional,
  secrets: field.secrets === true,
  ...(field.default === undefined ? {} : { default: field.default }),
  ...(field.choices === undefined ? {} : { choices: field.choices }),
  ...(field.item === undefined ? {} : { item: describeField("item", field.item) }),
  ...(field.fields === undefined ? {} : { fields: describeFields(field.fields) }),
});

const describeFields = (fields: Fields): FieldDescription[] =>
  Object.entries(fields).map(([name, field]) => describeField(name, field));

const describeNodeType = (type: NodeType): NodeTypeDescription => ({
  type: type.type,
  category: type.category,
  behaviour: type.behaviour,
  title: type.title,
  icon: type.icon,
  summary: type.summary,
  details: type.details ?? null,
  feature: type.feature ?? null,
  ports: portsOf(type, {}),
  ports_depend_on_config: typeof type.ports === "function",
  fields: describeFields(type.config),
  config_schema: z.toJSONSchema(drawnSchema(type.config), { io: "input", unrepresentable: "any" }),
  gives: type.behaviour === "trigger" ? type.gives : null,
  sample: type.behaviour === "trigger" ? type.sample({}) : null,
  examples: type.examples.map(({ title, config }) => ({ title, config })),
});

/** Every node type, in the order of the palette. */
export const describeNodeTypes = (): NodeTypeDescription[] => nodeTypes.map(describeNodeType);
