import { expect, it } from "vitest";
import { drawnSchema } from "../config/fields.js";
import { commandWord, permissionLevels, triggerCommand } from "./trigger_command.js";

it("takes a name with or without !", () => {
  expect([commandWord("!hug"), commandWord("hug"), commandWord("!!hug")]).toEqual(["hug", "hug", "!hug"]);
  const schema = drawnSchema(triggerCommand.config);
  for (const name of ["", "!", "two words", " hug", "x".repeat(101)])
    expect(schema.safeParse({ command_name: name }).success).toBe(false);
  for (const name of ["!hug", "hug", "哈囉", "!8ball"])
    expect(schema.safeParse({ command_name: name, aliases: [name] }).success).toBe(true);
});

it("orders its levels", () => {
  const inOrder = Object.entries(permissionLevels).sort((a, b) => a[1] - b[1]);
  expect(inOrder.map(([level]) => level)).toEqual(["everyone", "subscriber", "vip", "moderator", "owner"]);
});

it("has a sample that passes its own test for words", () => {
  expect(triggerCommand.sample({ min_args: 7 }).args).toHaveLength(7);
  expect(triggerCommand.sample({ command_name: "!poll" }).message).toBe("!poll @grace");
});
