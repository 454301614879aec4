// Migrations only add: the version before goes on working beside the newer one, so nothing that it reads, writes or
// leaves out may be taken away, renamed or forbidden. A migration that says `--! breaking` is free; what else takes
// something away and is right all the same is in the list of exceptions, with the reason.
import { describe, expect, it } from "vitest";
import { readMigrations } from "./migrate.js";

/** By migration: statements that are harmless, as the finding begins. */
const exceptions: Record<string, { statement: RegExp; because: string }[]> = {
  "0002-engine": [
    { statement: /^create unique index if not exists idx_executions_dedupe /, because: "the column is as new" },
  ],
  "0005-schedules": [
    { statement: /^create unique index if not exists idx_schedules_node /, because: "the column is as new" },
  ],
};

const rules: readonly { what: string; is: RegExp; unless?: RegExp }[] = [
  { what: "drops", is: /^drop |^alter table .* drop (?!not null|default)/ },
  { what: "renames", is: /^alter .* rename / },
  { what: "changes a type", is: /^alter table .* alter (column )?\S+ (set data )?type / },
  { what: "forbids null", is: /^alter table .* set not null/ },
  {
    what: "adds a column that must be given",
    is: /^alter table .* add (column )?.* not null/,
    unless: / default | generated /,
  },
  { what: "adds a constraint", is: /^alter table .* add (constraint|check|unique|foreign key|primary key|exclude)\b/ },
  { what: "demands uniqueness", is: /^create unique index / },
  { what: "empties", is: /^truncate |^delete from / },
  { what: "withdraws a right", is: /^revoke / },
];

/** What a migration takes away, one line for each statement; what it has made itself it may drop and bind. */
function takes(sql: string): string[] {
  if (/^--!\s*breaking\b/.test(sql)) return [];
  const statements = statementsOf(sql);
  const made = (kind: string) => {
    const pattern = new RegExp(`^create (?:unlogged )?${kind} (?:if not exists )?([\\w.]+)`);
    return statements.flatMap((statement) => pattern.exec(statement)?.[1] ?? []);
  };
  const [tables, triggers] = [made("table"), made("trigger")];
  const own = (statement: string): boolean => {
    const dropped = /^drop trigger (?:if exists )?(\w+)/.exec(statement)?.[1];
    if (dropped !== undefined) return triggers.includes(dropped); // made anew
    const table = /^alter table (?:if exists )?(?:only )?([\w.]+)|^create unique index .*? on (?:only )?([\w.]+)/.exec(
      statement,
    );
    return tables.includes(table?.[1] ?? table?.[2] ?? "");
  };
  return statements.flatMap((statement) => {
    const rule = rules.find(({ is, unless }) => is.test(statement) && !unless?.test(statement));
    return rule === undefined || own(statement) ? [] : [`${rule.what}: ${statement}`];
  });
}

/** The statements in lower case on one line each, an ALTER TABLE with several actions as several, without comments and texts. */
function statementsOf(sql: string): string[] {
  const bare = sql
    .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, "''")
    .replace(/--.*$/gm, "")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/'(?:[^']|'')*'/g, "''")
    .replace(/\s+/g, " ")
    .toLowerCase();
  return bare.split(";").flatMap((each) => {
    const statement = each.trim();
    const [, head, actions] = /^(alter table (?:if exists )?(?:only )?[\w."]+) (.*)$/.exec(statement) ?? [];
    if (head === undefined || actions === undefined) return statement === "" ? [] : [statement];
    return actions.split(/,(?![^(]*\))/).map((action) => `${head} ${action.trim()}`);
  });
}

describe("migrations", () => {
  it("take nothing away", async () => {
    const migrations = await readMigrations();
    const found = migrations.flatMap(({ name, sql }) => {
      const allowed = exceptions[name] ?? [];
      const excused = (finding: string) =>
        allowed.some(({ statement }) => statement.test(finding.replace(/^[\w ]+: /, "")));
      return takes(sql).flatMap((finding) => (excused(finding) ? [] : [`${name} ${finding}`]));
    });
    expect(found).toEqual([]);
    expect(migrations.length).toBeGreaterThan(0);
  });

  it("need each of their exceptions", async () => {
    const sql = new Map((await readMigrations()).map((migration) => [migration.name, migration.sql]));
    for (const [name, list] of Object.entries(exceptions))
      for (const { statement } of list)
        expect(
          statementsOf(sql.get(name) ?? "").some((each) => statement.test(each)),
          String(statement),
        ).toBe(true);
  });
});

describe("what takes something away is found", () => {
  it.each([
    ["drops", "DROP TABLE workflows"],
    ["drops", "ALTER TABLE workflows DROP COLUMN name"],
    ["drops", "ALTER TABLE workflows ADD COLUMN x int, DROP name"],
    ["drops", "-- why\nDROP\n  INDEX idx_executions_dedupe"],
    ["drops", "DROP TRIGGER IF EXISTS workflow_versions_immutable ON workflow_versions"],
    ["renames", "ALTER TABLE workflows RENAME name TO title"],
    ["renames", "ALTER TABLE workflows RENAME TO flows"],
    ["changes a type", "ALTER TABLE workflows ALTER name TYPE varchar(10)"],
    ["changes a type", "ALTER TABLE workflows ALTER COLUMN name SET DATA TYPE text"],
    ["forbids null", "ALTER TABLE workflows ALTER COLUMN description SET NOT NULL"],
    ["adds a column that must be given", "ALTER TABLE workflows ADD COLUMN x int NOT NULL"],
    ["adds a constraint", "ALTER TABLE workflows ADD CONSTRAINT some CHECK (entity_id > 0)"],
    ["demands uniqueness", "CREATE UNIQUE INDEX some ON workflows(name)"],
    ["empties", "TRUNCATE workflow_audit"],
    ["withdraws a right", "REVOKE ALL ON workflows FROM PUBLIC"],
  ])("%s: %s", (what, sql) => {
    expect(takes(`CREATE TABLE another (x int); ${sql};`)).toEqual([expect.stringMatching(`^${what}: `)]);
  });

  it.each([
    "ALTER TABLE workflows ADD COLUMN x int NOT NULL DEFAULT 1, ADD y numeric(10, 2)",
    "ALTER TABLE workflows ALTER COLUMN status DROP NOT NULL",
    "CREATE TABLE more (x int); CREATE UNIQUE INDEX some ON more(x); ALTER TABLE more ADD CHECK (x > 0)",
    "DROP TRIGGER IF EXISTS t ON workflows; CREATE TRIGGER t AFTER INSERT ON workflows EXECUTE FUNCTION f()",
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM x; DROP TABLE y; END $$",
    "INSERT INTO workflows (name) VALUES ('a; DROP TABLE workflows')",
    "--! breaking: everything is new\nDROP TABLE workflows",
  ])("and what only adds is not: %s", (sql) => {
    expect(takes(sql)).toEqual([]);
  });
});
