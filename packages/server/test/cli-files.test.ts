// Workflow files on the command line: checked, and run without any database. The real program, in processes of its own.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startCli } from "./support/cli.js";
import { cliBench, example } from "./support/cli-bench.js";
import { until } from "./support/until.js";

const bench = cliBench();
const { run, file } = bench;

const workflow = (nodes: object, connections: object[] = [], rest: object = {}) => ({ nodes, connections, ...rest });
const start = { node_type: "trigger_command", config: { command_name: "!go" } };
const arrow = (from_node_id: string, to_node_id: string) => ({ from_node_id, to_node_id });
const nap = (seconds: number, rest: object = {}) =>
  workflow(
    { start, nap: { node_type: "action_delay", config: { delay_seconds: seconds } }, end: { node_type: "flow_end" } },
    [arrow("start", "nap"), arrow("nap", "end")],
    rest,
  );

describe("validate", () => {
  it("finds nothing in the examples", async () => {
    const { code, stdout, stderr } = await run("validate", { words: [example("greeting"), example("giveaway")] });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/greeting\.workflow\.json: ✓ valid, 3 nodes, 0 errors, 0 warnings\n.*giveaway/);
  });

  it("tells each problem as file:node: message", async () => {
    const wrong = workflow({ start, say: { node_type: "action_chat_message", config: { message: "{{ 1 + }}" } } }, [
      arrow("start", "say"),
      arrow("say", "nowhere"),
    ]);
    const { code, stdout } = await run("validate", { words: [file("wrong.json", wrong)] });
    expect(code).toBe(1);
    expect(stdout).toMatch(/wrong\.json:say: error: config\.message: /);
    expect(stdout).toMatch(/wrong\.json:.*error: .*nowhere/);
    expect(stdout).toMatch(/wrong\.json: ✗ not valid, 2 errors, \d warnings?\n$/);
  });

  it("prints JSON and nothing else", async () => {
    const path = file("warned.json", workflow({ start }));
    const { code, stdout } = await run("validate --json", { words: [path, join(bench.cwd, "missing.json")] });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([
      { file: path, is_valid: true, error_count: 0, errors: [] },
      { file: join(bench.cwd, "missing.json"), is_valid: false, errors: [{ code: "document_invalid" }] },
    ]);
  });

  it("reads standard input", async () => {
    const { code, stdout } = await run("validate -", { input: readFileSync(example("greeting"), "utf8") });
    expect([code, stdout]).toEqual([0, expect.stringContaining("-: ✓ valid")]);
  });

  it("tells where JSON is broken, what is no file and what is no workflow", async () => {
    mkdirSync(join(bench.cwd, "directory"), { recursive: true });
    const words = [
      file("broken.json", '{\n  "nodes": {,}\n}'),
      join(bench.cwd, "gone.json"),
      file("list.json", [1]),
      bench.cwd,
    ];
    const { code, stderr } = await run("validate", { words });
    expect(code).toBe(1);
    expect(stderr.trimEnd().split("\n")).toEqual([
      expect.stringContaining("broken.json:2:13: is not valid JSON: "),
      expect.stringContaining("gone.json: there is no such file"),
      expect.stringContaining('list.json: is not a workflow: a JSON object with "nodes"'),
      expect.stringContaining("is a directory"),
    ]);
  });
});

