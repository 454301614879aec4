// Large documents: what is said of them, and what others may do meanwhile.
import { compileDocument, defaultLimits } from "@workflow-core/core";
import { expect, it } from "vitest";
import { validate } from "./validation.js";

const count = 1_500;
const templated = (index: number) => ({
  node_type: "data_variable_set",
  config: { variable_name: `v${index}`, value: `{{ upper(a${index}) }} {{ lowr(b) + ${index} }}` },
});
const document = {
  nodes: Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, templated(index)])),
  connections: [],
};

it("says of a large document what compiling says, and others have their turn meanwhile", async () => {
  let turns = 0;
  let next = setImmediate(function other() {
    turns += 1;
    next = setImmediate(other);
  });
  const { errors, error_count, warning_count } = await validate(document, defaultLimits);
  clearImmediate(next);
  // It takes some hundreds of milliseconds, and nobody waits for more than 20 of them at once.
  expect(turns).toBeGreaterThan(3);
  const { problems } = compileDocument(document, defaultLimits);
  expect([error_count, errors.length]).toEqual([problems.filter(({ severity }) => severity === "error").length, 1000]);
  expect(error_count + warning_count).toBe(problems.length);
});
