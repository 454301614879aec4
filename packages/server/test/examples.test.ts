// The workflows of examples/: each is compiled, simulated on a virtual clock, and run as `workflow-core run` does it,
// against the practice router, a local HTTP server and the real sandbox.
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Answer,
  compileDocument,
  defaultLimits,
  executionPath,
  graphSchema,
  type Json,
  nodeTypes,
  type Outside,
  type Plan,
  perform,
  type State,
  simulate,
} from "@workflow-core/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Overheard, overhear } from "../src/cli/overheard.js";
import { chooseTrigger, triggerData } from "../src/cli/run-input.js";
import { runOnce } from "../src/cli/run-once.js";
import { createOutside, type ServerOutside } from "../src/outbound/outside.js";
import { type ExampleCase, exampleCases } from "./examples-table.js";

const directory = new URL("../../../examples/", import.meta.url);
const files = readdirSync(directory).filter((file) => file.endsWith(".workflow.json"));
const read = (name: string) => JSON.parse(readFileSync(new URL(`${name}.workflow.json`, directory), "utf8"));
const names = files.map((file) => file.replace(".workflow.json", ""));

const songs: Record<string, Json> = {
  "bohemian rhapsody": { id: 7, title: "Bohemian Rhapsody", artist: "Queen", seconds: 355 },
  "thick as a brick": { id: 8, title: "Thick as a Brick", artist: "Jethro Tull", seconds: 2620 },
};

let music: Server;
let world: ServerOutside;
let api = "";

beforeAll(async () => {
  music = createServer((request, response) => {
    const query = new URL(request.url ?? "", "http://music").searchParams.get("q") ?? "";
    if (query === "hang up") return void request.socket.destroy();
    const song = songs[query];
    response.writeHead(song ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(song ? { songs: [song] } : { error: "nothing found" }));
  });
  await new Promise<void>((resolve) => music.listen(0, "127.0.0.1", resolve));
  const { port } = music.address() as AddressInfo; // a TCP server has such an address
  api = `http://127.0.0.1:${port}/v1`;
  world = createOutside({
    routerUrl: undefined,
    routerApiKey: undefined,
    egressAllow: [{ cidr: "127.0.0.1/32", port }],
    sandboxSize: 1,
  });
});

afterAll(async () => {
  await world.close();
  await new Promise((resolve) => music.close(resolve));
});

const refusal = (name: string): Answer<never> => ({
  ok: false,
  failure: { code: "REFUSED", message: `${name} refuses`, retryable: false },
});

/** The world, in which some modules refuse. */
const refusing = (modules: readonly string[] = []): Outside => ({
  http: world.http,
  sandbox: async (code, call) => (modules.includes("sandbox") ? refusal("sandbox") : world.sandbox(code, call)),
  router: async (kind, body, timeout, call) => {
    const name = String(body.module_name);
    return modules.includes(name) ? refusal(name) : world.router(kind, body, timeout, call);
  },
});

const planOf = (name: string): Plan => {
  const { plan, problems } = compileDocument(read(name));
  expect(problems, name).toEqual([]);
  if (plan === undefined) throw new Error(`${name} does not compile`);
  return plan;
};

const inputOf = (plan: Plan, example: Pick<ExampleCase, "trigger" | "data" | "variables">) => {
  const trigger = chooseTrigger(plan, example.trigger);
  return {
    trigger: trigger.id,
    data: triggerData(trigger, example.data ?? {}, undefined),
    variables: { music_api: api, ...example.variables },
  };
};

const simulated = async (plan: Plan, example: ExampleCase, outside: Outside): Promise<State> => {
  const signal = new AbortController().signal;
  const answer = (owed: Parameters<typeof perform>[2], state: State) => perform(plan, state, owed, outside, signal);
  // The practice router knows repeated keys by the execution's id.
  const context = { execution_id: `simulation of ${example.title}` };
  return (await simulate(plan, { ...inputOf(plan, example), answer, context })).state;
};

const ran = (plan: Plan, example: ExampleCase, outside: Outside): Promise<State> =>
  runOnce({ plan, outside, limits: defaultLimits, ...inputOf(plan, example) }).over;

/** What of `beginnings` nobody did, and what was done beside them. */
const takeAway = (done: readonly string[], beginnings: readonly string[]) => {
  const unexpected = [...done];
  const undone = beginnings.filter((beginning) => {
    const index = unexpected.findIndex((text) => text.startsWith(beginning));
    if (index >= 0) unexpected.splice(index, 1);
    return index < 0;
  });
  return { undone, unexpected };
};

