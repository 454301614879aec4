// Databases for tests: each test file gets its own, a copy of a migrated template, and drops it afterwards.
import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import type pg from "pg";
import { afterAll, beforeAll, describe, inject, it } from "vitest";
import { type Database, databaseOn } from "../../src/store/database.js";
import { retryConflicts } from "../../src/store/database-failure.js";
import { openPool } from "../../src/store/pool.js";
import { lookThroughDatabase } from "./canaries.js";
import { administer, type TestServer, uriOf } from "./servers.js";

export type ServerKind = "embedded" | "system";

export interface TestDatabase {
  uri: string;
  database: Database;
  /** Ends the pool and drops the database. */
  drop(): Promise<void>;
}

/** A new, migrated and empty database on the embedded server, or on the system's (throws when there is none). */
export async function testDatabase(kind: ServerKind = "embedded"): Promise<TestDatabase> {
  return makeDatabase(kind, (server) => server.template);
}

/** A new database without any table of ours. */
export async function emptyDatabase(kind: ServerKind = "embedded"): Promise<TestDatabase> {
  return makeDatabase(kind, () => "template0");
}

/**
 * Runs the same tests on the embedded server and on the system's PostgreSQL; where that is not there, one skipped
 * test says so. Within tests and hooks, the function handed to `tests` returns the file's database.
 */
export function describeEachDatabase(name: string, tests: (database: () => TestDatabase) => void): void {
  describeOn(name, "embedded", tests);
  if (inject("systemPostgres")) describeOn(name, "system", tests);
  else
    describe(`${name} (system PostgreSQL)`, () => it.skip("PostgreSQL on 127.0.0.1:5432 not there", () => undefined));
}

function describeOn(name: string, kind: ServerKind, tests: (database: () => TestDatabase) => void): void {
  describe(`${name} (${kind} PostgreSQL)`, () => {
    let open: TestDatabase | undefined;
    beforeAll(async () => {
      open = await testDatabase(kind);
    });
    afterAll(() => open?.drop());
    tests(() => {
      if (open === undefined) throw new Error("the database is there within tests and hooks only");
      return open;
    });
  });
}

async function makeDatabase(kind: ServerKind, template: (server: TestServer) => string): Promise<TestDatabase> {
  if (kind === "system" && !inject("systemPostgres")) throw new Error("PostgreSQL on 127.0.0.1:5432 not there");
  const server = await askForServer(kind);
  const name = `${server.prefix}_${randomUUID().replaceAll("-", "").slice(0, 16)}`;
  await administer(server.uri, `CREATE DATABASE ${name} TEMPLATE ${template(server)}`);
  const uri = uriOf(server.uri, name);
  const primary: pg.Pool = openPool({ uri, max: 10, applicationName: "workflow-core-test" });
  return {
    uri,
    database: databaseOn(primary),
    drop: async () => {
      if (!primary.ended) await primary.end();
      await lookThroughDatabase(uri);
      await retryConflicts(() => administer(server.uri, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

const asked = new Map<ServerKind, Promise<TestServer>>();

function askForServer(kind: ServerKind): Promise<TestServer> {
  const known = asked.get(kind);
  if (known !== undefined) return known;
  const answer = new Promise<TestServer>((resolve, reject) => {
    let text = "";
    const socket = connect(inject("databaseDoor"), () => socket.write(kind));
    socket.setEncoding("utf8");
    socket.on("data", (part) => {
      text += part;
    });
    socket.on("error", reject);
    socket.on("end", () => {
      const { server, error }: { server?: TestServer; error?: string } = JSON.parse(text);
      if (server === undefined) reject(new Error(error));
      else resolve(server);
    });
  });
  asked.set(kind, answer);
  return answer;
}
