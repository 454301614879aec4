// The world of the practice chat: nothing leaves the page. What would be sent is told as it would be sent; answers are
// those that people pinned, else friendly ones.
import type { Answer, Call, HttpResponse, Json, Outside } from "@workflow-core/core";

export type Pin = { ok: true; value: Json } | { ok: false; message: string };
export type Pins = Readonly<Record<string, Pin>>;

export type SentKind = "chat" | "overlay" | "module" | "command" | "http" | "code";

/** Something that would have been sent. */
export interface Sent {
  kind: SentKind;
  node: string;
  attempt: number;
  title: string;
  /** Of a chat message: the text itself. */
  text: string;
  where: string;
  body: Json;
  answer: Json;
  failed: boolean;
  pinned: boolean;
}

const failure = (message: string) =>
  ({ ok: false, failure: { code: "PRACTICE_FAILURE", message, retryable: true } }) as const;

const isRecord = (value: Json | undefined): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

const routerSent = (
  kind: "modules" | "commands",
  body: Record<string, Json>,
): Pick<Sent, "kind" | "title" | "text" | "where"> => {
  const params = isRecord(body.params) ? body.params : {};
  if (kind === "commands") {
    const args = Array.isArray(body.args) ? body.args.map(String) : [];
    return {
      kind: "command",
      title: "Chat command",
      text: [textOf(body.command), ...args].join(" "),
      where: textOf(body.platform),
    };
  }
  if (body.module_name === "chat") {
    const target =
      params.target === "dm"
        ? `to ${textOf(params.username) || "them"} alone`
        : params.target === "reply"
          ? `in reply to ${textOf(params.username) || "them"}`
          : "";
    return {
      kind: "chat",
      title: "Chat message",
      text: textOf(params.message),
      where: [textOf(params.platform), target].filter(Boolean).join(", "),
    };
  }
  if (body.module_name === "browser_source")
    return {
      kind: "overlay",
      title: `Overlay: ${textOf(body.action)} ${textOf(params.source_type)}`,
      text: isRecord(params.content) ? textOf(params.content.text) : textOf(params.content),
      where: `${params.duration_seconds ?? ""} s`,
    };
  return { kind: "module", title: `${textOf(body.module_name)}: ${textOf(body.action)}`, text: "", where: "" };
};

/** What the Router is shown, without the context that every call carries. */
const withoutContext = ({
  execution_id: _e,
  workflow_id: _w,
  community_id: _c,
  entity_id: _n,
  user_id: _u,
  session_id: _s,
  ...rest
}: Record<string, Json>): Json => rest;

const isHttpResponse = (value: Json): value is HttpResponse & Record<string, Json> =>
  isRecord(value) && typeof value.status_code === "number" && "response_body" in value;

export const practiceOutside = (pins: Pins, tell: (sent: Sent) => void): Outside => {
  const answered = (
    call: Call,
    sent: Omit<Sent, "answer" | "failed" | "pinned" | "node" | "attempt">,
    usual: Json,
  ): Answer<Json> => {
    const pin = pins[call.node_id];
    const answer = pin ? (pin.ok ? pin.value : pin.message) : usual;
    tell({
      ...sent,
      node: call.node_id,
      attempt: call.attempt,
      answer,
      failed: pin?.ok === false,
      pinned: pin !== undefined,
    });
    return pin?.ok === false ? failure(pin.message) : { ok: true, value: answer };
  };
  return {
    router: async (kind, body, _timeout, call) =>
      answered(call, { ...routerSent(kind, body), body: withoutContext(body) }, { success: true }),
    http: async (request, call) => {
      const { body, timeoutSeconds: _t, ...rest } = request;
      const what = { ...rest, ...(body === undefined ? {} : { body }) };
      const usual = { status_code: 200, response_body: {}, response_headers: {} };
      const answer = answered(
        call,
        { kind: "http", title: `${request.method} ${request.url}`, text: "", where: "", body: what },
        usual,
      );
      if (!answer.ok) return answer;
      return {
        ok: true,
        value: isHttpResponse(answer.value) ? answer.value : { ...usual, response_body: answer.value },
      };
    },
    sandbox: async (code, call) => {
      const answer = answered(
        call,
        {
          kind: "code",
          title: `${code.language === "jq" ? "jq" : "JavaScript"} is not run here`,
          text: "",
          where: "",
          body: { input: code.input, code: code.source },
        },
        null,
      );
      return answer.ok ? { ok: true, value: { output: answer.value, logs: [] } } : answer;
    },
  };
};
