// Connections: types, zones, deadlines, and what their failures mean.
import { describe, expect, it } from "vitest";
import { describeEachDatabase } from "../../test/support/database.js";
import { inTransaction } from "./database.js";
import { databaseFailure, retryConflicts } from "./database-failure.js";
import { openPool, type PoolOptions } from "./pool.js";

describeEachDatabase("openPool", (at) => {
  const withPool = async <T>(options: Partial<PoolOptions>, use: (pool: ReturnType<typeof openPool>) => Promise<T>) => {
    const pool = openPool({ uri: at().uri, max: 2, applicationName: "pool-test", ...options });
    return use(pool).finally(() => pool.end());
  };
  const failureOf = (action: Promise<unknown>) =>
    action.then(
      () => "none",
      (error: unknown) => databaseFailure(error),
    );

  it("reads timestamps as UTC and numbers as numbers", async () => {
    const { rows } = await withPool({}, (pool) =>
      pool.query(`SELECT '2025-06-01 12:00:00.5'::timestamp AS plain, '2025-06-01 12:00:00+02'::timestamptz AS zoned,
        42::bigint AS small, 9007199254740993::bigint AS big, 1.250::decimal(10, 3) AS exact, current_setting('timezone') AS zone,
        current_setting('application_name') AS name`),
    );
    expect(rows[0]).toEqual({
      plain: new Date("2025-06-01T12:00:00.500Z"),
      zoned: new Date("2025-06-01T10:00:00Z"),
      small: 42,
      big: "9007199254740993",
      exact: 1.25,
      zone: "UTC",
      name: "pool-test",
    });
  });

  it("has no statement compiled: it would take longer than running it", async () => {
    const { rows } = await withPool({ byKey: true }, (pool) => pool.query("SELECT current_setting('jit') AS jit"));
    expect(rows).toEqual([{ jit: "off" }]);
  });

  it("keeps what the URI asks for, beside its own", async () => {
    const separator = at().uri.includes("?") ? "&" : "?";
    const uri = `${at().uri}${separator}options=${encodeURIComponent("-c search_path=elsewhere")}`;
    const { rows } = await withPool({ uri }, (pool) =>
      pool.query("SELECT current_setting('search_path') AS path, current_setting('timezone') AS zone"),
    );
    expect(rows).toEqual([{ path: "elsewhere", zone: "UTC" }]);
  });

  it("refuses writes on a read-only pool", async () => {
    await withPool({ readOnly: true }, async (pool) => {
      expect(await failureOf(pool.query("CREATE TABLE never (x int)"))).toBe("unavailable");
    });
  });

  it("ends statements that take too long", async () => {
    await withPool({ statementTimeoutMs: 50 }, async (pool) => {
      expect(await failureOf(pool.query("SELECT pg_sleep(30)"))).toBe("unavailable");
      expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    });
  });

  it("survives the end of its connections, idle and busy", async () => {
    const said: string[] = [];
    await withPool({ log: { info: () => undefined, warn: (text) => said.push(text) } }, async (pool) => {
      const busy = inTransaction(pool, async (client) => {
        const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
        await at().database.primary.query("SELECT pg_terminate_backend($1)", [rows[0].pid]);
        await client.query("SELECT 1");
      });
      expect(await failureOf(busy)).toBe("unavailable");
      const { rows } = await pool.query("SELECT pg_backend_pid() AS pid");
      const broke = new Promise((resolve) => pool.once("error", resolve));
      await at().database.primary.query("SELECT pg_terminate_backend($1)", [rows[0].pid]);
      await broke;
      expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    });
    expect(said).toEqual([expect.stringMatching(/idle database connection broke/)]);
  });

  it("waits for a free connection no longer than it is told", async () => {
    await withPool({ max: 1, connectTimeoutMs: 50 }, async (pool) => {
      const client = await pool.connect();
      expect(await failureOf(pool.query("SELECT 1"))).toBe("unavailable");
      client.release();
    });
  });

  it("does a deadlocked transaction again", async () => {
    await withPool({}, async (pool) => {
      await pool.query("CREATE TABLE pairs (id int PRIMARY KEY, n int); INSERT INTO pairs VALUES (1, 0), (2, 0)");
      let tries = 0;
      let arrived = 0;
      let bothHold: () => void = () => undefined;
      const both = new Promise<void>((resolve) => {
        bothHold = resolve;
      });
      const add = (first: number, second: number) =>
        retryConflicts(() =>
          inTransaction(pool, async (client) => {
            tries++;
            await client.query("UPDATE pairs SET n = n + 1 WHERE id = $1", [first]);
            if (++arrived === 2) bothHold();
            await both;
            await client.query("UPDATE pairs SET n = n + 1 WHERE id = $1", [second]);
          }),
        );
      await Promise.all([add(1, 2), add(2, 1)]);
      expect(tries).toBeGreaterThanOrEqual(3); // the one that is done again may meet the other once more
      expect((await pool.query("SELECT n FROM pairs")).rows).toEqual([{ n: 2 }, { n: 2 }]);
    });
  });
});

describe("databaseFailure", () => {
  it.each([
    [{ code: "57P01" }, "unavailable"],
    [{ code: "53300" }, "unavailable"],
    [{ code: "08006" }, "unavailable"],
    [{ code: "25006" }, "unavailable"],
    [{ code: "ECONNREFUSED" }, "unavailable"],
    [{ code: "ENOENT", syscall: "connect" }, "unavailable"],
    [new AggregateError([Object.assign(new Error("x"), { code: "ECONNREFUSED" })]), "unavailable"],
    [new Error("outer", { cause: { code: "57P03" } }), "unavailable"],
    [new Error("Connection terminated unexpectedly"), "unavailable"],
    [{ code: "40P01" }, "conflict"],
    [{ code: "40001" }, "conflict"],
    [{ code: "23505" }, "other"],
    [{ code: "ENOENT", syscall: "open" }, "other"],
    [new TypeError("a bug"), "other"],
    [undefined, "other"],
  ])("of %j is %s", (error, meaning) => {
    expect(databaseFailure(error)).toBe(meaning);
  });

  it("is unavailable where nothing listens", async () => {
    for (const uri of ["postgresql://x@127.0.0.1:1/x", "postgresql://x@/x?host=/nowhere"]) {
      const pool = openPool({ uri, max: 1, applicationName: "test" });
      const error = await pool.query("SELECT 1").catch((failure: unknown) => failure);
      expect(databaseFailure(error)).toBe("unavailable");
      await pool.end();
    }
  });
});

describe("retryConflicts", () => {
  it("gives up after the last attempt, and at once on other errors", async () => {
    let tries = 0;
    const fail = (code: string) => async () => {
      tries++;
      throw Object.assign(new Error(code), { code });
    };
    await expect(retryConflicts(fail("40001"), 3)).rejects.toThrow("40001");
    expect(tries).toBe(3);
    await expect(retryConflicts(fail("23505"), 3)).rejects.toThrow("23505");
    expect(tries).toBe(4);
  });
});
