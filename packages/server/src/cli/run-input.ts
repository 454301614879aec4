// What `run` is given on the command line, as the execution's data and variables.
import { isJsonObject, type Json, type Plan, type PlanNode, toJson } from "@workflow-core/core";
import { CommandFailure, exitCodes } from "./command-failure.js";
import { JsonTextError, parseJsonText } from "./json-text.js";

/** `name=value`: JSON where the value is JSON, else text. Throws CommandFailure when there is no name. */
export function readVariable(text: string, before: Record<string, Json> = {}): Record<string, Json> {
  const equals = text.indexOf("=");
  if (equals < 1) throw usage(`--var ${text}: write name=value, such as --var score=12`);
  const raw = text.slice(equals + 1);
  return { ...before, [text.slice(0, equals)]: jsonOrText(raw) };
}

function jsonOrText(raw: string): Json {
  try {
    return toJson(JSON.parse(raw));
  } catch {
    return raw;
  }
}

/** `--data`: a JSON object. Throws CommandFailure. */
export function readData(text: string): Record<string, Json> {
  try {
    const value = toJson(parseJsonText(text));
    if (isJsonObject(value)) return value;
  } catch (error) {
    if (error instanceof JsonTextError)
      throw usage(`--data is not valid JSON (column ${error.column}): ${error.message}`);
    throw usage(`--data cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw usage(`--data must be a JSON object, such as '{"viewers": 42}'`);
}

/** The trigger to start from: the one that is named, else the first. Throws CommandFailure when there is none such. */
export function chooseTrigger(plan: Plan, name: string | undefined): PlanNode {
  const ids = plan.triggers.map(({ id }) => id).join(", ");
  const found = name === undefined ? plan.triggers[0] : plan.triggers.find(({ id }) => id === name);
  if (found === undefined) throw usage(`There is no enabled trigger ${JSON.stringify(name)}; there is: ${ids}`);
  return found;
}

/** What the trigger gives: its type's sample, what `--data` says instead, and the person of `--user`. */
export function triggerData(
  trigger: PlanNode,
  data: Record<string, Json>,
  user: string | undefined,
): Record<string, Json> {
  const sample = trigger.type.behaviour === "trigger" ? trigger.type.sample(trigger.drawn) : {};
  return { ...sample, ...data, ...(user === undefined ? {} : { username: user }) };
}

const usage = (message: string): CommandFailure => new CommandFailure(message, exitCodes.usage);
