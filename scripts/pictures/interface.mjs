// The server's interface as the pictures use it: on behalf of a person, or as the platform that sends events.
import { createHmac, randomUUID } from "node:crypto";
import { apiKey } from "./server.mjs";

/** Throws with the answer's own words unless it is a success. */
export function interfaceOf(origin) {
  const call = async (method, path, { body, as = 1, headers = {} } = {}) => {
    const answer = await fetch(`${origin}${path}`, {
      method,
      headers: {
        "X-API-Key": apiKey,
        ...(as === null ? {} : { "X-On-Behalf-Of": String(as) }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text).data;
  };

  /** What somebody does in chat, or what the platform tells. */
  const happen = (community, name, what) =>
    call("POST", "/api/v1/events", {
      as: null,
      body: {
        delivery_id: randomUUID(),
        platform: "twitch",
        entity_id: community,
        community_id: community,
        channel_id: String(community),
        user: { id: String(1000 + name.length), name, roles: name === "ada" ? ["broadcaster", "moderator"] : [] },
        ...what,
      },
    });
  const say = (community, name, message) => happen(community, name, { type: "command", message });
  const event = (community, name, event_type, data = {}) =>
    happen(community, name, { type: "event", event_type, data });

  /** A call of a webhook, as GitHub signs it. */
  const deliver = (webhook, kind, payload, secret) => {
    const body = JSON.stringify(payload);
    const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
    return fetch(`${origin}/api/v1/workflows/webhooks/${webhook.token}`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-GitHub-Event": kind,
        "X-GitHub-Delivery": randomUUID(),
        "X-Hub-Signature-256": signature,
      },
      body,
    });
  };
  return { call, say, event, deliver };
}
