// Webhooks as other programs call them, each sender in its way.
import { createHmac } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { until } from "../support/until.js";
import { type NewWebhook, signature, signed, webhookScene } from "../support/webhooks.js";

const scene = await webhookScene();
const { app, ada, workflow, base, make, send, sendSigned, one, deliveries, over } = scene;
afterAll(() => scene.app.close());

describe("a call", () => {
  it("starts an execution that sees what was sent, and nothing secret", async () => {
    const hook = await make();
    const body = '{"event":"user_joined","user_id":123}';
    const headers = {
      "X-Custom": "Zoë",
      authorization: "Bearer abc",
      cookie: "a=b",
      "x-api-key": "k",
      "x-gitlab-token": "t",
    };
    const answer = await sendSigned(hook, body, { headers: { ...headers, "x-delivery-id": "d-1" } });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json.data).toEqual({
      ...{ execution_id: expect.any(String), webhook_id: hook.webhook_id, workflow_id: workflow.workflow_id },
      ...{ status: "queued", timestamp: expect.stringMatching(/^\d{4}-.*Z$/) },
    });
    expect(answer.headers["x-ratelimit-limit"]).toBe("60");
    expect(answer.headers["x-ratelimit-remaining"]).toBe("59");
    expect(Number(answer.headers["x-ratelimit-reset"]) - Date.now() / 1000).toBeGreaterThan(58);

    const execution = await over(answer.json.data.execution_id);
    expect(execution.trigger).toMatchObject({ source: "webhook", webhook_id: hook.webhook_id, delivery_id: "d-1" });
    const { payload, headers: seen, webhook } = execution.final_output;
    expect(payload).toEqual({ event: "user_joined", user_id: 123 });
    expect(webhook).toEqual({ id: hook.webhook_id, name: "A hook" });
    expect(seen).toMatchObject({
      "content-type": "application/json",
      "x-delivery-id": "d-1",
      "x-custom": expect.any(String),
    });
    for (const name of ["authorization", "cookie", "x-api-key", "x-gitlab-token", "x-webhook-signature"])
      expect(seen).not.toHaveProperty(name);

    const { execution_id } = answer.json.data;
    expect(await one(hook)).toMatchObject({
      trigger_count: 1,
      last_execution_id: execution_id,
      last_triggered_at: expect.any(String),
    });
    expect(await deliveries(hook)).toEqual([
      {
        at: expect.any(String),
        outcome: "accepted",
        code: null,
        detail: null,
        calls: 1,
        delivery_id: "d-1",
        execution_id,
      },
    ]);
    const audited = app.lines.filter((line) => line.execution_id === execution_id && line.event_type === "AUDIT");
    expect(audited.map(({ action, source }) => [action, source])).toEqual([["workflow_execute_start", "webhook"]]);
    expect(JSON.stringify(app.lines)).not.toContain(hook.token);
    expect(JSON.stringify(app.lines)).not.toContain(signature(hook, body));
  });

  it("may have no body and no content type; strange ones are refused after the signature", async () => {
    const hook = await make();
    const headers = { "x-webhook-signature": signature(hook, "") };
    const empty = await send(hook.token, { headers });
    expect(empty.status, empty.text).toBe(200);
    expect((await over(empty.json.data.execution_id)).final_output.payload).toBeNull();
    const untyped = { "x-webhook-signature": signature(hook, "[1]") };
    expect((await send(hook.token, { body: Buffer.from("[1]"), headers: untyped })).status).toBe(200);
    for (const type of ["text/plain", "garbage", "application/x-www-form-urlencoded", ";", "a/b/c"]) {
      expect((await sendSigned(hook, "{}", { headers: { "content-type": type } })).status, type).toBe(415);
      const unsigned = await send(hook.token, { body: "{}", headers: { "content-type": type } });
      expect(unsigned.json.error.code, type).toBe("SIGNATURE_REQUIRED");
    }
    expect(
      (await sendSigned(hook, "{}", { headers: { "content-type": "application/json; charset=utf-8" } })).status,
    ).toBe(200);
  });

  it("is one execution for one delivery, however it is named", async () => {
    const hook = await make({ rate_limit_max: 1000 });
    for (const name of ["Idempotency-Key", "X-Delivery-Id"]) {
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => sendSigned(hook, "{}", { headers: { [name]: `${name}-1` } })),
      );
      expect(answers.map(({ status }) => status)).toEqual(new Array(10).fill(200));
      expect(new Set(answers.map(({ json }) => json.data.execution_id)).size).toBe(1);
    }
    const twice = await Promise.all([sendSigned(hook, "{}"), sendSigned(hook, "{}")]);
    expect(new Set(twice.map(({ json }) => json.data.execution_id)).size, "without a name").toBe(2);
    expect(await one(hook)).toMatchObject({ trigger_count: 4 });
    const odd = await sendSigned(hook, "{}", { headers: { "idempotency-key": "x".repeat(256) } });
    expect(odd.json.error.code).toBe("BAD_REQUEST");
  });

  it("may have a query in its address, which changes nothing", async () => {
    const hook = await make();
    const address = `${hook.token}?source=shop&community_id=x`;
    const unsigned = await send(address, { body: "{}", headers: { "content-type": "application/json" } });
    expect(unsigned.json.error.code).toBe("SIGNATURE_REQUIRED");
    const called = await send(address, { body: "{}", headers: signed(hook, "{}") });
    expect(called.status, called.text).toBe(200);
  });

  it("of a webhook without signatures is taken from whoever knows the address", async () => {
    const hook = await make({ require_signature: false });
    expect((await send(hook.token, { body: "{}", headers: { "content-type": "application/json" } })).status).toBe(200);
  });

  it("holds with the old secret for the overlap only", async () => {
    const hook = await make();
    const rotate = async (body: object) =>
      (await ada(`${base}/${hook.webhook_id}/rotate-secret`, { method: "POST", body })).json.data as NewWebhook;
    const second = await rotate({});
    expect(Date.parse(second.previous_secret_expires_at ?? "") - Date.now()).toBeGreaterThan(23.9 * 3_600_000);
    expect((await sendSigned(hook)).status).toBe(200);
    expect((await sendSigned(second)).status).toBe(200);
    const third = await rotate({ overlap_hours: 0 });
    expect(third.previous_secret_expires_at).toBeNull();
    expect((await sendSigned(second)).json.error.code).toBe("SIGNATURE_INVALID");
    expect((await sendSigned(third)).status).toBe(200);
    const fourth = await rotate({ overlap_hours: 1e-6 });
    await until(async () => (await sendSigned(third)).status === 403);
    expect((await sendSigned(fourth)).status).toBe(200);
  });
});

