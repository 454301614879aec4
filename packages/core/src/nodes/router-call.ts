// What all calls to the Router have in common: who is calling, and how long an answer may take.
import { seconds, withDefault } from "../config/fields.js";
import type { Json } from "../json.js";
import type { Answer, Call, Outside } from "../outside.js";

/** Seconds that an answer may take where nobody says otherwise. */
const usualTimeoutSeconds = 30;

export const timeoutField = () =>
  withDefault(seconds("Timeout", { help: "Seconds that the answer may take.", min: 1, max: 300 }), usualTimeoutSeconds);

/** Sends one call with the context that every call carries; gives the answer's body. */
export const callRouter = (
  outside: Outside,
  kind: "modules" | "commands",
  body: Record<string, Json>,
  call: Call,
  timeoutSeconds = usualTimeoutSeconds,
): Promise<Answer<Json>> => outside.router(kind, Object.assign({}, body, call.context), timeoutSeconds, call);

/** What a field says, else the execution's variable of that name (the trigger set it), else nothing. */
export const orVariable = (given: string | undefined, variables: Readonly<Record<string, Json>>, name: string): Json =>
  given || (Object.hasOwn(variables, name) ? (variables[name] ?? null) : null);

/**
 * Where something is written: what the fields say, else where the execution was started. The trigger's channel belongs
 * to the trigger's platform, so it is not meant when another platform is.
 */
export const placeOf = (
  config: { readonly platform: string | undefined; readonly channel_id: string | undefined },
  variables: Readonly<Record<string, Json>>,
): { platform: Json; channel_id: Json } => {
  const started = orVariable(undefined, variables, "platform");
  const platform = config.platform || started;
  const elsewhere = started !== null && platform !== started;
  return {
    platform,
    channel_id: elsewhere ? config.channel_id || null : orVariable(config.channel_id, variables, "channel_id"),
  };
};
