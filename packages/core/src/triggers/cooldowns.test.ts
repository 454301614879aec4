import { expect, it } from "vitest";
import { cooldownDetail, cooldownsOf, heldAt, takenAt } from "./cooldowns.js";
import { readCommandRules } from "./rules.js";

const rules = readCommandRules({ command_name: "hug", cooldown_seconds: 5, user_cooldown_seconds: 60 });
if (rules === undefined) throw new Error("not read");
const ada = cooldownsOf(rules, "w", { platform: "Twitch", id: "1" });
const bob = cooldownsOf(rules, "w", { platform: "twitch", id: "2" });

it("holds the workflow for all and the person for themselves, to the millisecond", () => {
  const until = takenAt({}, ada, 1000);
  expect(heldAt(until, bob, 5999)).toEqual([{ key: "workflow w", secondsLeft: 0.001 }]);
  expect(heldAt(until, bob, 6000)).toEqual([]);
  expect(heldAt(until, ada, 6000)).toEqual([{ key: "workflow w user twitch 1", secondsLeft: 55 }]);
  expect(cooldownDetail(heldAt(until, ada, 2000), "@ada")).toBe("cooldown, 59 s left for @ada");
  expect(cooldownDetail(heldAt(until, bob, 2000), "bob")).toBe("cooldown, 4 s left");
  expect(heldAt(until, ada, 61_000)).toEqual([]);
});

it("takes nothing where there is no cooldown, and knows other workflows apart", () => {
  const none = readCommandRules({ command_name: "hug" });
  expect(none && cooldownsOf(none, "w", { platform: "twitch", id: "1" })).toEqual([]);
  expect(heldAt(takenAt({}, ada, 0), cooldownsOf(rules, "v", { platform: "twitch", id: "1" }), 1)).toEqual([]);
});
