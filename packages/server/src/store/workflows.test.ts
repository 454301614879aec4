// Workflows on every PostgreSQL that there is: what is stored comes back, lists show what their viewer may see.
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { describeEachDatabase } from "../../test/support/database.js";
import type { Database } from "./database.js";
import { addPermission } from "./permissions.js";
import {
  archiveWorkflow,
  countWorkflows,
  createWorkflow,
  createWorkflowWithin,
  getWorkflow,
  listWorkflows,
  type NewWorkflow,
  updateWorkflow,
  type Viewer,
  type WorkflowQuery,
} from "./workflows.js";

const everyone: Viewer = { all: true };
const some: NewWorkflow = { name: "Greeting", entity_id: 1, community_id: 2, author_id: 3 };

describeEachDatabase("workflows", (at) => {
  let database: Database;
  beforeAll(() => {
    database = at().database;
  });
  const names = async (query: Partial<WorkflowQuery>) =>
    (await listWorkflows(database, { viewer: everyone, page: 1, perPage: 100, ...query })).rows.map(({ name }) => name);

  it("stores a draft with everything in it", async () => {
    const given: NewWorkflow = {
      ...some,
      workflow_id: randomUUID(),
      description: "says hello",
      nodes: { start: { node_type: "trigger_command", config: { command_name: "hug", list: [1, null, "ü"] } } },
      connections: [{ from_node_id: "start", to_node_id: "end" }],
      global_variables: { greeting: ["hello", { deep: true }] },
      metadata: { tags: ["a"], max_retries: 2 },
    };
    const made = await createWorkflow(database, given);
    expect(made).toMatchObject({ ...given, status: "draft", version: "1.0.0", enabled: true, revision: 1 });
    expect(made).toMatchObject({ published_version: null, published_at: null, archived_at: null });
    expect(made.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Math.abs(Date.parse(made.created_at) - Date.now())).toBeLessThan(60_000);
    expect(await getWorkflow(database, made.workflow_id)).toEqual(made);
    expect(await getWorkflow(database, randomUUID())).toBeUndefined();
  });

  it("changes what is given, and only on the revision that was seen", async () => {
    const made = await createWorkflow(database, { ...some, description: "old", global_variables: { kept: 1 } });
    const changed = await updateWorkflow(database, made.workflow_id, {
      description: null,
      nodes: { a: { node_type: "flow_end" } },
    });
    expect(changed).toEqual({
      ...made,
      description: null,
      nodes: { a: { node_type: "flow_end" } },
      revision: 2,
      updated_at: expect.any(String),
    });
    expect(await updateWorkflow(database, made.workflow_id, { name: "Late" }, { expectedRevision: 1 })).toBe(
      "conflict",
    );
    expect(await updateWorkflow(database, made.workflow_id, { name: "New" }, { expectedRevision: 2 })).toMatchObject({
      name: "New",
      revision: 3,
    });
    expect(await updateWorkflow(database, randomUUID(), { name: "Nobody" })).toBeUndefined();
  });

  it("lets one of two edits of the same revision win", async () => {
    const { workflow_id } = await createWorkflow(database, some);
    const edits = await Promise.all(
      ["a", "b", "c", "d"].map((name) => updateWorkflow(database, workflow_id, { name }, { expectedRevision: 1 })),
    );
    expect(edits.filter((edit) => edit === "conflict")).toHaveLength(3);
    expect((await getWorkflow(database, workflow_id))?.revision).toBe(2);
  });

  it("makes no more than a community may have, however many are made at once", async () => {
    const made = await Promise.all(
      Array.from({ length: 8 }, () => createWorkflowWithin(database, { ...some, community_id: 51 }, 3)),
    );
    expect(made.filter((workflow) => workflow !== undefined)).toHaveLength(3);
    expect(await countWorkflows(database.primary, 51)).toBe(3);
    expect(await createWorkflowWithin(database, { ...some, community_id: 52 }, 1)).toBeDefined();
  });

  it("archives for good, together with what belongs to it", async () => {
    const { workflow_id } = await createWorkflow(database, { ...some, community_id: 50 });
    expect(await countWorkflows(database.primary, 50)).toBe(1);
    const failing = archiveWorkflow(database, workflow_id, {
      also: async (client) => {
        await client.query("SELECT 1 / 0");
      },
    });
    await expect(failing).rejects.toThrow(/division by zero/);
    expect((await getWorkflow(database, workflow_id))?.status).toBe("draft");
    expect(await archiveWorkflow(database, workflow_id, { expectedRevision: 7 })).toBe("conflict");
    expect(await archiveWorkflow(database, workflow_id)).toMatchObject({
      status: "archived",
      enabled: false,
      revision: 2,
    });
    expect(await countWorkflows(database.primary, 50)).toBe(0);
    expect(await archiveWorkflow(database, workflow_id)).toBeUndefined();
    expect(await updateWorkflow(database, workflow_id, { name: "x" })).toBeUndefined();
    expect(await names({ communityId: 50 })).toEqual([]);
    expect(await names({ communityId: 50, status: "archived" })).toEqual(["Greeting"]);
  });

  it("lists the newest change first, page by page", async () => {
    const at100 = { ...some, community_id: 100 };
    const made = [];
    for (const name of ["a", "b", "c", "d", "e"]) made.push(await createWorkflow(database, { ...at100, name }));
    await updateWorkflow(database, made[1]?.workflow_id ?? "", { enabled: false });
    expect(await names({ communityId: 100 })).toEqual(["b", "e", "d", "c", "a"]);
    const page = await listWorkflows(database, { viewer: everyone, communityId: 100, page: 2, perPage: 2 });
    expect([page.rows.map(({ name }) => name), page.total]).toEqual([["d", "c"], 5]);
    const beyond = await listWorkflows(database, { viewer: everyone, communityId: 100, page: 9, perPage: 2 });
    expect([beyond.rows, beyond.total]).toEqual([[], 5]);
  });

  it("filters, and finds text as it is written", async () => {
    const at200 = { ...some, community_id: 200 };
    await createWorkflow(database, { ...at200, name: "100% sure", entity_id: 9 });
    await createWorkflow(database, { ...at200, name: "100 times", description: "Under_score" });
    await createWorkflow(database, { ...at200, name: "back\\slash", description: "underXscore" });
    const found = (search: string) => names({ communityId: 200, search });
    expect(await found("0%")).toEqual(["100% sure"]);
    expect(await found("UNDER_")).toEqual(["100 times"]);
    expect(await found("k\\s")).toEqual(["back\\slash"]);
    expect(await found("nothing'; --")).toEqual([]);
    expect(await found("sure\0")).toEqual(["100% sure"]);
    expect(await found("")).toHaveLength(3);
    expect(await names({ entityId: 9 })).toEqual(["100% sure"]);
    expect(await names({ communityId: 200, status: "published" })).toEqual([]);
    expect(await names({ communityId: 5_000_000_000 })).toEqual([]);
  });

  describe("viewers", () => {
    const see = (user_id: number, community_ids: number[] = [], role_ids: number[] = []) =>
      names({ communityId: 300, viewer: { user_id, community_ids, role_ids } }).then((found) => found.sort());
    beforeAll(async () => {
      const make = (name: string, author_id = 1) =>
        createWorkflow(database, { ...some, community_id: 300, name, author_id });
      const view = { can_view: true };
      const everything = { can_edit: true, can_delete: true, can_execute: true };
      await make("mine", 7);
      await addPermission(database, (await make("user")).workflow_id, { user_id: 7 }, view);
      await addPermission(database, (await make("role")).workflow_id, { role_id: 40 }, view);
      await addPermission(database, (await make("community")).workflow_id, { community_id: 300 }, view);
      await addPermission(database, (await make("other community")).workflow_id, { community_id: 301 }, view);
      await addPermission(database, (await make("no view")).workflow_id, { user_id: 7 }, everything);
    });

    it("see what they wrote and what a row lets them view", async () => {
      expect(await see(7)).toEqual(["mine", "user"]);
      expect(await see(7, [300])).toEqual(["community", "mine", "user"]);
      expect(await see(8, [], [40, 41])).toEqual(["role"]);
      // A row for a community that is not the workflow's gives nothing, whoever belongs to it.
      expect(await see(8, [301])).toEqual([]);
      expect(await see(9_007_199_254_740_991)).toEqual([]);
      expect(await names({ communityId: 300 })).toHaveLength(6);
    });
  });
});
