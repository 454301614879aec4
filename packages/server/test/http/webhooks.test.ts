// Webhooks as their owner manages them.
import { afterAll, describe, expect, it, test } from "vitest";
import { make as makeWorkflow } from "../support/app.js";
import { receiving, webhookScene } from "../support/webhooks.js";

const scene = await webhookScene({ PUBLIC_BASE_URL: "https://hooks.example.org/" });
const { app, ada, workflow, base, make, send } = scene;
afterAll(() => scene.app.close());

describe("managing webhooks", () => {
  it("shows the secret at creation and rotation, and nowhere else", async () => {
    const hook = await make({
      ip_allowlist: ["10.0.0.0/8"],
      description: "for tests",
    });
    expect(hook).toMatchObject({
      ...{
        name: "A hook",
        enabled: true,
        require_signature: true,
        ip_allowlist: ["10.0.0.0/8"],
        signature_scheme: "workflow_core",
      },
      ...{
        rate_limit_max: 60,
        rate_limit_window: 60,
        trigger_count: 0,
        last_triggered_at: null,
        last_execution_id: null,
      },
      url: `https://hooks.example.org/api/v1/workflows/webhooks/${hook.token}`,
    });
    expect(hook.token).toMatch(/^[0-9a-f]{32}$/);
    expect(hook.secret).toMatch(/^[0-9a-f]{64}$/);

    const rotated = await ada(`${base}/${hook.webhook_id}/rotate-secret`, { method: "POST" });
    expect(rotated.json.data.secret).toMatch(/^[0-9a-f]{64}$/);
    expect(rotated.json.data.secret).not.toBe(hook.secret);
    const changed = await ada(`${base}/${hook.webhook_id}`, {
      method: "PUT",
      body: { name: "Another", ip_allowlist: [] },
    });
    expect(changed.json.data).toMatchObject({ name: "Another", ip_allowlist: [], description: "for tests" });
    const listed = await ada(base);
    for (const text of [changed.text, listed.text, JSON.stringify(app.lines)]) {
      expect(text).not.toContain(hook.secret);
      expect(text).not.toContain(rotated.json.data.secret);
      expect(text).not.toContain('"secret"');
    }
    expect(app.lines.map(({ action }) => action)).toEqual(
      expect.arrayContaining(["webhook_create", "webhook_rotate", "webhook_update"]),
    );

    const gone = await ada(`${base}/${hook.webhook_id}`, { method: "DELETE" });
    expect(gone.json.data).toEqual({ webhook_id: hook.webhook_id });
    expect((await ada(`${base}/${hook.webhook_id}`, { method: "DELETE" })).json.error.code).toBe("WEBHOOK_NOT_FOUND");
    expect((await send(hook.token)).status).toBe(404);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ["an entry that is no range", { ip_allowlist: ["10.0.0.1", "10.0.0.1-9"] }, /ip_allowlist\[1\].*"10\.0\.0\.1-9"/],
    ["a limit of nothing", { rate_limit_max: 0 }, /rate_limit_max/],
    ["a window of weeks", { rate_limit_window: 86_401 }, /rate_limit_window/],
    ["no name", { name: " " }, /name/],
    ["a scheme that nobody knows", { signature_scheme: "md5" }, /signature_scheme/],
    ["a secret of one's own", { secret: "0123456789abcdef" }, /secret: is drawn by the server/],
    ["a window where no time is signed", { signature_scheme: "github", timestamp_window_seconds: 60 }, /signs no time/],
    [
      "a secret that is none",
      { signature_scheme: "standard_webhooks", secret: "not-base64-at-all!" },
      /no secret of Standard/,
    ],
  ])("refuses %s", async (_, body, message) => {
    const refused = await ada(base, { method: "POST", body: { name: "x", ...body } });
    expect(refused.status, refused.text).toBe(400);
    expect(refused.json.error.message).toMatch(message);
  });

  it("lets those see and change who may", async () => {
    const hook = await make();
    const stranger = await app.as({ user_id: 8, community_ids: [2] });
    const member = await app.as({ user_id: 9, community_ids: [1] });
    expect((await stranger(base)).status).toBe(404);
    expect((await member(base)).status).toBe(403);
    await ada(`/api/v1/workflows/${workflow.workflow_id}/permissions`, {
      method: "POST",
      body: { user_id: 9, can_view: true },
    });
    expect((await member(base)).status).toBe(200);
    expect((await member(base, { method: "POST", body: { name: "x" } })).status).toBe(403);
    expect((await member(`${base}/${hook.webhook_id}/rotate-secret`, { method: "POST" })).status).toBe(403);
    const other = await makeWorkflow(ada, receiving());
    const elsewhere = `/api/v1/workflows/${other.workflow_id}/webhooks/${hook.webhook_id}`;
    for (const [method, path] of [
      ["PUT", elsewhere],
      ["DELETE", elsewhere],
      ["POST", `${elsewhere}/rotate-secret`],
      ["GET", `${elsewhere}/deliveries`],
      ["DELETE", `${base}/not-a-uuid`],
    ] as const)
      expect((await ada(path, { method, ...(method === "PUT" ? { body: { name: "x" } } : {}) })).status, path).toBe(
        404,
      );
  });
});
