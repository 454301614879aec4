// Webhook calls that are refused: in which order, and what they leave behind.
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it, test } from "vitest";
import { publish, testApp } from "../support/app.js";
import { makeWebhook, receiving, signed, webhookScene } from "../support/webhooks.js";

const scene = await webhookScene();
const { app, ada, make, send, sendSigned, one, deliveries } = scene;
afterAll(() => scene.app.close());

describe("the order of the checks", () => {
  // Each row breaks one thing more than what is checked before it.
  const big = Buffer.alloc(1024 * 1024 + 1, 0x20);
  type Wrong = "unpublished" | "disabled" | "address" | "unsigned" | "limit" | "json" | "big";
  const rows: [Wrong[], number, string][] = [
    [["unpublished", "disabled", "address", "unsigned", "limit", "json"], 404, "WEBHOOK_NOT_FOUND"],
    [["disabled", "address", "unsigned", "limit", "json"], 403, "WEBHOOK_DISABLED"],
    [["address", "unsigned", "limit", "json"], 403, "IP_NOT_ALLOWED"],
    [["unsigned", "limit", "json"], 403, "SIGNATURE_REQUIRED"],
    [["limit", "json"], 429, "RATE_LIMIT_EXCEEDED"],
    [["json"], 400, "INVALID_JSON"],
    [["unpublished", "big"], 404, "WEBHOOK_NOT_FOUND"],
    [["disabled", "big"], 403, "WEBHOOK_DISABLED"],
    [["address", "big"], 403, "IP_NOT_ALLOWED"],
    [["big"], 413, "PAYLOAD_TOO_LARGE"],
  ];
  test.each(rows)("%j is %i %s", async (wrong, status, code) => {
    const own = await publish(ada, receiving());
    const hook = await makeWebhook(ada, own.workflow_id, {
      enabled: !wrong.includes("disabled"),
      ip_allowlist: wrong.includes("address") ? ["10.0.0.0/8"] : [],
      rate_limit_max: 1,
    });
    if (wrong.includes("limit") && !wrong.includes("unsigned")) expect((await sendSigned(hook)).status).toBe(200);
    if (wrong.includes("unpublished")) await ada(`/api/v1/workflows/${own.workflow_id}/unpublish`, { method: "POST" });
    const body = wrong.includes("big") ? big : Buffer.from(wrong.includes("json") ? "{" : "{}");
    const answer = await send(hook.token, {
      body,
      headers: wrong.includes("unsigned") ? { "content-type": "application/json" } : signed(hook, body),
    });
    expect(answer.status, answer.text).toBe(status);
    expect(answer.json.error.code).toBe(code);
    if (status === 429) expect(Number(answer.headers["retry-after"])).toBeGreaterThan(50);
    if (status === 429 || status === 400) expect(answer.headers["x-ratelimit-remaining"]).toBe("0");
    else expect(answer.headers).not.toHaveProperty("x-ratelimit-limit");
    if (status === 404) return;
    const [told] = (await ada(`/api/v1/workflows/${own.workflow_id}/webhooks/${hook.webhook_id}/deliveries`)).json.data;
    expect(told).toMatchObject({ outcome: "refused", code, calls: 1, detail: expect.any(String) });
  });

  it("does not let outsiders use up the owner's limit", async () => {
    const hook = await make({ rate_limit_max: 2 });
    for (let count = 0; count < 5; count += 1) expect((await send(hook.token, { body: "{}" })).status).toBe(403);
    expect((await sendSigned(hook)).status).toBe(200);
    expect((await sendSigned(hook)).status).toBe(200);
    expect((await sendSigned(hook)).status).toBe(429);
  });

  it("asks nothing about what cannot be a token", async () => {
    for (const token of ["x", "0".repeat(32), "%00".repeat(32), "a".repeat(65), "../../etc"]) {
      expect((await send(encodeURIComponent(token))).status, token).toBeGreaterThanOrEqual(400);
      expect((await send(encodeURIComponent(token))).status, token).toBeLessThan(500);
    }
    expect((await ada(`/api/v1/workflows/webhooks/${"0".repeat(32)}`)).status).toBe(405);
  });
});

