// Which triggers something that happens would start, and why not: the server's own gates, asked of what is drawn. The
// practice chat shows the same outcomes, in the same words, as the trigger log.
import { type Json, type PermissionLevel, permissionLevels } from "@workflow-core/core";
import {
  anyEvent,
  type Cooldown,
  commandData,
  commandGates,
  cooldownDetail,
  cooldownsOf,
  eventData,
  eventGates,
  firstStop,
  type Gate,
  type HeldUntil,
  heldAt,
  parseCommand,
  type Refusal,
  readCommandRules,
  readEventRules,
  wordKey,
} from "@workflow-core/core/triggers";
import type { Draft } from "../builder/document.js";

export type Role = PermissionLevel;
export const roles = Object.keys(permissionLevels) as Role[]; // its keys are the levels, lowest first

export interface Person {
  name: string;
  id: string;
  role: Role;
}

export interface Verdict {
  trigger: string;
  outcome: "started" | Refusal;
  detail: string;
  data: Record<string, Json>;
}

interface Trigger {
  id: string;
  config: Record<string, Json>;
}

const triggersOf = (draft: Draft, type: string): Trigger[] =>
  Object.entries(draft.nodes)
    .filter(([, node]) => node.node_type === type && node.enabled !== false)
    .map(([id, node]) => ({ id, config: node.config ?? {} }));

/** The workflow that cooldowns belong to here. */
const practice = "practice";

const verdictOf = (trigger: string, data: Record<string, Json>, gates: readonly Gate[]): Verdict => {
  const stopped = firstStop(gates);
  return { trigger, data, outcome: stopped?.outcome ?? "started", detail: stopped?.detail ?? "" };
};

/** A workflow answers once: with its first trigger that starts, else with its first refusal. */
const oneAnswer = (verdicts: readonly Verdict[]): Verdict[] => {
  const told = verdicts.find(({ outcome }) => outcome === "started") ?? verdicts[0];
  return told ? [told] : [];
};

/** The cooldowns that a start of this trigger takes. */
export const cooldownsFor = (draft: Draft, trigger: string, person: Person, platform: string): Cooldown[] => {
  const node = draft.nodes[trigger];
  const rules = node?.node_type === "trigger_command" ? readCommandRules(node.config) : undefined;
  return rules ? cooldownsOf(rules, practice, { platform, id: person.id }) : [];
};

const personOf = ({ id, name, role }: Person) => ({ id, name, roles: role === "everyone" ? [] : [role] });

/** A line of chat; the answer is empty when it is no command of this workflow. */
export const matchCommand = (
  draft: Draft,
  line: string,
  person: Person,
  platform: string,
  held: HeldUntil,
  now: number,
): Verdict[] => {
  const command = parseCommand(line);
  if (command === undefined) return [];
  const user = personOf(person);
  const data = commandData(command, { platform, user, message: line.trim(), channel_id: "practice" });
  const verdicts = triggersOf(draft, "trigger_command").flatMap(({ id, config }): Verdict[] => {
    const rules = readCommandRules(config);
    if (!rules?.keys.includes(wordKey(command.word))) return [];
    const verdict = verdictOf(id, data, commandGates(rules, command, { platform, roles: user.roles }));
    if (verdict.outcome !== "started") return [verdict];
    const cooling = heldAt(held, cooldownsFor(draft, id, person, platform), now);
    return cooling.length === 0
      ? [verdict]
      : [{ ...verdict, outcome: "cooldown", detail: cooldownDetail(cooling, person.name) }];
  });
  return oneAnswer(verdicts);
};

/** An event of a platform. */
export const matchEvent = (
  draft: Draft,
  eventType: string,
  payload: Record<string, Json>,
  person: Person,
  platform: string,
): Verdict[] => {
  const event = { platform, user: personOf(person), event_type: eventType, data: payload };
  const moment = { now: Date.now(), random: Math.random };
  const asked = (key: string): Verdict[] =>
    triggersOf(draft, "trigger_event").flatMap(({ id, config }) => {
      const rules = readEventRules(config);
      return rules?.keys.includes(key) ? [verdictOf(id, eventData(event), eventGates(rules, event, moment))] : [];
    });
  return oneAnswer([...asked(eventType), ...(eventType === anyEvent ? [] : asked(anyEvent))]);
};

/** Triggers that are started by hand here: webhooks and schedules. */
export const matchPlain = (draft: Draft, type: string, data: Record<string, Json>): Verdict[] =>
  triggersOf(draft, type).map(({ id }) => ({ trigger: id, outcome: "started", detail: "", data }));
