// Webhooks in tests: made through the door, called as other programs call them.
import { createHmac } from "node:crypto";
import type { Json, WorkflowGraph } from "@workflow-core/core";
import { draw } from "@workflow-core/core/testing";
import type { InjectOptions } from "fastify";
import type { Webhook } from "../../src/store/webhooks.js";
import type { Workflow } from "../../src/store/workflows.js";
import { type Caller, publish, type Reply, type TestApp, testApp } from "./app.js";
import { until } from "./until.js";

export type NewWebhook = Webhook & { secret: string; url: string };

/** Answers a webhook with what it was sent. */
export const receiving = (): WorkflowGraph =>
  draw("start -> end", {
    start: "trigger_webhook",
    end: [
      "flow_end",
      { output_data: { payload: "{{ payload }}", headers: "{{ headers }}", webhook: "{{ webhook }}" } },
    ],
  });

/** Makes a webhook of the workflow. */
export async function makeWebhook(
  call: Caller,
  workflowId: string,
  more: Record<string, Json> = {},
): Promise<NewWebhook> {
  const made = await call(`/api/v1/workflows/${workflowId}/webhooks`, {
    method: "POST",
    body: { name: "A hook", ...more },
  });
  if (made.status !== 201) throw new Error(`not made: ${made.text}`);
  return made.json.data;
}

/** The guide's signature. */
export const signature = ({ token, secret }: { token: string; secret: string }, body: string | Buffer): string =>
  `sha256=${createHmac("sha256", secret).update(token).update(body).digest("hex")}`;

/** The headers of a signed call. */
export const signed = (webhook: NewWebhook, body: string | Buffer): Record<string, string> => ({
  "content-type": "application/json",
  "x-webhook-signature": signature(webhook, body),
});

export type Sent = Partial<Pick<InjectOptions, "headers" | "remoteAddress">> & { body?: string | Buffer };

/** A door with a published workflow of ada's, and the ways to call its webhooks and to look at them. */
export interface WebhookScene {
  app: TestApp;
  ada: Caller;
  workflow: Workflow;
  /** Where the workflow's webhooks are managed. */
  base: string;
  make(more?: Record<string, Json>): Promise<NewWebhook>;
  send(token: string, sent?: Sent): Promise<Reply>;
  sendSigned(webhook: NewWebhook, body?: string | Buffer, more?: Sent): Promise<Reply>;
  /** The webhook as the list shows it. */
  one(webhook: NewWebhook): Promise<Webhook>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents of every shape
  deliveries(webhook: NewWebhook): Promise<any[]>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  over(executionId: string): Promise<any>;
}

/** Opens the scene; close its app after the tests. */
export async function webhookScene(environment: Record<string, string> = {}): Promise<WebhookScene> {
  const app = await testApp({ environment });
  const ada = await app.as({ user_id: 7, username: "ada", community_ids: [1] });
  const workflow = await publish(ada, receiving());
  const base = `/api/v1/workflows/${workflow.workflow_id}/webhooks`;
  const send: WebhookScene["send"] = async (token, { body = "", headers = {}, remoteAddress = "127.0.0.1" } = {}) => {
    const url = `/api/v1/workflows/webhooks/${token}`;
    const response = await app.http.inject({ method: "POST", url, payload: body, headers, remoteAddress });
    const isJson = String(response.headers["content-type"]).startsWith("application/json");
    const { statusCode: status, headers: answered, body: text } = response;
    return { status, headers: answered, json: isJson ? response.json() : undefined, text } as Reply;
  };
  return {
    ...{ app, ada, workflow, base, send },
    make: (more) => makeWebhook(ada, workflow.workflow_id, more),
    sendSigned: (webhook, body = '{"a":1}', more = {}) =>
      send(webhook.token, { ...more, body, headers: { ...signed(webhook, body), ...more.headers } }),
    one: async ({ webhook_id }) => (await ada(base)).json.data.find((each: Webhook) => each.webhook_id === webhook_id),
    deliveries: async ({ webhook_id }) => (await ada(`${base}/${webhook_id}/deliveries?per_page=100`)).json.data,
    over: async (executionId) => {
      const read = () => ada(`/api/v1/workflows/executions/${executionId}`);
      await until(async () => (await read()).json.data.end_time !== null);
      return (await read()).json.data;
    },
  };
}
