// Thousands of random workflows under random order, doubled and late answers: the invariants of state.ts hold.
import { describe, expect, it } from "vitest";
import { isFinal } from "../documents/execution.js";
import { compile } from "../graph/compile.js";
import type { Plan } from "../graph/plan.js";
import { seeded } from "../testing/random.js";
import { randomGraph } from "../testing/random-graph.js";
import type { ExecutionEvent } from "./events.js";
import { executionPath, finalVariables, nodeStates } from "./history.js";
import { replay, simulate } from "./simulate.js";
import type { State } from "./state.js";
import { transition } from "./transition.js";

const rounds = Number(process.env.DISORDER_ROUNDS ?? 1500);

const planFor = (seed: number): Plan => {
  const { plan, problems } = compile(randomGraph(seeded(seed)));
  if (!plan)
    throw new Error(`seed ${seed}: ${JSON.stringify(problems.filter(({ severity }) => severity === "error"))}`);
  return plan;
};

/** Whether a visit's attempt fails: by its name alone, so that every order sees the same world. */
const fails = (token: string, attempt: number): boolean =>
  [...`${token}${attempt}`].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1000, 7) < 150;

const runInOrder = (plan: Plan, chance: () => number) =>
  simulate(plan, {
    pick: (count) => Math.floor(chance() * count),
    answer: ({ token, attempt }) =>
      fails(token, attempt)
        ? { ok: false, failure: { code: "FAKE", message: "fake", retryable: true } }
        : { ok: true, value: { output: { token } } },
  });

/** What must not depend on order: how it ended and what every visit came to. Times may differ. */
const essence = (plan: Plan, state: State) => ({
  status: state.status,
  variables: { ...finalVariables(state), error: undefined },
  visits: state.history.map(({ token, status, retries }) => `${token} ${status} ${retries}`).sort(),
  states: Object.entries(nodeStates(plan, state)).map(([id, { status }]) => `${id} ${status}`),
});

const quiet = (state: State) => {
  expect(state.tokens.size + state.joins.size + state.lanes.size + state.held.size).toBe(0);
  expect(state.scopes.size).toBe(1);
};

describe("random workflows", () => {
  it(`end, quietly, and visit nothing twice (${rounds} graphs)`, async () => {
    const ends = new Map<string, number>();
    for (let seed = 1; seed <= rounds; seed += 1) {
      const plan = planFor(seed);
      const { state } = await runInOrder(plan, seeded(seed));
      expect(isFinal(state.status), `seed ${seed}`).toBe(true);
      quiet(state);
      const visits = state.history.map(({ token }) => token);
      expect(new Set(visits).size, `seed ${seed}: a node was visited twice in one scope`).toBe(visits.length);
      ends.set(state.status, (ends.get(state.status) ?? 0) + 1);
    }
    // The generator really makes both kinds: a test over failures only would say little.
    expect(ends.get("completed") ?? 0).toBeGreaterThan(rounds / 10);
    expect(ends.get("failed") ?? 0).toBeGreaterThan(rounds / 100);
  });

  it("come to the same whatever the order of answers, where nothing is broken off", async () => {
    let compared = 0;
    for (let seed = 1; seed <= rounds; seed += 1) {
      const plan = planFor(seed);
      // A break and a failed execution cut off whatever is still under way: there the order decides, rightly.
      if (plan.nodes.some(({ type }) => type.type === "loop_break")) continue;
      const first = await runInOrder(plan, () => 0);
      if (first.state.status !== "completed") continue;
      const other = await runInOrder(plan, seeded(seed * 7 + 1));
      expect(essence(plan, other.state), `seed ${seed}`).toEqual(essence(plan, first.state));
      compared += 1;
    }
    expect(compared).toBeGreaterThan(rounds / 20);
  });

  it("are rebuilt by replaying their events, at every point", async () => {
    for (let seed = 1; seed <= rounds / 5; seed += 1) {
      const plan = planFor(seed);
      const states: State[] = [];
      const events: ExecutionEvent[] = [];
      const chance = seeded(seed);
      await simulate(plan, {
        pick: (count) => Math.floor(chance() * count),
        watch: (state, event) => {
          states.push(state);
          events.push(event);
        },
      });
      const at = Math.floor(chance() * states.length);
      expect(replay(plan, events.slice(0, at + 1)), `seed ${seed}`).toEqual(states[at]);
      expect(replay(plan, events), `seed ${seed}`).toEqual(states.at(-1));
    }
  });

  it("ignore doubled, late and foreign answers", async () => {
    let ignored = 0;
    for (let seed = 1; seed <= rounds / 5; seed += 1) {
      const plan = planFor(seed);
      const seen: ExecutionEvent[] = [];
      await simulate(plan, {
        watch: (state, event) => {
          seen.push(event);
          for (const old of seen) {
            if (old.type !== "performed" && old.type !== "faulted") continue;
            if (isFinal(state.status) || old.at < state.deadline) {
              expect(
                transition(plan, state, { ...old, at: Math.min(state.at, state.deadline - 1) }),
                `seed ${seed}`,
              ).toBe(state);
              ignored += 1;
            }
          }
        },
      });
    }
    expect(ignored).toBeGreaterThan(rounds);
  });

  it("leave the old state as it was", async () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const plan = planFor(seed);
      let before: { state: State; copy: State } | undefined;
      await simulate(plan, {
        watch: (state) => {
          if (before) expect(before.state).toEqual(before.copy);
          before = { state, copy: structuredClone(state) };
        },
      });
      expect(executionPath(plan, before?.state as State).length).toBeGreaterThan(0);
    }
  });
});
