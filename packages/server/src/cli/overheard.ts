// What a running workflow does outside, overheard for whoever watches: chat messages as they would appear, commands,
// modules and HTTP calls. The ports behind are not changed by it.
import { type Call, isJsonObject, type Json, type JsonObject, type Outside } from "@workflow-core/core";

export interface Overheard {
  node_id: string;
  kind: "chat" | "command" | "module" | "http";
  /** The chat message, the command line, the module's action with its parameters, or the request with its status. */
  text: string;
  /** Of chat: platform, channel and person, as far as they are known. */
  where?: string;
  /** What stood in the way. */
  failure?: string;
}

/** The same outside, with everything told to `listener` once it is answered. */
export function overhear(outside: Outside, listener: (heard: Overheard) => void): Outside {
  return {
    router: async (kind, body, timeoutSeconds, call) => {
      const answer = await outside.router(kind, body, timeoutSeconds, call);
      listener({ ...routerCall(kind, body, call), ...(answer.ok ? {} : { failure: answer.failure.message }) });
      return answer;
    },
    http: async (request, call) => {
      const answer = await outside.http(request, call);
      const said = answer.ok ? ` → ${answer.value.status_code}` : "";
      listener({
        node_id: call.node_id,
        kind: "http",
        text: `${request.method} ${request.url}${said}`,
        ...(answer.ok ? {} : { failure: answer.failure.message }),
      });
      return answer;
    },
    sandbox: outside.sandbox,
  };
}

function routerCall(kind: "modules" | "commands", body: JsonObject, { node_id }: Call): Overheard {
  if (kind === "commands") {
    const words = Array.isArray(body.args) ? body.args : [];
    return { node_id, kind: "command", text: [body.command, ...words].map(word).join(" ") };
  }
  const params = isJsonObject(body.params) ? body.params : {};
  if (body.module_name === "chat" && typeof params.message === "string")
    return { node_id, kind: "chat", text: params.message, where: placeOf(params) };
  return {
    node_id,
    kind: "module",
    text: `${word(body.module_name)}.${word(body.action)} ${JSON.stringify(params)}`,
  };
}

function placeOf({ platform, channel_id, target, username, user_id }: JsonObject): string {
  const channel = channel_id === null || channel_id === undefined ? "" : `#${word(channel_id)}`;
  const person = target === "reply" || target === "dm" ? `${target} to ${word(username ?? user_id)}` : "";
  return [platform === null || platform === undefined ? "" : word(platform), channel, person]
    .filter((part) => part !== "")
    .join(" ");
}

const word = (value: Json | undefined): string => (typeof value === "string" ? value : JSON.stringify(value ?? null));
