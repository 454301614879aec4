import { describe, expect, it } from "vitest";
import type { WorkflowGraph } from "../documents/workflow.js";
import { compile } from "../graph/compile.js";
import type { Plan } from "../graph/plan.js";
import { defaultLimits, type Limits } from "../limits.js";
import { type Drawn, draw } from "../testing/draw.js";
import { commands } from "./commands.js";
import { executionPath, finalVariables, nodeStates } from "./history.js";
import { type SimulateOptions, simulate } from "./simulate.js";
import type { State } from "./state.js";
import { begin, transition } from "./transition.js";

const planOf = (graph: WorkflowGraph): Plan => {
  const { plan, problems } = compile(graph);
  if (!plan) throw new Error(JSON.stringify(problems.filter(({ severity }) => severity === "error")));
  return plan;
};

const set = (name: string, value: unknown): Drawn => ["data_variable_set", { variable_name: name, value }];
const call = (name: string): Drawn => ["action_module", { module_name: name, action: "run" }];
const end: Drawn = ["flow_end", {}];

const run = async (graph: WorkflowGraph, options: SimulateOptions = {}) => {
  const plan = planOf(graph);
  const { state, events } = await simulate(plan, options);
  return {
    plan,
    state,
    events,
    path: executionPath(plan, state),
    variables: finalVariables(state),
    states: nodeStates(plan, state),
  };
};

const limits = (change: Partial<Limits>): Limits => ({ ...defaultLimits, ...change });

describe("branches and joins", () => {
  it("runs the join of a diamond once, after both sides", async () => {
    const graph = draw("start -> a -> join -> end; start -> b -> join", {
      start: "trigger_webhook",
      a: set("a", 1),
      b: set("b", 2),
      join: set("sum", "{{ a + b }}"),
      end,
    });
    const { state, path, variables } = await run(graph);
    expect(state.status).toBe("completed");
    expect(path).toEqual(["start", "a", "b", "join", "end"]);
    expect(variables).toMatchObject({ sum: 3 });
  });

  it("lets exclusive branches share an end and skips the other one", async () => {
    const graph = draw("start -> if -true-> yes -> end; if -false-> no -> end", {
      start: "trigger_webhook",
      if: ["condition_if", { condition: "score > 10" }],
      yes: set("answer", "yes"),
      no: set("answer", "no"),
      end,
    });
    const { path, states } = await run(graph, { data: { score: 11 } });
    expect(path).toEqual(["start", "if", "yes", "end"]);
    expect(states.no?.status).toBe("skipped");
  });

  it("skips a whole untaken stretch without hanging its join", async () => {
    const graph = draw("start -> if -true-> a1 -> a2 -> join -> end; if -false-> b1 -> b2 -> b3 -> join", {
      start: "trigger_webhook",
      if: ["condition_if", { condition: "false" }],
      a1: set("a", 1),
      a2: set("a", 2),
      b1: set("b", 1),
      b2: set("b", 2),
      b3: set("b", 3),
      join: set("done", true),
      end,
    });
    expect((await run(graph)).path).toEqual(["start", "if", "b1", "b2", "b3", "join", "end"]);
  });

  it("takes conditions on connections", async () => {
    const graph = draw("start -> a; start -> b", { start: "trigger_webhook", a: set("a", 1), b: set("b", 1) });
    graph.connections[0] = { ...graph.connections[0]!, condition: "vip" };
    graph.connections[1] = { ...graph.connections[1]!, condition: "!vip" };
    expect((await run(graph, { data: { vip: true } })).path).toEqual(["start", "a"]);
  });

  it("starts from the given trigger and skips the others", async () => {
    const graph = draw("hook -> join; chat -> join; join -> end", {
      hook: "trigger_webhook",
      chat: ["trigger_command", { command_name: "hi" }],
      join: set("x", 1),
      end,
    });
    expect((await run(graph, { trigger: "chat" })).path).toEqual(["chat", "join", "end"]);
  });

  it("passes over a node that is switched off", async () => {
    const graph = draw("start -> off -> end", {
      start: "trigger_webhook",
      off: { node_type: "data_variable_set", enabled: false, config: { variable_name: "x", value: 1 } },
      end,
    });
    const { path, states, variables } = await run(graph);
    expect(path).toEqual(["start", "end"]);
    expect(states.off?.status).toBe("skipped");
    expect(variables).not.toHaveProperty("x");
  });
});

