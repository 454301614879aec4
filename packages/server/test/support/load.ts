// Callers as they should be: they ask with a key, and again with the same key until they are told yes. And some who ask
// once, without a key: what they were told must be true.
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Replica } from "./replicas.js";
import { execute } from "./scene.js";

export interface Load {
  /** Execution by key, of all that were told yes. */
  accepted: ReadonlyMap<string, string>;
  /** How often each status was told; "broken" where no answer came. */
  told: ReadonlyMap<number | "broken", number>;
  /** What those were told who asked once, by the mark that their execution carries. */
  once: ReadonlyMap<string, number | "broken">;
  /** Answers to the same key that named different executions. */
  changed: readonly string[];
  /** Starts no more, and waits until every caller has been told yes. */
  end(): Promise<void>;
}

export interface LoadOptions {
  workflows: readonly string[];
  perSecond: number;
  /** Which replica is asked next. */
  replica(): Replica | undefined;
}

/** Begins to start executions at a steady rate. */
export function startLoad({ workflows, perSecond, replica }: LoadOptions): Load {
  const accepted = new Map<string, string>();
  const told = new Map<number | "broken", number>();
  const once = new Map<string, number | "broken">();
  const changed: string[] = [];
  const callers = new Set<Promise<void>>();
  let stopped = false;
  let asked = 0;

  const note = (status: number | "broken") => told.set(status, (told.get(status) ?? 0) + 1);
  const caller = async (key: string, workflow: string) => {
    // One in four asks once more after it was told yes, as one whose answer was lost does.
    let left = asked % 4 === 0 ? 2 : 1;
    while (left > 0) {
      const one = replica();
      const answer = one && (await execute(one, workflow, key).catch(() => undefined));
      if (one) note(answer?.status ?? "broken");
      if (answer?.status === 202) {
        const id = String(answer.body.data?.execution_id);
        const before = accepted.get(key);
        if (before !== undefined && before !== id) changed.push(`${key}: ${before} and ${id}`);
        accepted.set(key, id);
        left -= 1;
      } else await pause(200);
    }
  };
  const askOnce = async (mark: string, workflow: string) => {
    const body = { metadata: { mark } };
    const answer = await replica()
      ?.call("POST", `/api/v1/workflows/${workflow}/execute`, body)
      .catch(() => undefined);
    once.set(mark, answer?.status ?? "broken");
    note(answer?.status ?? "broken");
  };
  const run = async () => {
    while (!stopped) {
      const workflow = workflows[asked % workflows.length] as string;
      asked += 1;
      const ask = asked % 5 === 0 ? askOnce : caller;
      const mine = ask(randomUUID(), workflow).finally(() => callers.delete(mine));
      callers.add(mine);
      await pause(1000 / perSecond);
    }
  };
  const running = run();
  return {
    ...{ accepted, told, once, changed },
    end: async () => {
      stopped = true;
      await running;
      await Promise.all(callers);
    },
  };
}
