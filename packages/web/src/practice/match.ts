// Which triggers something that happens would start, and why not: the gates of the server, on a drawn workflow. The
// practice chat shows the same outcomes as the trigger log.
import { compileTemplate, type Json, nodeType, operators, readPath } from "@workflow-core/core";
import type { Draft } from "../builder/document.js";

export const roles = ["everyone", "subscriber", "vip", "moderator", "owner"] as const;
export type Role = (typeof roles)[number];

export interface Person {
  name: string;
  id: string;
  role: Role;
}

export interface Verdict {
  trigger: string;
  outcome: "started" | "filtered" | "not_permitted" | "cooldown";
  detail: string;
  data: Record<string, Json>;
}

/** When triggers last started, in practice time: by trigger, and by trigger and person. */
export type Starts = Readonly<Record<string, number>>;

interface Trigger {
  id: string;
  config: Record<string, Json>;
}

const triggersOf = (draft: Draft, type: string): Trigger[] =>
  Object.entries(draft.nodes)
    .filter(([, node]) => node.node_type === type && node.enabled !== false)
    .map(([id, node]) => {
      const fields = nodeType(type)?.config ?? {};
      const defaults = Object.entries(fields).flatMap(([key, { default: value }]) =>
        value === undefined ? [] : [[key, value]],
      );
      return { id, config: { ...Object.fromEntries(defaults), ...node.config } };
    });

const texts = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);
const bare = (name: string): string => name.replace(/^!/, "");

const wordsOf = ({ config }: Trigger): string[] =>
  [String(config.command_name ?? ""), ...texts(config.aliases)].map(bare);

const platformGate = (config: Record<string, Json>, platform: string): string | undefined => {
  const platforms = texts(config.platforms);
  const fits = platforms.length === 0 || platforms.some((each) => each.toLowerCase() === platform);
  return fits ? undefined : `only on ${platforms.join(", ")}`;
};

const cooldownGate = (trigger: Trigger, person: Person, starts: Starts, now: number): string | undefined => {
  const left = (key: string, seconds: Json | undefined) =>
    ((starts[key] ?? Number.NEGATIVE_INFINITY) + Number(seconds ?? 0) * 1000 - now) / 1000;
  const all = left(trigger.id, trigger.config.cooldown_seconds);
  if (all > 0) return `cooling down for ${Math.ceil(all)} s more`;
  const own = left(`${trigger.id} ${person.id}`, trigger.config.user_cooldown_seconds);
  return own > 0 ? `cooling down for ${person.name} for ${Math.ceil(own)} s more` : undefined;
};

/** A line of chat; the answer is empty when it is no command of this workflow. */
export const matchCommand = (
  draft: Draft,
  line: string,
  person: Person,
  platform: string,
  starts: Starts,
  now: number,
): Verdict[] => {
  const [word = "", ...args] = line.trim().split(/\s+/);
  if (!word.startsWith("!")) return [];
  return triggersOf(draft, "trigger_command").flatMap((trigger): Verdict[] => {
    const { id, config } = trigger;
    const fold = (text: string) => (config.case_sensitive === true ? text : text.toLowerCase());
    if (!wordsOf(trigger).some((each) => fold(each) === fold(bare(word)))) return [];
    const data = {
      username: person.name,
      user_id: person.id,
      args,
      message: line.trim(),
      platform,
      channel_id: "practice",
    };
    const refuse = (outcome: Verdict["outcome"], detail: string): Verdict[] => [{ trigger: id, outcome, detail, data }];
    const where = platformGate(config, platform);
    if (where) return refuse("filtered", where);
    const needed = roles.indexOf((config.permission_level ?? "everyone") as Role);
    if (roles.indexOf(person.role) < needed) return refuse("not_permitted", `needs ${roles[needed]} or above`);
    const least = Number(config.min_args ?? 0);
    if (args.length < least)
      return refuse("filtered", `needs at least ${least} word${least === 1 ? "" : "s"} behind the command`);
    const cooling = cooldownGate(trigger, person, starts, now);
    return cooling ? refuse("cooldown", cooling) : refuse("started", "");
  });
};

/** As the server's filters: a template that gives true or false, where the data hold no truth value, is a condition. */
const filterGate = (
  config: Record<string, Json>,
  payload: Record<string, Json>,
  given: Record<string, Json>,
): string | undefined => {
  const filters =
    typeof config.filters === "object" && config.filters !== null && !Array.isArray(config.filters)
      ? config.filters
      : {};
  for (const [path, drawn] of Object.entries(filters)) {
    const found = readPath(payload, path);
    const wanted = typeof drawn === "string" ? bound(drawn, given) : drawn;
    if (typeof drawn === "string" && typeof wanted === "boolean" && typeof found !== "boolean") {
      if (wanted) continue;
      return `${path}: ${drawn.trim()} does not hold`;
    }
    if (!operators.equals.test(found ?? null, wanted))
      return `${path} is ${JSON.stringify(found ?? null)}, not ${JSON.stringify(wanted)}`;
  }
  return undefined;
};

const bound = (drawn: string, given: Record<string, Json>): Json => {
  try {
    const template = compileTemplate(drawn);
    return template.isLiteral
      ? drawn
      : (template.value({
          lookup: (name) => (Object.hasOwn(given, name) ? given[name] : undefined),
          now: 0,
          random: () => 0,
        }) ?? null);
  } catch {
    return drawn;
  }
};

/** An event of a platform. */
export const matchEvent = (
  draft: Draft,
  eventType: string,
  payload: Record<string, Json>,
  person: Person,
  platform: string,
): Verdict[] =>
  triggersOf(draft, "trigger_event").flatMap(({ id, config }): Verdict[] => {
    if (config.event_type !== eventType) return [];
    const data = {
      ...payload,
      event_type: eventType,
      platform,
      username: person.name,
      user_id: person.id,
      event: payload,
    };
    const detail = platformGate(config, platform) ?? filterGate(config, payload, data);
    return [{ trigger: id, outcome: detail ? "filtered" : "started", detail: detail ?? "", data }];
  });

/** Triggers that are started by hand here: webhooks and schedules. */
export const matchPlain = (draft: Draft, type: string, data: Record<string, Json>): Verdict[] =>
  triggersOf(draft, type).map(({ id }) => ({ trigger: id, outcome: "started", detail: "", data }));