const check = async (
  name: string,
  example: ExampleCase,
  how: (plan: Plan, example: ExampleCase, outside: Outside) => Promise<State>,
) => {
  const heard: Overheard[] = [];
  const plan = planOf(name);
  const outside = overhear(refusing(example.refuse), (each) => heard.push(each));
  const state = await how(plan, example, outside);
  expect([state.status, state.failure?.message]).toEqual([
    example.fails === undefined ? "completed" : "failed",
    example.fails,
  ]);
  expect(executionPath(plan, state).join(" ")).toBe(example.path);
  expect(heard.filter(({ kind }) => kind === "chat").map(({ text }) => text.trim())).toEqual(example.says);
  const done = heard.filter(({ kind }) => kind !== "chat").map(({ text }) => text.replace(api, "{api}"));
  expect(takeAway(done, example.does ?? [])).toEqual({ undone: [], unexpected: [] });
  expect(state.finalOutput ?? null).toEqual(example.output);
};

const table = Object.entries(exampleCases).flatMap(([name, cases]) =>
  cases.map((example) => [name, example.title, example] as const),
);

it("has cases for every example", () => {
  expect(Object.keys(exampleCases).sort()).toEqual([...names].sort());
  expect(names.length).toBeGreaterThanOrEqual(12);
});

it("shows every node type", () => {
  const used = new Set(names.flatMap((name) => planOf(name).nodes.map(({ type }) => type.type)));
  expect(nodeTypes.map(({ type }) => type).filter((type) => !used.has(type))).toEqual([]);
});

describe.each(names)("%s", (name) => {
  it("says what it is", () => {
    const { name: title, description, ...rest } = read(name);
    expect(title).toMatch(/^\p{Lu}.{3,60}$/u);
    expect(description).toMatch(/^.{40,}\.$/);
    expect(Object.keys(rest).sort()).toEqual(["connections", "global_variables", "metadata", "nodes"]);
  });

  it("compiles without a warning", () => expect(planOf(name).nodes.length).toBeGreaterThan(2));

  it("is laid out on a grid, from left to right", () => {
    const { nodes, connections } = graphSchema.parse(read(name));
    const places = Object.values(nodes).map(({ position }) => position ?? { x: -1, y: -1 });
    expect(places.every(({ x, y }) => (x - 80) % 280 === 0 && (y - 80) % 160 === 0 && x >= 80 && y >= 80)).toBe(true);
    expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(places.length);
    const column = (id: string) => nodes[id]?.position?.x ?? -1;
    const backwards = connections.filter(
      (each) => each.to_port_name !== "loop_continue" && column(each.to_node_id) < column(each.from_node_id),
    );
    expect(backwards).toEqual([]);
    expect(Object.values(nodes).every(({ label }) => label !== undefined && label.length <= 24)).toBe(true);
  });
});

describe("simulated", () => {
  it.each(table)("%s %s", (name, _title, example) => check(name, example, simulated));
});

describe("run with the practice router", () => {
  it.each(table)("%s %s", (name, _title, example) => check(name, example, ran));
});

it("leaves what an example has said in the practice router", async () => {
  const plan = planOf("greeting");
  const { trigger } = inputOf(plan, {});
  const { over, executionId } = runOnce({
    ...{ plan, outside: world, limits: defaultLimits, trigger },
    data: { username: "margaret" },
  });
  expect((await over).status).toBe("completed");
  const text = "Hello, margaret! Welcome to the stream!";
  expect(world.practice?.messages({ limit: 1 })).toMatchObject([{ text, node_id: "greet", execution_id: executionId }]);
});

it("draws different winners fairly, each once", async () => {
  const plan = planOf("giveaway");
  const wins: Record<string, number> = {};
  for (let round = 0; round < 300; round += 1) {
    const { state } = await simulate(plan, {
      ...inputOf(plan, {}),
      seed: `round ${round}`,
    });
    const winners = state.finalOutput?.winners as string[]; // the example says so
    expect(new Set(winners).size).toBe(2);
    wins[winners[0] ?? ""] = (wins[winners[0] ?? ""] ?? 0) + 1;
  }
  // ada holds 3 of 7 tickets, grace and margaret one each.
  expect(Object.keys(wins).sort()).toEqual(["ada", "grace", "linus", "margaret"]);
  expect(wins.ada).toBeGreaterThan((wins.grace ?? 0) * 1.5);
});

it("waits as long as it says", async () => {
  const plan = planOf("ad-break-countdown");
  const { state } = await simulate(plan, { data: { args: ["60"] } });
  expect((state.finishedAt ?? 0) / 1000).toBe(3 * 10 + 60);
});
