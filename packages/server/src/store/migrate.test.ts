// Migrations: on empty and on guide-made databases, by many at once, by older and newer programs.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emptyDatabase, type TestDatabase } from "../../test/support/database.js";
import { type Migration, MigrationError, migrate, readMigrations } from "./migrate.js";
import { openPool } from "./pool.js";

/** Names of all migrations of this program. */
const names = async () => (await readMigrations()).map(({ name }) => name);

const tablesOf = async (at: TestDatabase) => {
  const { rows } = await at.database.primary.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
  );
  return rows.map(({ name }) => name);
};

describe("migrate", () => {
  let at: TestDatabase;
  beforeAll(async () => {
    at = await emptyDatabase();
  });
  afterAll(() => at.drop());

  it("makes all tables, once, from eight processes' pools at once", async () => {
    const pools = Array.from({ length: 8 }, () => openPool({ uri: at.uri, max: 1, applicationName: "migrate" }));
    const applied = await Promise.all(pools.map((pool) => migrate(pool)));
    await Promise.all(pools.map((pool) => pool.end()));
    expect(applied.flat().sort()).toEqual(await names());
    const tables = await tablesOf(at);
    for (const table of ["workflow_execution_events", "workflow_executions", "workflow_migrations", "workflows"])
      expect(tables).toContain(table);
  });

  it("has nothing to do the second time, and is quick about it", async () => {
    await at.database.primary.query("SELECT 1");
    const begun = performance.now();
    expect(await migrate(at.database.primary)).toEqual([]);
    expect(performance.now() - begun).toBeLessThan(300);
  });

  it("keeps the guide's columns, in the guide's order", async () => {
    const { rows } = await at.database.primary.query<{ name: string }>(
      "SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'workflow_webhooks' ORDER BY ordinal_position",
    );
    const guides =
      "webhook_id workflow_id token secret name description url enabled require_signature ip_allowlist rate_limit_max " +
      "rate_limit_window created_at updated_at last_triggered_at trigger_count last_execution_id";
    expect(`${rows.map(({ name }) => name).join(" ")} `).toMatch(new RegExp(`^${guides} `));
  });
});

describe("migrate beside other versions of the program", () => {
  let at: TestDatabase;
  let known: Migration[];
  beforeAll(async () => {
    at = await emptyDatabase();
    known = await readMigrations();
    await migrate(at.database.primary);
  });
  afterAll(() => at.drop());
  const later = (id: number, sql: string, compatible: boolean): Migration => ({
    id,
    name: `${id}-later`,
    sql,
    checksum: "c",
    compatible,
  });

  it("accepts what a newer program added, unless it is breaking", async () => {
    const { primary } = at.database;
    expect(await migrate(primary, { migrations: [...known, later(9001, "CREATE TABLE later (x int)", true)] })).toEqual(
      ["9001-later"],
    );
    expect(await migrate(primary)).toEqual([]);
    const breaking = [...known, later(9001, "", true), later(9002, "CREATE TABLE much_later (x int)", false)];
    expect(await migrate(primary, { migrations: breaking })).toEqual(["9002-later"]);
    await expect(migrate(primary)).rejects.toThrow(/newer Workflow Core \(9002-later\).*Update this program/);
    await primary.query("DELETE FROM workflow_migrations WHERE id > 9000");
  });

  it("leaves nothing of a migration that failed", async () => {
    const broken = [...known, later(9001, "CREATE TABLE half (x int); SELECT 1 / 0", true)];
    await expect(migrate(at.database.primary, { migrations: broken })).rejects.toThrow(/division by zero/);
    expect(await tablesOf(at)).not.toContain("half");
    expect(await migrate(at.database.primary)).toEqual([]);
  });

  it("refuses a migration that was changed after it was applied", async () => {
    const changed = known.map((migration, index) => (index === 1 ? { ...migration, checksum: "other" } : migration));
    await expect(migrate(at.database.primary, { migrations: changed })).rejects.toThrow(MigrationError);
  });
});

describe("migrate on a database that was made from the guide", () => {
  let at: TestDatabase;
  const workflow = "11111111-1111-4111-8111-111111111111";
  const draft = "22222222-2222-4222-8222-222222222222";
  beforeAll(async () => {
    at = await emptyDatabase();
    const [guide] = await readMigrations();
    // The guide's own statements: ours without "if not exists".
    await at.database.primary.query((guide?.sql ?? "").replaceAll("IF NOT EXISTS ", ""));
    await at.database.primary.query(
      `INSERT INTO workflows (workflow_id, name, entity_id, community_id, author_id, status, version, nodes, connections, published_at)
       VALUES ('${workflow}', 'Old', 1, 7, 3, 'published', '2.3.0', '{"a": {}}', '[]', '2025-01-02 03:04:05'),
              ('${draft}', 'Draft', 1, 7, 3, 'draft', '1.0.0', '{}', '[]', NULL)`,
    );
    await at.database.primary.query(
      `INSERT INTO workflow_executions (execution_id, workflow_id, status, start_time)
       VALUES ('33333333-3333-4333-8333-333333333333', '${workflow}', 'completed', '2025-01-02 03:04:05')`,
    );
  });
  afterAll(() => at.drop());

  it("keeps the rows and gives published workflows their first version", async () => {
    const { primary } = at.database;
    expect(await migrate(primary)).toEqual(await names());
    const workflows = await primary.query(
      "SELECT workflow_id, revision, published_version, metadata FROM workflows ORDER BY name DESC",
    );
    expect(workflows.rows).toEqual([
      { workflow_id: workflow, revision: 1, published_version: "2.3.0", metadata: {} },
      { workflow_id: draft, revision: 1, published_version: null, metadata: {} },
    ]);
    const versions = await primary.query(
      "SELECT workflow_id, version, number, nodes, published, created_at FROM workflow_versions",
    );
    expect(versions.rows).toEqual([
      {
        workflow_id: workflow,
        version: "2.3.0",
        number: 1,
        nodes: { a: {} },
        published: true,
        created_at: new Date("2025-01-02T03:04:05Z"),
      },
    ]);
    const executions = await primary.query("SELECT status, community_id, fence, available_at FROM workflow_executions");
    expect(executions.rows).toEqual([{ status: "completed", community_id: 7, fence: 0, available_at: null }]);
  });
});
