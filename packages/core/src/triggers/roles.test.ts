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
  [["Server Booster"], "discord", "subscriber"],
  [["Primary Owner"], "slack", "owner"],
  [["creator"], "telegram", "owner"],
  [["administrator"], "Telegram", "moderator"],
  [["creator"], "youtube", "everyone"],
  [["premium/1", "subscriber/12"], "twitch", "subscriber"],
  [["moderator/1"], "twitch", "moderator"],
  [["moderator/"], "twitch", "everyone"],
])("%j on %s is %s", (roles, platform, level) => {
  expect(levelOf(roles, platform)).toBe(level);
});
