// Who may use a command: the words by which platforms name people's roles, on the scale of our five levels.
import { type PermissionLevel, permissionLevels } from "../nodes/trigger_command.js";

const levelsByRole: Readonly<Record<string, PermissionLevel>> = {
  owner: "owner",
  broadcaster: "owner",
  streamer: "owner",
  admin: "owner",
  administrator: "owner",
  channel_owner: "owner",
  server_owner: "owner",
  guild_owner: "owner",
  workspace_owner: "owner",
  primary_owner: "owner",
  moderator: "moderator",
  mod: "moderator",
  lead_moderator: "moderator",
  head_moderator: "moderator",
  super_moderator: "moderator",
  editor: "moderator",
  manager: "moderator",
  vip: "vip",
  og: "vip",
  subscriber: "subscriber",
  sub: "subscriber",
  gifted_subscriber: "subscriber",
  founder: "subscriber",
  sponsor: "subscriber",
  patron: "subscriber",
  booster: "subscriber",
  server_booster: "subscriber",
  premium_subscriber: "subscriber",
};

/** Where a word means something else than elsewhere. Twitch's own staff does not own the channel, nor do a group's administrators. */
const levelsByPlatform: Readonly<Record<string, Readonly<Record<string, PermissionLevel>>>> = {
  twitch: { admin: "moderator", staff: "moderator", global_mod: "moderator" },
  telegram: { creator: "owner", administrator: "moderator", admin: "moderator" },
  youtube: { member: "subscriber", chat_owner: "owner", chat_moderator: "moderator", chat_sponsor: "subscriber" },
};

/** Twitch's badges come with a number: subscriber/12. */
const roleName = (role: string): string =>
  role
    .trim()
    .toLowerCase()
    .replace(/\/\d+$/, "")
    .replace(/[\s.-]+/g, "_");

const own = <T>(table: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;

/** The highest level that a person's roles give; roles that are no word of ours give nothing. */
export const levelOf = (roles: readonly string[], platform: string): PermissionLevel => {
  let highest: PermissionLevel = "everyone";
  for (const role of roles) {
    const name = roleName(role);
    const level = own(own(levelsByPlatform, platform.toLowerCase()), name) ?? own(levelsByRole, name);
    if (level !== undefined && permissionLevels[level] > permissionLevels[highest]) highest = level;
  }
  return highest;
};
