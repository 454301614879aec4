import { expect, it } from "vitest";
import { answered, named, perform, recorder } from "./trial.js";

it("module and command calls pass the time that an answer may take", async () => {
  const { asked, outside } = recorder(() => answered(null));
  await perform(named("action_module", "action"), { module_name: "m", action: "a", timeout_seconds: 7 }, outside);
  await perform(named("action_command", "action"), { command: "!c" }, outside);
  expect(asked.map(({ port, timeoutSeconds }) => [port, timeoutSeconds])).toEqual([
    ["modules", 7],
    ["commands", 30],
  ]);
});

it("words of a command are text", async () => {
  const { asked, outside } = recorder(() => answered(null));
  await perform(
    named("action_command", "action"),
    { command: "!c", args: ["a", 1, true, null, { b: 1 }, [2]] },
    outside,
  );
  expect(asked[0]?.what).toEqual({
    command: "!c",
    args: ["a", "1", "true", "", '{"b":1}', "[2]"],
    platform: null,
    channel_id: null,
  });
});

it("a transformation gives its log on", async () => {
  const { outside } = recorder(() => answered({ output: 1, logs: ["seen"] }));
  const answer = await perform(named("data_transform", "action"), { transform_code: "return 1" }, outside);
  expect(answer).toEqual({ ok: true, value: { output: 1, variables: { output: 1 }, logs: ["seen"] } });
});

it("a transformation's input may be nothing, but not missing", async () => {
  const { asked, outside } = recorder(() => answered({ output: 1, logs: [] }));
  const config = { transform_code: "return input", input_variable: "x" };
  await perform(named("data_transform", "action"), config, outside, { x: null });
  expect(asked[0]?.what).toMatchObject({ input: null });
  expect(await perform(named("data_transform", "action"), config, outside)).toMatchObject({
    ok: false,
    failure: { code: "MISSING_NAME" },
  });
});
