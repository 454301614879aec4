// Many small questions as one statement: what is asked in one turn of the event loop, and while as many batches as are
// allowed are under way, goes to the database together. Nobody is answered from a statement that began before they asked.
import type pg from "pg";

export interface BatchOptions {
  /** Batches under way at a time; 2 unless given. */
  flights?: number;
  /** The most questions of a batch; 200 unless given. */
  most?: number;
}

/**
 * A function that asks one question by asking many together: `ask` gives the answers in the order of the questions.
 * When it throws, all of its batch is refused with that error.
 */
export function inBatches<Question, Answer>(
  ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
  { flights = 2, most = 200 }: BatchOptions = {},
): (question: Question) => Promise<Answer> {
  const waiting: { question: Question; resolve(answer: Answer): void; reject(error: unknown): void }[] = [];
  let flying = 0;
  let scheduled = false;

  const schedule = (): void => {
    if (scheduled || flying >= flights || waiting.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      if (flying >= flights) return;
      flying += 1;
      void fly().finally(() => {
        flying -= 1;
        schedule();
      });
      schedule();
    });
  };

  const fly = async (): Promise<void> => {
    const batch = waiting.splice(0, most);
    if (batch.length === 0) return;
    try {
      const answers = await ask(batch.map(({ question }) => question));
      if (answers.length !== batch.length) throw new Error(`${batch.length} questions, ${answers.length} answers`);
      // The lengths are equal, so every question has its answer.
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      schedule();
    });
}

/**
 * A function that finds one row by its id (a UUID, checked before), by asking each pool for many together. `ask` gives
 * rows that have their id in lower case. Who asked for the same id at the same moment gets the same row: it is read only.
 */
export function idFinder<Row>(
  ask: (pool: pg.Pool, ids: readonly string[]) => Promise<readonly Row[]>,
  idOf: (row: Row) => string,
): (pool: pg.Pool, id: string) => Promise<Row | undefined> {
  const finders = new WeakMap<pg.Pool, (id: string) => Promise<Row | undefined>>();
  const finderOn = (pool: pg.Pool) =>
    inBatches(async (ids: readonly string[]) => {
      const rows = await ask(pool, [...new Set(ids)]);
      const found = new Map(rows.map((row) => [idOf(row), row]));
      return ids.map((id) => found.get(id));
    });
  return (pool, id) => {
    const find = finders.get(pool) ?? finderOn(pool);
    finders.set(pool, find);
    return find(id.toLowerCase());
  };
}