describe("values", () => {
  it("keeps a number a number", async () => {
    const graph = draw(
      "start -> more -> end",
      { start: "trigger_webhook", more: set("counter", "{{ counter + 1 }}"), end },
      { global_variables: { counter: 1 } },
    );
    expect((await run(graph)).variables.counter).toBe(2);
  });

  it("fails with the name of what is missing", async () => {
    const { state } = await run(draw("start -> a", { start: "trigger_webhook", a: set("x", "{{ nobody }}") }));
    expect(state.status).toBe("failed");
    expect(state.failure).toMatchObject({ node_id: "a", code: "MISSING_NAME" });
    expect(state.failure?.message).toContain("nobody");
  });

  it("merges the outputs of several ends in order of arrival", async () => {
    const graph = draw("start -> a; start -> b", {
      start: "trigger_webhook",
      a: ["flow_end", { output_data: { first: 1, both: "a" } }],
      b: ["flow_end", { output_data: { second: 2, both: "b" } }],
    });
    expect((await run(graph)).state.finalOutput).toEqual({ first: 1, second: 2, both: "b" });
  });

  it("shows the data of earlier nodes as nodes.<id>", async () => {
    const graph = draw("start -> get -> end", {
      start: "trigger_webhook",
      get: ["data_variable_get", { variable_name: "a" }],
      end: ["flow_end", { output_data: { got: "{{ nodes.get.value }}" } }],
    });
    expect((await run(graph, { data: { a: 7 } })).state.finalOutput).toEqual({ got: 7 });
  });
});

describe("loops", () => {
  it("gives the exact order of three nested loops with a break", async () => {
    const graph = draw(
      `start -> outer -loop_body-> middle -loop_body-> inner -loop_body-> stop -> note; inner -> after
       outer -> end`,
      {
        start: "trigger_webhook",
        outer: ["loop_foreach", { collection: ["a", "b"], item_variable: "x", index_variable: "i" }],
        middle: ["loop_foreach", { collection: [1, 2], item_variable: "y", index_variable: "j" }],
        inner: ["loop_foreach", { collection: [10, 20, 30], item_variable: "z", index_variable: "k" }],
        stop: ["loop_break", { condition: "z === 20" }],
        note: set("log", "{{ [...log, x + y + z] }}"),
        after: set("log", "{{ [...log, 'after'] }}"),
        end,
      },
      { global_variables: { log: [] } },
    );
    const { variables, state } = await run(graph);
    expect(state.status).toBe("completed");
    expect(variables.log).toEqual(["a110", "after", "a210", "after", "b110", "after", "b210", "after"]);
  });

  it("keeps the variables of parallel loops apart", async () => {
    const body = (name: string): Drawn => set(name, `{{ [...${name}, item] }}`);
    const graph = draw(
      "start -> one -loop_body-> wait1 -> a; start -> two -loop_body-> wait2 -> b; one -> end; two -> end",
      {
        start: "trigger_webhook",
        one: ["loop_foreach", { collection: [1, 2, 3] }],
        two: ["loop_foreach", { collection: ["x", "y", "z"] }],
        wait1: call("a"),
        wait2: call("b"),
        a: body("seen1"),
        b: body("seen2"),
        end,
      },
      { global_variables: { seen1: [], seen2: [] } },
    );
    const { variables, path } = await run(graph);
    expect(variables).toMatchObject({ seen1: [1, 2, 3], seen2: ["x", "y", "z"] });
    expect(path.at(-1)).toBe("end");
    expect(variables).not.toHaveProperty("item");
  });

  it("asks a while loop before each iteration", async () => {
    const graph = draw(
      "start -> loop -loop_body-> more; loop -> end",
      { start: "trigger_webhook", loop: ["loop_while", { condition: "n < 4" }], more: set("n", "{{ n + 1 }}"), end },
      { global_variables: { n: 0 } },
    );
    const { variables, path } = await run(graph);
    expect(variables.n).toBe(4);
    expect(path).toEqual(["start", "loop", "more", "more", "more", "more", "end"]);
  });

  it("accepts the arrow back to the loop and changes nothing", async () => {
    const graph = draw("start -> loop -loop_body-> a; a -> loop; loop -> end", {
      start: "trigger_webhook",
      loop: ["loop_foreach", { collection: [1, 2] }],
      a: set("x", 1),
      end,
    });
    expect((await run(graph)).path).toEqual(["start", "loop", "a", "a", "end"]);
  });

  it("waits for branches inside the body before the next iteration", async () => {
    const graph = draw("start -> loop -loop_body-> a -> c; loop -loop_body-> b -> c; loop -> end", {
      start: "trigger_webhook",
      loop: ["loop_foreach", { collection: [1, 2] }],
      a: call("a"),
      b: call("b"),
      c: set("x", 1),
      end,
    });
    expect((await run(graph)).path).toEqual(["start", "loop", "a", "b", "c", "a", "b", "c", "end"]);
  });
});

