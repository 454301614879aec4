// The audit over REST: what was done is there at once, and who may see it sees it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Caller, greeting, publish, type TestApp, testApp } from "../support/app.js";

let app: TestApp;
let author: Caller;
let workflow: string;
beforeAll(async () => {
  app = await testApp();
  author = await app.as({ user_id: 1, username: "ada", community_ids: [1] });
  workflow = (await publish(author)).workflow_id;
});
afterAll(() => app.close());

const path = "/api/v1/audit";
interface Row {
  audit_id: number;
  action: string;
  at: string;
  user_id: number | null;
  workflow_id: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: each action has its own
  summary: any;
}
const rows = async (call: Caller, query = ""): Promise<Row[]> => (await call(`${path}${query}`)).json.data;

describe("the audit over REST", () => {
  it("tells who made, changed, published, shared and archived a workflow, with before and after", async () => {
    const at = `/api/v1/workflows/${workflow}`;
    const graph = greeting();
    const nodes = { ...graph.nodes, more: { node_type: "flow_end" } };
    const global_variables = { greeting: "a-value-that-is-not-shown" };
    await author(at, { method: "PUT", body: { name: "Renamed", nodes, global_variables } });
    const granted = await author(`${at}/permissions`, { method: "POST", body: { user_id: 5, can_view: true } });
    const grant = `${at}/permissions/${granted.json.data.permission_id}`;
    await author(grant, { method: "PUT", body: { can_edit: true } });
    await author(grant, { method: "DELETE" });
    await author(`${at}/unpublish`, { method: "POST" });

    const told = await rows(author, `?workflow_id=${workflow}`);
    expect(told.map(({ action }) => action)).toEqual([
      ...[
        "workflow_unpublish",
        "workflow_permission_delete",
        "workflow_permission_update",
        "workflow_permission_create",
      ],
      ...["workflow_update", "workflow_publish", "workflow_create"],
    ]);
    expect(told.every(({ user_id, workflow_id }) => user_id === 1 && workflow_id === workflow)).toBe(true);
    const of = (action: string) => told.find((row) => row.action === action)?.summary;
    expect(of("workflow_update")).toMatchObject({
      before: { name: "A workflow" },
      after: { name: "Renamed" },
      nodes: { added: ["more"] },
      global_variables: { added: ["greeting"] },
    });
    expect(of("workflow_permission_update")).toMatchObject({ before: { can_edit: false }, after: { can_edit: true } });
    expect(of("workflow_unpublish")).toMatchObject({ before: { status: "published" }, after: { status: "draft" } });
    expect(JSON.stringify(told)).not.toContain("a-value-that-is-not-shown");
  });

  it("is about what the caller may view, and about communities that the token names", async () => {
    await author("/api/v1/communities/1/secrets/audited", { method: "PUT", body: { value: "canary-of-a-secret" } });
    const member = await app.as({ user_id: 2, community_ids: [1] });
    const stranger = await app.as({ user_id: 3, community_ids: [2] });
    expect((await rows(member)).map(({ action }) => action)).toEqual(["secret_create"]);
    expect(await rows(stranger)).toEqual([]);
    expect(await rows(stranger, `?workflow_id=${workflow}`)).toEqual([]);
    expect(await rows(stranger, "?community_id=1")).toEqual([]);
    await author(`/api/v1/workflows/${workflow}/permissions`, { method: "POST", body: { user_id: 3, can_view: true } });
    expect((await rows(stranger)).length).toBeGreaterThan(5);
    const all = await rows(app.service());
    expect(all.map(({ action }) => action)).toContain("secret_create");
    expect(JSON.stringify(all)).not.toContain("canary-of-a-secret");
    expect(await rows(app.service(99))).toEqual([]);
  });

  it("is filtered and paged", async () => {
    expect((await rows(author, "?action=workflow_publish")).map(({ action }) => action)).toEqual(["workflow_publish"]);
    expect(await rows(author, "?user_id=77")).toEqual([]);
    const [newest, second] = await rows(author);
    const late = encodeURIComponent(newest?.at ?? "");
    expect((await rows(author, `?since=${late}`))[0]).toEqual(newest);
    expect((await rows(author, `?before=${late}`))[0]?.audit_id).toBeLessThan(newest?.audit_id ?? 0);
    const page = await author(`${path}?page=2&per_page=1`);
    expect(page.json.data).toEqual([second]);
    expect(page.json.meta.pagination).toMatchObject({ page: 2, per_page: 1, has_prev: true });
    for (const query of ["?workflow_id=x", "?since=yesterday", "?user_id=-1", "?per_page=0"])
      expect((await author(`${path}${query}`)).status, query).toBe(400);
  });

  it("has a row before the answer is there", async () => {
    for (let round = 0; round < 10; round += 1) {
      await author(`/api/v1/workflows/${workflow}`, { method: "PUT", body: { description: `round ${round}` } });
      expect((await rows(author, "?per_page=1"))[0]?.summary.after.description).toBe(`round ${round}`);
    }
  });
});
