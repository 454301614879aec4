// Publishing, unpublishing and rolling back, on every PostgreSQL that there is.
import { randomUUID } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { describeEachDatabase } from "../../test/support/database.js";
import type { Database } from "./database.js";
import { getVersion, listVersions, publishWorkflow, rollbackWorkflow, unpublishWorkflow } from "./versions.js";
import { archiveWorkflow, createWorkflow, getWorkflow, updateWorkflow, type Workflow } from "./workflows.js";

const end = { a: { node_type: "flow_end" } };

describeEachDatabase("versions", (at) => {
  let database: Database;
  beforeAll(() => {
    database = at().database;
  });
  const make = () => createWorkflow(database, { name: "One", entity_id: 1, community_id: 2, author_id: 3, nodes: end });
  const publish = async (workflow: Pick<Workflow, "workflow_id">) => {
    const published = await publishWorkflow(database, workflow.workflow_id, { authorId: 9 });
    if (published === undefined || published === "conflict") throw new Error(`not published: ${published}`);
    return published;
  };
  const numbers = async (workflowId: string) =>
    (await listVersions(database, workflowId)).map(({ version, number, published }) => [version, number, published]);

  it("publishes 1.0.0, 1.0.1, 1.0.2 and freezes what was drawn", async () => {
    const drawn = await make();
    const first = await publish(drawn);
    expect(first).toMatchObject({ status: "published", version: "1.0.0", published_version: "1.0.0", revision: 2 });
    expect(first.published_at).toBe(first.updated_at);
    const variables = { global_variables: { x: [1] }, metadata: { max_retries: 1 }, name: "Two" };
    await updateWorkflow(database, drawn.workflow_id, variables);
    expect(await publish(drawn)).toMatchObject({ version: "1.0.1", published_version: "1.0.1", revision: 4 });
    expect(await publish(drawn)).toMatchObject({ version: "1.0.2" });
    expect(await getVersion(database, drawn.workflow_id, "1.0.0")).toEqual({
      workflow_id: drawn.workflow_id,
      version: "1.0.0",
      number: 1,
      name: "One",
      description: null,
      title: null,
      note: null,
      nodes: end,
      connections: [],
      global_variables: {},
      metadata: {},
      author_id: 9,
      published: true,
      created_at: first.published_at,
    });
    expect(await getVersion(database, drawn.workflow_id, "1.0.1")).toMatchObject(variables);
    expect(await getVersion(database, drawn.workflow_id, "9.9.9")).toBeUndefined();
    expect(await numbers(drawn.workflow_id)).toEqual([
      ["1.0.2", 3, true],
      ["1.0.1", 2, true],
      ["1.0.0", 1, true],
    ]);
  });

  it("publishes only the revision that was checked", async () => {
    const { workflow_id } = await make();
    await updateWorkflow(database, workflow_id, { name: "Changed meanwhile" });
    expect(await publishWorkflow(database, workflow_id, { authorId: 9, expectedRevision: 1 })).toBe("conflict");
    expect(await listVersions(database, workflow_id)).toEqual([]);
    expect(await publishWorkflow(database, randomUUID(), { authorId: 9 })).toBeUndefined();
    await archiveWorkflow(database, workflow_id);
    expect(await publishWorkflow(database, workflow_id, { authorId: 9 })).toBeUndefined();
  });

  it("gives many who publish at once a version each", async () => {
    const { workflow_id } = await make();
    const published = await Promise.all(Array.from({ length: 8 }, () => publish({ workflow_id })));
    expect(new Set(published.map(({ version }) => version)).size).toBe(8);
    expect((await numbers(workflow_id))[0]).toEqual(["1.0.7", 8, true]);
  });

  it("is one with what belongs to it: nothing of a publication that failed stays", async () => {
    const { workflow_id } = await make();
    const failing = publishWorkflow(database, workflow_id, {
      authorId: 9,
      also: async (client, workflow) => {
        expect(workflow.published_version).toBe("1.0.0");
        await client.query("SELECT 1 / 0");
      },
    });
    await expect(failing).rejects.toThrow(/division by zero/);
    expect(await listVersions(database, workflow_id)).toEqual([]);
    expect(await getWorkflow(database, workflow_id)).toMatchObject({ status: "draft", revision: 1 });
  });

  it("unpublishes, and goes on counting afterwards", async () => {
    const { workflow_id } = await publish(await make());
    expect(await unpublishWorkflow(database, workflow_id)).toMatchObject({
      status: "draft",
      published_version: null,
      published_at: null,
    });
    expect(await publish({ workflow_id })).toMatchObject({ status: "published", version: "1.0.1" });
    expect(await unpublishWorkflow(database, randomUUID())).toBeUndefined();
  });

  it("rolls back, and keeps what was drawn and published nowhere", async () => {
    const { workflow_id } = await publish(await make());
    await updateWorkflow(database, workflow_id, { name: "Second", nodes: { b: { node_type: "flow_end" } } });
    await publish({ workflow_id });
    const sketch = { name: "Sketch", nodes: { c: { node_type: "flow_end" } }, description: "unfinished" };
    await updateWorkflow(database, workflow_id, sketch);
    const back = await rollbackWorkflow(database, workflow_id, "1.0.0", { authorId: 5 });
    expect(back).toMatchObject({
      name: "One",
      description: null,
      nodes: end,
      status: "published",
      version: "1.0.0",
      published_version: "1.0.0",
      revision: 6,
    });
    expect(await numbers(workflow_id)).toEqual([
      ["1.0.2", 3, false],
      ["1.0.1", 2, true],
      ["1.0.0", 1, true],
    ]);
    expect(await getVersion(database, workflow_id, "1.0.2")).toMatchObject({ ...sketch, author_id: 5 });
    // What is drawn now is version 1.0.0: there is nothing to keep.
    expect(await rollbackWorkflow(database, workflow_id, "1.0.2", { authorId: 5 })).toMatchObject({
      ...sketch,
      published_version: "1.0.2",
    });
    expect(await numbers(workflow_id)).toEqual([
      ["1.0.2", 3, true],
      ["1.0.1", 2, true],
      ["1.0.0", 1, true],
    ]);
    expect(await publish({ workflow_id })).toMatchObject({ version: "1.0.3" });
    expect(await rollbackWorkflow(database, workflow_id, "7.0.0", { authorId: 5 })).toBe("no_version");
    expect(await rollbackWorkflow(database, workflow_id, "1.0.0", { authorId: 5, expectedRevision: 1 })).toBe(
      "conflict",
    );
    expect(await rollbackWorkflow(database, randomUUID(), "1.0.0", { authorId: 5 })).toBeUndefined();
  });

  it("goes on from the versions of another program", async () => {
    const { workflow_id } = await make();
    const insert = `INSERT INTO workflow_versions (workflow_id, version, number, nodes, connections, global_variables, metadata)
      VALUES ($1, $2, $3, '{}', '[]', '{}', '{}')`;
    await database.primary.query(insert, [workflow_id, "2.3.9", 1]);
    expect(await publish({ workflow_id })).toMatchObject({ version: "2.3.10" });
    await database.primary.query(insert, [workflow_id, "beta", 3]);
    expect(await publish({ workflow_id })).toMatchObject({ version: "1.0.3" });
  });

  it("lets nobody change or delete a version", async () => {
    const { workflow_id } = await publish(await make());
    for (const assignment of [
      "nodes = '{}'",
      "number = 5",
      "name = 'x'",
      "metadata = '{\"a\":1}'",
      "author_id = NULL",
    ]) {
      const changing = database.primary.query(`UPDATE workflow_versions SET ${assignment} WHERE workflow_id = $1`, [
        workflow_id,
      ]);
      await expect(changing).rejects.toThrow(/version 1\.0\.0 of workflow .* is immutable/);
    }
    const deleting = database.primary.query("DELETE FROM workflow_versions WHERE workflow_id = $1", [workflow_id]);
    await expect(deleting).rejects.toThrow(/immutable: it cannot be deleted/);
  });
});
