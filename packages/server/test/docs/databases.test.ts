// The documentation's backup (`sh databases`), made of a database that programs work on and restored into an empty one:
// what was stored is there, and a program goes on with it.
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, inject, it } from "vitest";
import { greeting } from "../support/app.js";
import { emptyDatabase, testDatabase } from "../support/database.js";
import { findProgram, skipped } from "../support/find-program.js";
import { shellOf } from "../support/markdown.js";
import { temporaryDirectory } from "../support/processes.js";
import { startProgram } from "../support/program.js";

// The embedded database brings no pg_dump.
const able = inject("systemPostgres") && findProgram("pg_dump") !== undefined;
const why = inject("systemPostgres") ? skipped("pg_dump") : " (skipped: PostgreSQL on 127.0.0.1:5432 not there)";

describe.skipIf(!able)(`a backup${why}`, () => {
  it("restores into an empty database, where a program goes on", async ({ onTestFinished }) => {
    const place = temporaryDirectory("workflow-core-backup-");
    onTestFinished(() => rmSync(place, { recursive: true, force: true }));
    const [from, to] = [await testDatabase("system"), await emptyDatabase("system")];
    onTestFinished(from.drop);
    onTestFinished(to.drop);
    const before = await startProgram({}, from);
    const workflow = await before.publish(greeting());
    const done = await before.run(workflow);
    expect(done.status).toBe("completed");

    const { PATH, HOME } = process.env;
    await promisify(execFile)(
      "bash",
      ["-euo", "pipefail", "-c", shellOf("docs/operations.md", "databases").join("\n")],
      {
        cwd: place,
        env: { PATH, HOME, DATABASE_URI: from.uri, NEW_DATABASE_URI: to.uri },
      },
    );
    await before.close();

    const after = await startProgram({}, to);
    onTestFinished(() => after.close());
    expect((await after.call("GET", `/api/v1/workflows/executions/${done.execution_id}`)).data.status).toBe(
      "completed",
    );
    expect((await after.run(workflow)).status).toBe("completed");
  });
});
