import { describe, expect, it } from "vitest";
import { describeNodeTypes } from "./describe.js";
import { isJson } from "./json.js";
import { nodeTypes } from "./nodes/index.js";

const described = new Map(describeNodeTypes().map((type) => [type.type, type]));

describe("the description of the node types", () => {
  it("has every type, in the palette's order, as plain JSON", () => {
    expect([...described.keys()]).toEqual(nodeTypes.map(({ type }) => type));
    for (const type of described.values()) expect(isJson(JSON.parse(JSON.stringify(type))), type.type).toBe(true);
  });

  it("says of each field what a form needs", () => {
    const command = described.get("trigger_command");
    const fields = new Map(command?.fields.map((field) => [field.name, field]));
    expect(fields.get("command_name")).toMatchObject({ widget: "line", optional: false });
    expect(fields.get("permission_level")).toMatchObject({
      default: "everyone",
      choices: expect.arrayContaining(["owner"]),
    });
    expect(fields.get("aliases")?.item).toMatchObject({ name: "item", title: "Name" });
    expect(command?.gives).toHaveProperty("username");
    expect(command?.sample).toHaveProperty("username");
  });

  it("says where ports depend on the config, and where they are free", () => {
    expect(described.get("condition_switch")).toMatchObject({
      ports_depend_on_config: true,
      ports: { default: expect.any(String) },
    });
    expect(described.get("flow_parallel")?.ports).toBe("any");
    expect(described.get("condition_if")?.ports).toEqual({ true: expect.any(String), false: expect.any(String) });
  });

  it("gives each config's JSON Schema, nested fields included", () => {
    const cases = described.get("condition_switch")?.fields.find(({ name }) => name === "cases");
    expect(cases?.item?.fields?.map(({ name }) => name)).toEqual(["value", "output_port"]);
    expect(described.get("loop_foreach")?.config_schema).toMatchObject({ type: "object", required: ["collection"] });
  });
});
