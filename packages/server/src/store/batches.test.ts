// Questions that travel together, without a database: what is asked at once, and what each is answered.
import type pg from "pg";
import { expect, it } from "vitest";
import { idFinder, inBatches } from "./batches.js";

const pool = () => ({}) as pg.Pool; // only its identity counts
const row = (id: string) => ({ id });

it("asks for what is wanted in one turn once, and answers each with its own", async () => {
  const asked: (readonly string[])[] = [];
  const find = idFinder(
    async (_pool, ids) => {
      asked.push(ids);
      return ids.filter((id) => id !== "c").map(row);
    },
    ({ id }) => id,
  );
  const on = pool();
  const answers = await Promise.all(["b", "A", "c", "a"].map((id) => find(on, id)));
  expect(answers).toEqual([row("b"), row("a"), undefined, row("a")]);
  expect(asked).toEqual([["b", "a", "c"]]);
});

it("asks each pool for itself", async () => {
  const asked: [pg.Pool, readonly string[]][] = [];
  const find = idFinder(
    async (on, ids) => {
      asked.push([on, ids]);
      return ids.map(row);
    },
    ({ id }) => id,
  );
  const [one, other] = [pool(), pool()];
  await Promise.all([find(one, "a"), find(other, "b")]);
  expect(asked).toEqual([
    [one, ["a"]],
    [other, ["b"]],
  ]);
});

it("answers nobody from a statement that began before they asked", async () => {
  let stored = 1;
  const begun: (() => void)[] = [];
  const ask = inBatches(
    async (questions: readonly string[]) => {
      const seen = stored;
      await new Promise<void>((resolve) => begun.push(resolve));
      return questions.map(() => seen);
    },
    { flights: 1 },
  );
  const flown = async (count: number) => {
    while (begun.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  const early = ask("a");
  await flown(1);
  stored = 2;
  const late = ask("a");
  begun[0]?.();
  expect(await early).toBe(1);
  await flown(2);
  begun[1]?.();
  expect(await late).toBe(2);
});

it("refuses all of a batch that failed, and none of the next", async () => {
  let fails = true;
  const ask = inBatches(async (questions: readonly number[]) => {
    if (fails) throw new Error("the database is away");
    return questions.map((question) => question * 2);
  });
  const refused = await Promise.allSettled([ask(1), ask(2)]);
  expect(refused.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  fails = false;
  expect(await ask(3)).toBe(6);
});
