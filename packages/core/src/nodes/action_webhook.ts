import {
  address,
  choice,
  flag,
  name,
  optional,
  pairs,
  text,
  value,
  withDefault,
  withSecrets,
} from "../config/fields.js";
import { isEmpty } from "../config/values.js";
import type { NodeFailure } from "../documents/execution.js";
import type { Json } from "../json.js";
import { action, type Performed } from "../node.js";
import type { HttpResponse } from "../outside.js";
import { withQuery } from "./query.js";
import { timeoutField } from "./router-call.js";
import { names, shorten, shown } from "./words.js";

const hasNoBody = (method: unknown): boolean => method === "GET" || method === "HEAD";

const performed = (response: HttpResponse, variable: string | undefined): Performed => {
  const answer = {
    status_code: response.status_code,
    response_body: response.response_body,
    response_headers: response.response_headers,
  };
  const variables: Record<string, Json> = { ...answer };
  if (variable !== undefined) variables[variable] = answer;
  return { output: answer, variables };
};

/** What an error status is when `fail_on_error` is on; 408, 429 and 5xx may pass. */
const statusFailure = (response: HttpResponse): NodeFailure => {
  const { status_code, response_body, retryAfterSeconds } = response;
  return {
    code: "HTTP_STATUS",
    message: `The answer's status is ${status_code}`,
    retryable: status_code === 408 || status_code === 429 || status_code >= 500,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    details: { status_code, response_body },
  };
};

export const actionWebhook = action({
  type: "action_webhook",
  category: "action",
  title: "HTTP request",
  icon: "globe",
  feature: "advanced_workflows",
  summary: "Calls any HTTP API and gives its answer.",
  details:
    "Every status is an answer, 404 and 500 too, unless errors are to fail the node; then 408, 429 and 5xx may be tried again, " +
    "after as long as Retry-After says. No answer at all always fails the node. A host that does not answer, or with 502, 503 or 504, five " +
    "times in a row is not called for ten seconds: CIRCUIT_OPEN, which is no attempt; a node that is retried waits for it. What templates put behind the host is percent-encoded. " +
    "Address, headers, query and body may hold the community's secrets: {{ secrets.name }}; one that is bound to hosts is sent to these only. " +
    "The answer is in status_code, response_body (parsed when it is JSON) and response_headers (names in lower case).",
  config: {
    url: withSecrets(address("Address", { help: "https://… Templates are allowed." })),
    method: withDefault(choice("Method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]), "POST"),
    headers: withSecrets(withDefault(pairs("Headers", text("Value", { max: 8192 })), {})),
    params: withSecrets(
      withDefault(
        pairs("Query", value("Value"), { help: "Added to the address. A list gives its name once per item." }),
        {},
      ),
    ),
    body: withSecrets(
      optional(value("Body", { help: "Sent as JSON, or as it is when it is text. Not for GET and HEAD." })),
    ),
    timeout_seconds: timeoutField(),
    output_variable: optional(name("Variable", { help: "Gets status, body and headers of the answer as one object." })),
    fail_on_error: withDefault(
      flag("Errors fail the node", { help: "A status of 400 or more is then a failure." }),
      false,
    ),
  },
  ports: { output: "There is an answer", error: "There is none, or its status is a failure" },
  label: ({ method, url }) =>
    shorten(
      `${shown(method, "POST", 10)} ${shown(url, "…", 200)
        .replace(/^[a-z]+:\/\//i, "")
        .replace(/[?#].*$/, "")}`,
    ),
  sets: ({ output_variable }) => names("status_code", "response_body", "response_headers", output_variable),
  problem: ({ method, body }) =>
    hasNoBody(method) && body !== undefined && !isEmpty(body)
      ? { path: "body", message: `${method} has no body; use the query or another method` }
      : undefined,
  reachesOutside: true,
  perform: async ({ config, outside, call }) => {
    const answer = await outside.http(
      {
        url: withQuery(config.url, config.params),
        method: config.method,
        headers: config.headers,
        body: hasNoBody(config.method) ? undefined : config.body,
        timeoutSeconds: config.timeout_seconds,
      },
      call,
    );
    if (!answer.ok) return answer;
    if (config.fail_on_error && answer.value.status_code >= 400)
      return { ok: false, failure: statusFailure(answer.value) };
    return { ok: true, value: performed(answer.value, config.output_variable) };
  },
  pretend: (config) => performed({ status_code: 200, response_body: {}, response_headers: {} }, config.output_variable),
  examples: [
    {
      title: "Look something up",
      config: {
        url: "https://api.example.com/users/{{ username }}?v=2#top",
        method: "GET",
        params: { fields: ["id", "name"], q: "a&b" },
      },
      variables: { username: "ada/../admin" },
      asks: {
        url: "https://api.example.com/users/ada%2F..%2Fadmin?v=2&fields=id&fields=name&q=a%26b#top",
        method: "GET",
        headers: {},
        timeoutSeconds: 30,
      },
      answer: { status_code: 404, response_body: { error: "unknown" }, response_headers: {} },
      result: {
        output: { status_code: 404, response_body: { error: "unknown" }, response_headers: {} },
        variables: { status_code: 404, response_body: { error: "unknown" }, response_headers: {} },
      },
    },
    {
      title: "Send JSON and keep the answer",
      config: {
        url: "https://hooks.example.com/raid",
        headers: { "X-From": "{{ username }}" },
        body: { viewers: "{{ viewers }}", text: "{{ username }} raids!" },
        timeout_seconds: 5,
        output_variable: "reply",
      },
      variables: { username: "ada", viewers: 42 },
      asks: {
        url: "https://hooks.example.com/raid",
        method: "POST",
        headers: { "X-From": "ada" },
        body: { viewers: 42, text: "ada raids!" },
        timeoutSeconds: 5,
      },
      answer: { status_code: 200, response_body: "ok", response_headers: { "content-type": "text/plain" } },
      result: {
        output: { status_code: 200, response_body: "ok", response_headers: { "content-type": "text/plain" } },
        variables: {
          status_code: 200,
          response_body: "ok",
          response_headers: { "content-type": "text/plain" },
          reply: { status_code: 200, response_body: "ok", response_headers: { "content-type": "text/plain" } },
        },
      },
    },
    {
      title: "Errors fail the node",
      config: { url: "https://api.example.com/orders/7", method: "DELETE", fail_on_error: true },
      asks: { url: "https://api.example.com/orders/7", method: "DELETE", headers: {}, timeoutSeconds: 30 },
      answer: {
        ...{ status_code: 429, response_body: "slow down", response_headers: { "retry-after": "7" } },
        retryAfterSeconds: 7,
      },
      result: {
        kind: "fail",
        failure: {
          code: "HTTP_STATUS",
          message: "The answer's status is 429",
          retryable: true,
          retryAfterSeconds: 7,
          details: { status_code: 429, response_body: "slow down" },
        },
      },
    },
  ],
});