describe("limits", () => {
  it.each([
    [
      "MAX_LOOP_ITERATIONS",
      draw("start -> loop -loop_body-> a; loop -> end", {
        start: "trigger_webhook",
        loop: ["loop_while", { condition: "true" }],
        a: set("x", 1),
        end,
      }),
      limits({ maxLoopIterations: 5 }),
      "loop",
      5,
    ],
    [
      "MAX_TOTAL_OPERATIONS",
      draw("start -> loop -loop_body-> a; loop -> end", {
        start: "trigger_webhook",
        loop: ["loop_foreach", { collection: Array(50).fill(0) }],
        a: set("x", 1),
        end,
      }),
      limits({ maxTotalOperations: 10 }),
      "a",
      10,
    ],
    [
      "MAX_LOOP_DEPTH",
      draw("start -> l1 -loop_body-> l2 -loop_body-> a", {
        start: "trigger_webhook",
        l1: ["loop_foreach", { collection: [1] }],
        l2: ["loop_foreach", { collection: [1] }],
        a: set("x", 1),
      }),
      limits({ maxLoopDepth: 1 }),
      "l2",
      1,
    ],
  ])("stops the run with %s, its value and the node", async (name, graph, given, node, value) => {
    const { state } = await run(graph, { limits: given });
    expect(state.status).toBe("failed");
    expect(state.failure).toMatchObject({ code: "LIMIT_EXCEEDED", node_id: node, details: { limit: name, value } });
    expect(state.failure?.message).toContain(`${name} (${value})`);
  });

  it("takes a loop's own lower max_iterations", async () => {
    const { state } = await run(
      draw("start -> loop -loop_body-> a", {
        start: "trigger_webhook",
        loop: ["loop_while", { condition: "true", max_iterations: 3 }],
        a: set("x", 1),
      }),
    );
    expect(state.failure?.details).toMatchObject({ limit: "MAX_LOOP_ITERATIONS", value: 3 });
  });

  it("owes at most MAX_PARALLEL_NODES actions at once and keeps those that are under way", async () => {
    const names = ["a", "b", "c", "d", "e"];
    const plan = planOf(
      draw(names.map((name) => `start -> ${name}`).join(";"), {
        start: "trigger_webhook",
        ...Object.fromEntries(names.map((name) => [name, call(name)])),
      }),
    );
    let state = begin(plan, {
      type: "started",
      at: 0,
      trigger: "start",
      data: {},
      variables: {},
      context: { execution_id: "x", workflow_id: "w", community_id: 1, entity_id: 1, user_id: null, session_id: null },
      limits: limits({ maxParallelNodes: 2 }),
      seed: "s",
    });
    const owed = (at: State) =>
      commands(plan, at).flatMap((command) => (command.type === "perform" ? [command.token] : []));
    expect(owed(state)).toEqual(["a:0", "b:0"]);
    state = transition(plan, state, { type: "performed", at: 1, token: "b:0", attempt: 1, output: {} });
    expect(owed(state)).toEqual(["a:0", "c:0"]);
  });

  it("runs the branches of flow_parallel within max_parallel", async () => {
    const graph = draw("start -> par; par -a-> a1 -> a2 -> end; par -b-> b1 -> b2 -> end; par -c-> c1 -> end", {
      start: "trigger_webhook",
      par: ["flow_parallel", { max_parallel: 1 }],
      a1: call("a"),
      a2: call("a"),
      b1: call("b"),
      b2: call("b"),
      c1: call("c"),
      end,
    });
    const { path, state } = await run(graph);
    expect(path).toEqual(["start", "par", "a1", "a2", "b1", "b2", "c1", "end"]);
    expect(state.lanes.size + state.held.size).toBe(0);
  });
});

