import { expect, it } from "vitest";
import { levelOf } from "./roles.js";

it.each([
  [[], "twitch", "everyone"],
  [["viewer", "constructor", "__proto__"], "twitch", "everyone"],
  [["sub"], "twitch", "subscriber"],
  [["Subscriber", "VIP"], "twitch", "vip"],
  [["vip", "mod", "sub"], "twitch", "moderator"],
  [["lead moderator"], "twitch", "moderator"],
  [["broadcaster"], "twitch", "owner"],
  [["admin"], "discord", "owner"],
  [["admin"], "Twitch", "moderator"],
  [["member"], "youtube", "subscriber"],
  [["member"], "discord", "everyone"],
  [["server-owner"], "discord", "owner"],
])("%j on %s is %s", (roles, platform, level) => {
  expect(levelOf(roles, platform)).toBe(level);
});
