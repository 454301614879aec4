// The database and its replicas: there, new enough, with this program's tables, and of one mind about the time.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explain, type Settings, troubles } from "../../settings.js";
import { startEmbeddedPostgres } from "../../store/embedded.js";
import { EmbeddedPostgresError } from "../../store/embedded-error.js";
import { type Inspection, inspectDatabase } from "../../store/inspect.js";
import { MigrationError } from "../../store/migrate.js";
import { openPool } from "../../store/pool.js";
import { type Finding, found, reasonOf } from "./finding.js";
import { ownService } from "./own-service.js";

const name = "Database";
const replicasName = "Read replicas";
/** Tables use what came with 13; older servers are not looked after any more. */
const oldest = 13;
const skew = { warning: 5_000, problem: 60_000 };

/** DATABASE_URI, or the embedded database where there is none. */
export async function checkDatabase(settings: Settings): Promise<Finding[]> {
  if (settings.DATABASE_URI === undefined) return checkEmbedded(settings);
  return inspect(name, settings.DATABASE_URI, (inspection, place) => judge(inspection, place));
}

export async function checkReplicas({ READ_REPLICA_URIS: uris }: Settings): Promise<Finding[]> {
  if (uris.length === 0) return [found(replicasName, "ok", "None: everything is read from the primary.")];
  const findings = await Promise.all(
    uris.map((uri) => inspect(replicasName, uri, (inspection, place) => judgeReplica(inspection, place))),
  );
  return findings.flat();
}

async function inspect(
  what: string,
  uri: string,
  tell: (inspection: Inspection, place: string) => Finding[],
): Promise<Finding[]> {
  const place = placeOf(uri);
  const pool = openPool({
    uri,
    max: 1,
    applicationName: "workflow-core-doctor",
    readOnly: true,
    statementTimeoutMs: 5000,
  });
  try {
    return tell(await inspectDatabase(pool), place);
  } catch (error) {
    if (error instanceof MigrationError) return [found(what, "problem", `${place}: ${error.message}`)];
    if (what === replicasName)
      return [
        found(
          what,
          "warning",
          `${place} cannot be read: ${reasonOf(error)}`,
          "Reads go to the primary until it answers.",
        ),
      ];
    return [found(what, "problem", explain(troubles.database, `${place}: ${reasonOf(error)}`))];
  } finally {
    await pool.end();
  }
}

/** Host, port and name of a database, without user and password. */
function placeOf(uri: string): string {
  const { host, pathname } = new URL(uri);
  return `${host}${pathname}`;
}

function judge({ version, major, pending, standby, clock, milliseconds }: Inspection, place: string): Finding[] {
  const findings: Finding[] = [];
  const tables = pending.length === 0 ? "its tables are up to date" : `${pending.length} migrations are to be applied`;
  const told = `PostgreSQL ${version} at ${place} answers in ${milliseconds.toFixed(1)} ms; ${tables}.`;
  if (major < oldest)
    findings.push(
      found(name, "problem", `PostgreSQL ${version} at ${place} is too old.`, `Use PostgreSQL ${oldest} or later.`),
    );
  else if (standby)
    findings.push(
      found(
        name,
        "problem",
        `${place} is a standby: nothing can be written there.`,
        "Put the primary's address into DATABASE_URI.",
      ),
    );
  else if (pending.length > 0)
    findings.push(found(name, "ok", told, "The next start applies them; or do it now: workflow-core migrate"));
  else findings.push(found(name, "ok", told));
  const off = Math.abs(clock.ahead) - clock.within;
  if (off > skew.warning)
    findings.push(
      found(
        "Clock",
        off > skew.problem ? "problem" : "warning",
        `The database's clock is ${(Math.abs(clock.ahead) / 1000).toFixed(1)} s ${clock.ahead > 0 ? "ahead of" : "behind"} this machine's.`,
        "Let both follow a time server (NTP). Tokens end, and schedules fire, by different clocks.",
      ),
    );
  else findings.push(found("Clock", "ok", "This machine and the database agree about the time."));
  return findings;
}

function judgeReplica({ version, pending, standby }: Inspection, place: string): Finding[] {
  const follows = standby ? "" : ", which is no standby of PostgreSQL itself";
  if (pending.length === 0)
    return [found(replicasName, "ok", `PostgreSQL ${version} at ${place}${follows} can be read.`)];
  const advice = "Check that it replicates the database of DATABASE_URI; until then it is not read.";
  return [found(replicasName, "warning", `${place} lacks the tables of this program.`, advice)];
}

/** The embedded database: started in its directory, or in one of the doctor's own where there is none yet. */
async function checkEmbedded(settings: Settings): Promise<Finding[]> {
  const { DATA_DIR: data } = settings;
  const there = existsSync(data);
  const directory = there ? data : await mkdtemp(join(tmpdir(), "workflow-core-doctor-"));
  const log = { info: () => undefined, warn: () => undefined };
  try {
    const server = await startEmbeddedPostgres({ directory, log });
    try {
      const findings = await inspect(name, server.uri, (inspection) => judge(inspection, "the embedded server"));
      const where = there ? `The data are in ${server.data}.` : `The data will be in ${data}, made at the first start.`;
      return [...findings.filter((each) => each.name === name), found("Data", "ok", where)];
    } finally {
      await server.stop();
    }
  } catch (error) {
    if (!(error instanceof EmbeddedPostgresError)) throw error;
    if (await ownService(settings))
      return [
        found(name, "ok", `The embedded database is in use by the service that runs on port ${settings.MODULE_PORT}.`),
      ];
    return [found(name, "problem", error.message)];
  } finally {
    if (!there) await rm(directory, { recursive: true, force: true });
  }
}
