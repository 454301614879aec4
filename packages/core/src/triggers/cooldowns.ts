// Cooldowns: keys that a start holds for some seconds, the workflow's and the person's. They are taken all or none.
import type { CommandRules } from "./rules.js";

export interface Cooldown {
  key: string;
  seconds: number;
}

export interface Held {
  key: string;
  secondsLeft: number;
}

export interface PersonKey {
  platform: string;
  id: string;
}

/** The keys of a workflow's cooldowns: the workflow's, then the person's. They count from the workflow's last start. */
export const cooldownKeys = (workflowId: string, person: PersonKey): { workflow: string; user: string } => ({
  workflow: `workflow ${workflowId}`,
  user: `workflow ${workflowId} user ${person.platform.toLowerCase()} ${person.id}`,
});

/** What a start by this person takes; empty where the trigger has no cooldown. */
export const cooldownsOf = (
  { cooldownSeconds, userCooldownSeconds }: CommandRules,
  workflowId: string,
  person: PersonKey,
): Cooldown[] => {
  const keys = cooldownKeys(workflowId, person);
  return [
    { key: keys.workflow, seconds: cooldownSeconds },
    { key: keys.user, seconds: userCooldownSeconds },
  ].filter(({ seconds }) => seconds > 0);
};

/** "cooldown, 12 s left for @ada"; of several, the longest. */
export const cooldownDetail = (held: readonly Held[], name: string): string => {
  const [longest] = [...held].sort((one, other) => other.secondsLeft - one.secondsLeft);
  const seconds = Math.max(1, Math.ceil(longest?.secondsLeft ?? 0));
  const person = longest?.key.includes(" user ") === true ? ` for @${name.replace(/^@+/, "")}` : "";
  return `cooldown, ${seconds} s left${person}`;
};

/** Until when keys are held, by key; milliseconds since 1970. */
export type HeldUntil = Readonly<Record<string, number>>;

/** Which of the cooldowns are held at a moment, and for how long. */
export const heldAt = (until: HeldUntil, cooldowns: readonly Cooldown[], now: number): Held[] =>
  cooldowns.flatMap(({ key }) => {
    const secondsLeft = ((until[key] ?? Number.NEGATIVE_INFINITY) - now) / 1000;
    return secondsLeft > 0 ? [{ key, secondsLeft }] : [];
  });

/** What is held once a start at a moment has taken its cooldowns. */
export const takenAt = (until: HeldUntil, cooldowns: readonly Cooldown[], now: number): HeldUntil => ({
  ...until,
  ...Object.fromEntries(cooldowns.map(({ key, seconds }) => [key, now + seconds * 1000])),
});
