// What is accepted but worth a word at start. The guide asks for the first four; the rest are mistakes that would
// otherwise only be noticed later. docs/configuration.md lists them from here.

import { misspelt } from "./environment.js";
import { defaultSecret } from "./guide.js";
import type { Environment } from "./load.js";
import { rows, type SettingName, type Settings } from "./table.js";

export interface SettingWarning {
  readonly name: string;
  readonly message: string;
}

interface WarningRule {
  readonly name: SettingName;
  readonly when: (settings: Settings) => boolean;
  readonly message: string;
}

/** Values that are printed in the guide's examples: everybody knows them. */
const published = [
  "your-256-bit-secret-key-here",
  "your-secret-key-here",
  "your-api-key-here",
  "dev-secret-key-not-for-production",
  "dev-api-key",
];

const known = "The value is printed in the configuration guide; everybody knows it.";

export const warningRules: readonly WarningRule[] = [
  {
    name: "SECRET_KEY",
    when: ({ SECRET_KEY }) => SECRET_KEY === defaultSecret,
    message: "Using default SECRET_KEY: anybody can make a valid token. Set one of your own: openssl rand -hex 32",
  },
  {
    name: "API_KEY",
    when: ({ API_KEY }) => API_KEY === defaultSecret,
    message: "Using default API_KEY: anybody can act as a service. Set one of your own: openssl rand -hex 32",
  },
  {
    name: "RELEASE_MODE",
    when: ({ RELEASE_MODE, NODE_ENV }) => !RELEASE_MODE && NODE_ENV === "production",
    message: "RELEASE_MODE=false in production: default keys are accepted and licences are not checked.",
  },
  { name: "SECRET_KEY", when: ({ SECRET_KEY }) => published.includes(SECRET_KEY), message: known },
  { name: "API_KEY", when: ({ API_KEY }) => published.includes(API_KEY), message: known },
  {
    name: "SECRET_KEY",
    when: ({ SECRET_KEY }) => SECRET_KEY.length < 32 && SECRET_KEY !== defaultSecret && !published.includes(SECRET_KEY),
    message: "SECRET_KEY has fewer than 32 characters: short keys can be guessed.",
  },
  {
    name: "SECRET_KEY",
    when: ({ SECRET_KEY }) => SECRET_KEY !== SECRET_KEY.trim(),
    message: "SECRET_KEY begins or ends with a blank or a line break, which counts as part of the key.",
  },
  {
    name: "API_KEY",
    when: ({ API_KEY }) => API_KEY !== API_KEY.trim(),
    message: "API_KEY begins or ends with a blank or a line break; no header can carry that, so no call will match.",
  },
  {
    name: "SECRET_KEY_PREVIOUS",
    when: ({ SECRET_KEY_PREVIOUS }) =>
      SECRET_KEY_PREVIOUS === defaultSecret || published.includes(SECRET_KEY_PREVIOUS ?? ""),
    message: "SECRET_KEY_PREVIOUS is a value that everybody knows, and tokens signed with it are accepted. Unset it.",
  },
  {
    name: "WORKERS",
    when: ({ WORKERS, REDIS_URL, READ_REPLICA_URIS }) =>
      WORKERS > 1 && REDIS_URL === undefined && READ_REPLICA_URIS.length > 0,
    message:
      "WORKERS above 1 with READ_REPLICA_URIS but without REDIS_URL: lists may lack what another process has just written.",
  },
  {
    name: "MAX_TOTAL_OPERATIONS",
    when: ({ MAX_TOTAL_OPERATIONS, MAX_LOOP_ITERATIONS }) => MAX_TOTAL_OPERATIONS < MAX_LOOP_ITERATIONS,
    message: "MAX_TOTAL_OPERATIONS is below MAX_LOOP_ITERATIONS: a long loop ends by the total before its own limit.",
  },
];

/** Everything worth a warning, in the order of the rules; with `env`, also names that look like misspelt ones of ours. */
export function settingWarnings(settings: Settings, env: Environment = {}): SettingWarning[] {
  const rules = warningRules.filter(({ when }) => when(settings)).map(({ name, message }) => ({ name, message }));
  const loose = rows.flatMap(([name, { warnAbove }]) => {
    const value = settings[name];
    if (warnAbove === undefined || typeof value !== "number" || value <= warnAbove) return [];
    return [{ name, message: `Overly permissive limit: ${name}=${value} is above ${warnAbove} and protects little.` }];
  });
  const names = misspelt(env).map(({ name, meant }) => ({
    name,
    message: `${name} is not a setting and has no effect; perhaps ${meant} was meant.`,
  }));
  return [...rules, ...loose, ...names];
}
