// Workflows over HTTP: made, listed, changed, published, archived.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Caller, greeting, make, publish, type TestApp, testApp } from "../support/app.js";

let app: TestApp;
let ada: Caller;
beforeAll(async () => {
  app = await testApp();
  ada = await app.as({ user_id: 7, username: "ada", community_ids: [1] });
});
afterAll(() => app.close());

describe("making a workflow", () => {
  it("gives the whole draft with its ETag and address", async () => {
    const made = await ada("/api/v1/workflows", {
      method: "POST",
      body: { name: "  Hello ", entity_id: 1, community_id: 1, ...greeting(), description: null },
    });
    expect(made.status, made.text).toBe(201);
    expect(made.json.data).toMatchObject({
      name: "Hello",
      status: "draft",
      author_id: 7,
      community_id: 1,
      enabled: true,
    });
    expect(made.json.data.nodes).toEqual(greeting().nodes);
    expect(made.headers.etag).toBe(`"${made.json.data.revision}"`);
    expect(made.headers.location).toBe(`/api/v1/workflows/${made.json.data.workflow_id}`);
    expect(made.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("running it", () => {
  it("publishes, runs and shows the result", async () => {
    const { workflow_id } = await publish(ada, greeting());
    const done = await ada(`/api/v1/workflows/${workflow_id}/execute?wait=10`, {
      method: "POST",
      body: { community_id: 1, variables: { username: "Grace" }, metadata: { trigger_source: "command" } },
    });
    expect(done.status, done.text).toBe(200);
    expect(done.json.data).toMatchObject({
      status: "completed",
      execution_path: ["start", "greet", "end"],
      final_output: { said: true },
    });
  });
});