describe("run", () => {
  it("runs a workflow and tells each node and each message", async () => {
    const { code, stdout, stderr } = await run("run --user grace", { words: [example("greeting")] });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^Greeting \(once, in this process; nothing is stored; the practice router takes the calls\)\n/,
    );
    expect(stdout).toMatch(/✓ command .*\n✓ greet Say hello \d+ ms\n {4}twitch #5001 › Hello, grace! Welcome/);
    expect(stdout).toMatch(/completed in [\d.]+ s, 3 nodes visited\noutput \{"greeted":"grace"\}\n$/);
  });

  it("prints one JSON document", async () => {
    const { code, stdout } = await run('run --json --data {"viewers":3}', { words: [example("raid-shout-out")] });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      status: "completed",
      execution_path: ["raid", "big_enough", "thanks", "done"],
      final_output: { raider: "grace", shouted_out: false },
      messages: [{ kind: "chat", node_id: "thanks" }],
      trace: [{ node_id: "raid", status: "completed" }, {}, {}, {}],
    });
  });

  it("takes variables as JSON, else as text, and draws the same with the same seed", async () => {
    const set = {
      node_type: "flow_end",
      config: { output_data: { seen: ["{{ n + 1 }}", "{{ word }}", "{{ random() }}"] } },
    };
    const path = file("vars.json", workflow({ start, end: set }, [arrow("start", "end")]));
    const once = async () =>
      JSON.parse((await run("run --json --var n=41 --var word=a=b --seed s", { words: [path] })).stdout);
    const first = await once();
    expect(first.final_output.seen).toEqual([42, "a=b", expect.any(Number)]);
    expect((await once()).final_output).toEqual(first.final_output);
  });

  it("starts from the trigger that is named", async () => {
    const { code, stdout } = await run("run --trigger command", { words: [example("quote-of-the-day")] });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/✓ command .*\n✓ when /)]);
    const wrong = await run("run --trigger post", { words: [example("quote-of-the-day")] });
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("there is: morning, command")]);
  });

  it.each([
    [
      "failed",
      1,
      "",
      workflow({ start, end: { node_type: "flow_end", config: { output_data: { x: "{{ nothing }}" } } } }, [
        arrow("start", "end"),
      ]),
    ],
    ["timed_out", 3, "--timeout 0.2", nap(30)],
    ["timed_out", 3, "", nap(30, { metadata: { max_execution_time_seconds: 0.2 } })],
    ["completed", 0, "", nap(0.05)],
  ])("tells by the exit code that it %s", async (status, code, args, document) => {
    const result = await run(`run ${args}`, { words: [file("ends.json", document)] });
    expect([result.code, result.stdout]).toEqual([code, expect.stringContaining(`\n${status} in `)]);
  });

  it("is cancelled by a signal", async () => {
    const running = startCli(["run", file("long.json", nap(60))], { cwd: bench.cwd });
    await until(() => running.stdout().includes("… nap"), "the delay");
    running.process.kill("SIGINT");
    const { code, stdout } = await running.ended;
    expect([code, stdout]).toEqual([2, expect.stringContaining("cancelled in ")]);
  });

  it.each([
    ["--var novalue", "write name=value"],
    ["--data {bad", "--data is not valid JSON (column 2)"],
    ["--data [1]", "--data must be a JSON object"],
    ["--timeout -1", "number of seconds"],
  ])("refuses %s", async (args, sentence) => {
    const { code, stdout, stderr } = await run(`run ${args}`, { words: [example("greeting")] });
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(sentence)]);
  });

  it("does not run what has errors", async () => {
    const { code, stdout, stderr } = await run("run", { words: [file("empty.json", workflow({}))] });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/empty\.json: error: The workflow has no node.*\n.*empty\.json: has errors/);
  });

  it("does not reach private addresses, nor runs away with code", async () => {
    const inward = { node_type: "action_webhook", config: { url: "http://127.0.0.1:1/", method: "GET" } };
    const blocked = await run("run", {
      words: [file("inward.json", workflow({ start, inward }, [arrow("start", "inward")]))],
    });
    expect([blocked.code, blocked.stdout]).toEqual([1, expect.stringContaining("(EGRESS_BLOCKED)")]);
    const code = { node_type: "data_transform", config: { transform_code: "for (;;);", timeout_ms: 100 } };
    const endless = await run("run", {
      words: [file("endless.json", workflow({ start, code }, [arrow("start", "code")]))],
    });
    expect([endless.code, endless.stdout]).toEqual([1, expect.stringContaining("(SCRIPT_TIMEOUT)")]);
  });

  it("shows control characters of others as blanks", async () => {
    const words = [example("greeting"), "--user", "\u001b[2Jx\nfake"];
    expect((await run("run", { words })).stdout).toContain("Hello,  [2Jx ⏎ fake! Welcome");
  });
});
