// The limit without batches: PostgreSQL's own pgbench, which inserts and updates twice in one transaction for each
// workflow. More than 16 connections only wait for each other on few cores.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { contest } from "../lib/contestant.mjs";

const uri = process.env.BENCH_DATABASE;
const debian = "/usr/lib/postgresql";
const versions = existsSync(debian) ? readdirSync(debian).sort((left, right) => right - left) : [];
const paths = [...versions.map((version) => `${debian}/${version}/bin`), ...(process.env.PATH ?? "").split(":")];
const program = paths.map((path) => join(path, "pgbench")).find(existsSync);
if (program === undefined) throw new Error("pgbench is not installed");

const client = new pg.Client({ connectionString: uri });
await client.connect();
await client.query("CREATE TABLE limit_runs (id bigserial PRIMARY KEY, status text, output jsonb)");
await client.end();
const directory = mkdtempSync(join(tmpdir(), "workflow-core-pgbench-"));
const script = join(directory, "workflow.sql");
writeFileSync(
  script,
  `BEGIN;
INSERT INTO limit_runs (status) VALUES ('running') RETURNING id \\gset
UPDATE limit_runs SET status = 'half', output = jsonb_build_object('success', true) WHERE id = :id;
UPDATE limit_runs SET status = 'completed' WHERE id = :id;
COMMIT;
`,
);
await contest(
  async ({ count, inFlight }) => {
    const clients = Math.min(16, inFlight, count);
    const each = Math.ceil(count / clients);
    const flags = ["-n", "-M", "prepared", "-j", clients > 1 ? 2 : 1, "-c", clients, "-t", each, "-f", script, uri];
    const { stdout } = await promisify(execFile)(program, flags.map(String));
    return { perSecond: Number(/^tps = ([\d.]+) \(without/m.exec(stdout)?.[1]) };
  },
  () => rmSync(directory, { recursive: true }),
);
