// Reads the settings from the environment. All mistakes are found before any is reported, because whoever has to
// correct three variables should not have to start the program three times.

import { maskText } from "../log/redact.js";
import { defaultSecret } from "./guide.js";
import { rows, type SettingName, type Settings, table } from "./table.js";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SettingProblem {
  readonly name: SettingName;
  /** What was found; absent where nothing was set, and always for a secret. */
  readonly value?: string;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/** The environment does not make valid settings; `problems` lists every mistake, in the table's order. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly problems: readonly SettingProblem[];

  constructor(problems: readonly SettingProblem[]) {
    super(problems.map(({ name, message, hint }) => `${name} ${message}. ${hint}`).join("\n"));
    this.problems = problems;
  }
}

/** The settings of an environment, frozen; an empty variable is an unset one. Throws a SettingsError that names every mistake. */
export function loadSettings(env: Environment): Settings {
  const problems: SettingProblem[] = [];
  const values: Partial<Record<SettingName, unknown>> = {};
  // RELEASE_MODE decides what others default to; if it is itself a mistake, that mistake is reported first.
  const mode = read("RELEASE_MODE", env.RELEASE_MODE);
  const release = mode !== undefined && "value" in mode && mode.value === true;
  for (const [name, setting] of rows) {
    const found = read(name, env[name]);
    if (found === undefined) values[name] = (release ? setting.inRelease : undefined) ?? setting.default;
    else if ("problem" in found) problems.push(found.problem);
    else values[name] = found.value;
  }
  if (release) problems.push(...releaseProblems(env, values, problems));
  if (values.MODULE_PORT !== 0 && values.MODULE_PORT !== undefined && values.MODULE_PORT === values.GRPC_PORT) {
    problems.push({
      name: "GRPC_PORT",
      value: String(values.GRPC_PORT),
      message: "must not be the same as MODULE_PORT",
      hint: "Give each its own port.",
    });
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return Object.freeze(values) as Settings; // each row has put a value of its own kind there
}

type Found = { value: unknown } | { problem: SettingProblem } | undefined;

function read(name: SettingName, raw: string | undefined): Found {
  if (raw === undefined || raw === "") return undefined;
  const { kind, secret = false, example, default: standard } = table[name];
  const seen = secret ? {} : { value: maskText(raw.slice(0, 200)) };
  if (/\$\{\w*\}/.test(raw)) {
    const hint = "Write the value itself: files of variables are not expanded.";
    return { problem: { name, ...seen, message: "holds a placeholder that was not filled in", hint } };
  }
  const result = kind.schema.safeParse(raw);
  if (result.success) return { value: result.data };
  const shown = secret ? "" : ` (it is ${JSON.stringify(seen.value)})`;
  const hint = raw.trim() === raw ? hintFor(example, standard) : "There are blanks around the value; remove them.";
  return { problem: { name, ...seen, message: `must be ${kind.range}${shown}`, hint } };
}

function hintFor(example: string | undefined, standard: unknown): string {
  if (example) return `For example ${example}`;
  return typeof standard === "object" || standard === undefined
    ? "Leave it unset if in doubt."
    : `Leave it unset for the default, ${String(standard)}.`;
}

/** What RELEASE_MODE=true asks for beyond values that can be read. A variable that is wrong already is not named twice. */
function releaseProblems(
  env: Environment,
  values: Partial<Record<SettingName, unknown>>,
  known: readonly SettingProblem[],
): SettingProblem[] {
  const problems: SettingProblem[] = [];
  for (const [name, { requiredInRelease, secret }] of rows) {
    if (!requiredInRelease || known.some((problem) => problem.name === name)) continue;
    const value = values[name];
    const hint =
      secret && name.endsWith("_KEY") ? "Make one with: openssl rand -hex 32" : hintFor(table[name].example, undefined);
    if (!env[name]) problems.push({ name, message: "must be set when RELEASE_MODE=true", hint });
    else if (value === defaultSecret) {
      problems.push({ name, message: "must not be the default when RELEASE_MODE=true", hint });
    } else if (name === "SECRET_KEY" && String(value).length < 16) {
      problems.push({ name, message: "must have at least 16 characters when RELEASE_MODE=true", hint });
    }
  }
  return problems;
}

/** Every password and key in force, for the log's redaction; the published default is no secret. */
export function secretValues(settings: Settings): string[] {
  const addresses = [settings.DATABASE_URI, settings.REDIS_URL, ...settings.READ_REPLICA_URIS];
  const passwords = addresses.map((each) => (each === undefined ? "" : new URL(each).password));
  const spelt = passwords.flatMap((each) => [each, decoded(each)]);
  const headers = Object.values(settings.OTEL_EXPORTER_OTLP_HEADERS ?? {});
  return [settings.SECRET_KEY, settings.SECRET_KEY_PREVIOUS ?? "", settings.API_KEY, ...spelt, ...headers].filter(
    (value) => value !== "" && value !== defaultSecret,
  );
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}