describe("refusals of strangers", () => {
  it("make one row and one line per reason and minute, with the last reason", async () => {
    const hook = await make({ ip_allowlist: ["10.0.0.0/8", "203.0.113.9"] });
    app.lines.length = 0;
    for (let count = 0; count < 40; count += 1) await send(hook.token, { remoteAddress: "203.0.113.5" });
    for (let count = 0; count < 40; count += 1) await send(hook.token, { remoteAddress: "::ffff:10.1.2.3" });
    const rows = await deliveries(hook);
    expect(rows.length).toBeLessThanOrEqual(4); // two reasons, and perhaps a new minute
    const calls = (code: string) =>
      rows
        .filter((row: { code: string }) => row.code === code)
        .reduce((sum: number, row: { calls: number }) => sum + row.calls, 0);
    expect(calls("IP_NOT_ALLOWED")).toBe(40);
    expect(calls("SIGNATURE_REQUIRED")).toBe(40);
    expect(JSON.stringify(rows)).toContain("203.0.113.5 is not in the list");
    expect(app.lines.filter(({ action }) => action === "webhook_refused").length).toBeLessThanOrEqual(4);
  });

  it("are bounded by the limit of their address, before anything else", async () => {
    const small = await testApp({
      environment: { WEBHOOK_ADDRESS_LIMIT_PER_MINUTE: "5", TRUSTED_PROXIES: "10.0.0.0/8" },
    });
    try {
      const call = (remoteAddress: string, forwarded?: string) =>
        small.http.inject({
          ...{ method: "POST", url: `/api/v1/workflows/webhooks/${"0".repeat(32)}`, remoteAddress },
          headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
        });
      const statuses = async (address: string, forwarded?: string) =>
        (await Promise.all([1, 2, 3, 4, 5, 6].map(() => call(address, forwarded))))
          .map(({ statusCode }) => statusCode)
          .sort();
      expect(await statuses("203.0.113.5")).toEqual([404, 404, 404, 404, 404, 429]);
      expect(await statuses("10.0.0.1", "203.0.113.6")).toEqual([404, 404, 404, 404, 404, 429]);
      expect(await statuses("203.0.113.5", "203.0.113.7"), "who forges the header is who he is").toEqual(
        new Array(6).fill(429),
      );
      expect(Number((await call("203.0.113.5")).headers["retry-after"])).toBeGreaterThan(0);
    } finally {
      await small.close();
    }
  });

  it("keeps a hundred rows of either kind", async () => {
    const hook = await make({ rate_limit_max: 1000 });
    await app.test.database.primary.query(
      `INSERT INTO workflow_webhook_deliveries (webhook_id, entry, at, outcome, code)
       SELECT $1, 'old ' || n, now() - make_interval(mins => n), 'refused', 'IP_NOT_ALLOWED' FROM generate_series(1, 150) AS n`,
      [hook.webhook_id],
    );
    for (let count = 0; count < 6; count += 1) await Promise.all(Array.from({ length: 25 }, () => sendSigned(hook)));
    const { rows } = await app.test.database.primary.query<{ outcome: string; count: number }>(
      "SELECT outcome, count(*) AS count FROM workflow_webhook_deliveries WHERE webhook_id = $1 GROUP BY outcome ORDER BY 1",
      [hook.webhook_id],
    );
    expect(rows[1]).toEqual({ outcome: "refused", count: 100 });
    expect(rows[0]?.count).toBeLessThan(125);
    expect(await one(hook)).toMatchObject({ trigger_count: 150 });
  });
});

describe("the corpus of signatures, over HTTP", () => {
  interface HmacCase {
    id: string;
    token: string;
    secret: string;
    body: string;
    header: string | null;
    http: string;
  }
  const { cases }: { cases: HmacCase[] } = JSON.parse(
    readFileSync(new URL("../corpus/hmac-cases.json", import.meta.url), "utf8"),
  );
  test.each(cases.map((each) => [each.id, each] as const))("%s", async (_, { token, secret, body, header, http }) => {
    const hook = await make({ rate_limit_max: 1000 });
    const { primary } = app.test.database;
    await primary.query("UPDATE workflow_webhooks SET token = $2, secret = $3 WHERE webhook_id = $1", [
      ...[hook.webhook_id, token, secret],
    ]);
    const answer = await send(token, {
      body: Buffer.from(body, "base64"),
      headers: { "content-type": "application/json", ...(header === null ? {} : { "x-webhook-signature": header }) },
    });
    await primary.query("DELETE FROM workflow_webhooks WHERE webhook_id = $1", [hook.webhook_id]);
    expect(http.replaceAll("2xx", "200").split(" or ")).toContain(String(answer.status));
  });
});