describe("merges", () => {
  const merged = (config: Record<string, unknown>) =>
    draw("start -> par; par -a-> a -> merge; par -b-> b -> merge; par -c-> c -> merge; merge -> after", {
      start: "trigger_webhook",
      par: "flow_parallel",
      a: call("a"),
      b: call("b"),
      c: ["action_delay", { delay_seconds: 60 }],
      merge: ["flow_merge", config],
      after: set("after", "{{ nodes.merge }}"),
    });

  it("goes on with the first and absorbs the rest", async () => {
    const { path, variables } = await run(merged({ merge_strategy: "wait_any" }));
    expect(path.filter((id) => id === "after")).toHaveLength(1);
    expect(variables.after).toMatchObject({ arrived: 1 });
  });

  it("goes on when enough have come", async () => {
    expect((await run(merged({ merge_strategy: "wait_n", count: 2 }))).variables.after).toMatchObject({ arrived: 2 });
  });

  it("goes on with what has come when its time is up", async () => {
    expect((await run(merged({ merge_strategy: "wait_all", timeout_seconds: 5 }))).variables.after).toMatchObject({
      arrived: 2,
      timed_out: true,
    });
  });

  it("waits for all unless told otherwise", async () => {
    const { variables, state } = await run(merged({}));
    expect(variables.after).toMatchObject({ arrived: 3, timed_out: false });
    expect(state.joins.size).toBe(0);
  });
});

describe("failures", () => {
  const failing = { ok: false, failure: { code: "ROUTER_STATUS", message: "status 503", retryable: true } } as const;

  it("fails the execution at a node whose error port is unwired", async () => {
    const { state, states } = await run(draw("start -> a -> end", { start: "trigger_webhook", a: call("a"), end }), {
      answer: () => failing,
    });
    expect(state).toMatchObject({ status: "failed", failure: { node_id: "a", message: "status 503" } });
    expect(states.a).toMatchObject({ status: "failed", error: "status 503", error_type: "ROUTER_STATUS" });
    expect(states.end?.status).toBe("skipped");
  });

  it("goes on from a wired error port, with the error at hand", async () => {
    const graph = draw("start -> a -> end; a -error-> sorry -> end", {
      start: "trigger_webhook",
      a: call("a"),
      sorry: set("text", "{{ error.message }} at {{ error.node_id }}"),
      end,
    });
    const { state, path, variables } = await run(graph, { answer: () => failing });
    expect(state.status).toBe("completed");
    expect(path).toEqual(["start", "a", "sorry", "end"]);
    expect(variables.text).toBe("status 503 at a");
  });

  it("tries again after 2, 4 and 8 seconds with one key, then fails", async () => {
    const graph = draw(
      "start -> a",
      { start: "trigger_webhook", a: call("a") },
      { metadata: { retry_failed_nodes: true } },
    );
    const tries: [number, string, number][] = [];
    const { state } = await run(graph, {
      answer: (owed, at) => {
        tries.push([at.at / 1000, owed.idempotencyKey, owed.attempt]);
        return failing;
      },
    });
    expect(tries).toEqual([0, 2, 6, 14].map((at, index) => [at, "simulation:a:0", index + 1]));
    expect(state).toMatchObject({ status: "failed", failure: { node_id: "a" } });
  });

  it("honours Retry-After and does not repeat what cannot help", async () => {
    const graph = draw("start -> a", {
      start: "trigger_webhook",
      a: { node_type: "action_module", retry: true, config: { module_name: "m", action: "a" } },
    });
    const times: number[] = [];
    await run(graph, {
      answer: (_, at) => {
        times.push(at.at / 1000);
        return {
          ok: false,
          failure: { code: "ROUTER_STATUS", message: "429", retryable: times.length < 2, retryAfterSeconds: 30 },
        };
      },
    });
    expect(times).toEqual([0, 30]);
  });

  it("ends at its deadline wherever it stands", async () => {
    const graph = draw(
      "start -> wait -> end",
      { start: "trigger_webhook", wait: ["action_delay", { delay_seconds: 30 }], end },
      { metadata: { max_execution_time_seconds: 2 } },
    );
    const { state } = await run(graph);
    expect(state).toMatchObject({ status: "timed_out", at: 2000 });
    expect(state.failure?.message).toContain("WORKFLOW_TIMEOUT_SECONDS (2)");
  });

  it("is cancelled for good", () => {
    const plan = planOf(draw("start -> a", { start: "trigger_webhook", a: call("a") }));
    const started = {
      type: "started",
      at: 0,
      trigger: "start",
      data: {},
      variables: {},
      context: { execution_id: "x", workflow_id: "w", community_id: 1, entity_id: 1, user_id: null, session_id: null },
      limits: defaultLimits,
      seed: "s",
    } as const;
    const cancelled = transition(plan, begin(plan, started), { type: "cancelled", at: 1, by: "7" });
    expect(cancelled.status).toBe("cancelled");
    expect(nodeStates(plan, cancelled).a?.status).toBe("cancelled");
    expect(transition(plan, cancelled, { type: "performed", at: 2, token: "a:0", attempt: 1, output: {} })).toBe(
      cancelled,
    );
  });
});
