// What node types find wrong between fields that are each right by themselves.
import { expect, it } from "vitest";
import type { Json } from "../json.js";
import { nodeType } from "./index.js";

it.each<[string, Record<string, Json>, string | undefined]>([
  ["data_variable_set", {}, "variable_name"],
  ["data_variable_set", { variable_name: "a" }, "value"],
  ["data_variable_set", { value: 1 }, "variable_name"],
  ["data_variable_set", { variables: {} }, "variable_name"],
  ["data_variable_set", { variables: { "no name": 1 } }, "variables.no name"],
  ["data_variable_set", { variables: { trigger: 1 } }, "variables.trigger"],
  ["data_variable_set", { variable_name: "a", value: null, variables: { b: 1 } }, undefined],
  ["flow_merge", { merge_strategy: "wait_n" }, "count"],
  ["flow_merge", { merge_strategy: "wait_n", count: 1 }, undefined],
  ["trigger_schedule", { cron_expression: "61 * * * *" }, "cron_expression"],
  ["trigger_schedule", { cron_expression: "0 * * * *", timezone: "Mars/Olympus" }, "timezone"],
  ["trigger_schedule", { cron_expression: "0 * * * *", timezone: "+02:00" }, "timezone"],
  ["trigger_schedule", { cron_expression: "0 * * * *", timezone: "America/New_York" }, undefined],
  ["action_webhook", { url: "https://a.example", method: "GET", body: { a: 1 } }, "body"],
  ["action_webhook", { url: "https://a.example", method: "GET", body: {} }, undefined],
  ["action_webhook", { url: "https://a.example", body: { a: 1 } }, undefined],
  ["action_chat_message", { message: "  " }, "message"],
  ["action_chat_message", { message: "{{ text }}" }, undefined],
  ["action_browser_source", { source_type: "media" }, "content"],
  ["action_browser_source", { source_type: "media", action: "clear" }, undefined],
  ["data_transform", { transform_code: "return input.;" }, "transform_code"],
  ["data_transform", { transform_code: "output = await 1; return output" }, undefined],
  ["data_transform", { transform_code: ".a | map(", language: "jq" }, undefined],
])("%s %j", (type, config, path) => {
  const problem = nodeType(type)?.problem?.(config);
  expect(problem?.path).toBe(path);
  if (path !== undefined) expect(problem?.message).toMatch(/\S/);
});