describe("senders with ways of their own", () => {
  const hmac = (secret: string, text: string) => createHmac("sha256", secret).update(text).digest("hex");
  const json = { "content-type": "application/json" };

  it("Twitch: answers the challenge, then starts once per message", async () => {
    const hook = await make({ signature_scheme: "twitch" });
    const message = (id: string, type: string, body: string) => {
      const at = new Date().toISOString();
      return send(hook.token, {
        body,
        headers: {
          ...json,
          "Twitch-Eventsub-Message-Id": id,
          "Twitch-Eventsub-Message-Timestamp": at,
          "Twitch-Eventsub-Message-Type": type,
          "Twitch-Eventsub-Message-Signature": `sha256=${hmac(hook.secret, id + at + body)}`,
        },
      });
    };
    const challenged = await message("m-0", "webhook_callback_verification", '{"challenge":"pogchamp-kappa"}');
    expect([challenged.status, challenged.text]).toEqual([200, "pogchamp-kappa"]);
    expect(challenged.headers["content-type"]).toMatch(/^text\/plain/);
    const [first, again] = [
      await message("m-1", "notification", "{}"),
      await message("m-1", "notification", '{"again":true}'),
    ];
    expect(again.json.data.execution_id).toBe(first.json.data.execution_id);
    const revoked = { subscription: { status: "authorization_revoked" } };
    expect((await message("m-2", "revocation", JSON.stringify(revoked))).text).toBe("");
    const told = await deliveries(hook);
    expect(told.map(({ outcome, detail }: Record<string, string>) => [outcome, detail])).toEqual([
      ["challenge", "Twitch has ended the subscription and calls no more: authorization_revoked"],
      ["duplicate", null],
      ["accepted", null],
      ["challenge", "Twitch asked whether the webhook answers"],
    ]);
    expect(await one(hook)).toMatchObject({ trigger_count: 1 });
  });

  it("Slack: verifies the address, takes events and forms", async () => {
    const secret = "8f742231b10e8888abcd99yyyzzz85a5";
    const hook = await make({ signature_scheme: "slack", secret });
    expect(hook.secret).toBe(secret);
    const say = (body: string, type = "application/json") => {
      const at = String(Math.floor(Date.now() / 1000));
      const headers = {
        "x-slack-request-timestamp": at,
        "x-slack-signature": `v0=${hmac(secret, `v0:${at}:${body}`)}`,
      };
      return send(hook.token, { body, headers: { "content-type": type, ...headers } });
    };
    expect((await say('{"type":"url_verification","challenge":"3eZ"}')).text).toBe("3eZ");
    const event = '{"type":"event_callback","event_id":"Ev1"}';
    expect((await say(event)).json.data.execution_id).toBe((await say(event)).json.data.execution_id);
    const form = await say("command=%2Fweather&text=94070&trigger_id=13.2", "application/x-www-form-urlencoded");
    expect((await over(form.json.data.execution_id)).final_output.payload).toMatchObject({
      command: "/weather",
      text: "94070",
    });
  });

  it("GitHub, Stripe and Standard Webhooks: their own names of a delivery count once", async () => {
    const github = await make({ signature_scheme: "github" });
    const unsigned = await send(github.token, { body: "{}", headers: json });
    expect(unsigned.json.error).toMatchObject({
      code: "SIGNATURE_REQUIRED",
      message: "The webhook needs a signature: the header x-hub-signature-256 is missing.",
    });
    const push = () =>
      send(github.token, {
        body: "{}",
        headers: { ...json, "x-github-delivery": "g-1", "x-hub-signature-256": `sha256=${hmac(github.secret, "{}")}` },
      });
    expect((await push()).json.data.execution_id).toBe((await push()).json.data.execution_id);

    const stripe = await make({
      signature_scheme: "stripe",
      secret: `whsec_${"a1".repeat(32)}`,
    });
    const pay = () => {
      const at = Math.floor(Date.now() / 1000);
      const body = '{"id":"evt_1"}';
      return send(stripe.token, {
        body,
        headers: { ...json, "stripe-signature": `t=${at},v1=${hmac(stripe.secret, `${at}.${body}`)}` },
      });
    };
    expect((await pay()).json.data.execution_id).toBe((await pay()).json.data.execution_id);

    const standard = await make({ signature_scheme: "standard_webhooks" });
    const at = String(Math.floor(Date.now() / 1000));
    const mac = createHmac("sha256", Buffer.from(standard.secret, "base64")).update(`msg_1.${at}.{}`).digest("base64");
    const headers = { ...json, "webhook-id": "msg_1", "webhook-timestamp": at, "webhook-signature": `v1,${mac}` };
    expect((await send(standard.token, { body: "{}", headers })).status).toBe(200);
  });
});
