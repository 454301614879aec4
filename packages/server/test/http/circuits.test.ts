// Circuit breakers as people and operators meet them: what a workflow is told, who sees which hosts, what is counted.
import type { Json, WorkflowMetadata } from "@workflow-core/core";
import { draw } from "@workflow-core/core/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { signToken } from "../../src/access/tokens.js";
import { apiKey, secret } from "../support/app.js";
import { type FakeRouter, startFakeRouter } from "../support/fake-router.js";
import { type Program, startProgram } from "../support/program.js";
import { numberOf } from "../support/prometheus.js";

let program: Program;
/** Somebody's API, which can misbehave in every way. */
let api: FakeRouter;
beforeAll(async () => {
  program = await startProgram({ EGRESS_ALLOW_CIDRS: "127.0.0.1/32" });
}, 60_000);
afterAll(() => program.close());
beforeEach(async () => {
  api = await startFakeRouter();
  return () => api.close();
});

const hostOf = ({ url }: FakeRouter) => new URL(url).host;
const down = { behaviour: { do: "status" as const, status: 503 } };
const asService = { "x-api-key": apiKey };
const address = "/api/v1/status/circuits";
const circuits = (query = "") => program.call("GET", address + query, undefined, asService);

const member = async (community: number) => ({
  authorization: `Bearer ${await signToken({ user_id: 7, community_ids: [community] }, secret)}`,
});

/** Publishes a workflow of the community that calls the address; gives what runs it. */
const caller = (community: number, url: string) =>
  runner(community, { ask: ["action_webhook", { url, method: "GET", fail_on_error: true }] });

/** Publishes a workflow of the community with this one action; gives what runs it. */
async function runner(
  community_id: number,
  nodes: { ask: [string, Record<string, Json>] },
  metadata: WorkflowMetadata = {},
): Promise<() => ReturnType<Program["run"]>> {
  const signed = await member(community_id);
  const call = (path: string, body: object) => program.call("POST", path, body, signed);
  const graph = draw("start -> ask -> end", {
    start: ["trigger_command", { command_name: `ask${community_id}` }],
    end: "flow_end",
    ...nodes,
  });
  const made = await call("/api/v1/workflows", { name: "A", entity_id: 1, community_id, ...graph, metadata });
  const workflow = `/api/v1/workflows/${made.data.workflow_id}`;
  await call(`${workflow}/publish`, {});
  return async () => (await call(`${workflow}/execute?wait=20`, { community_id })).data;
}

describe("a host that is down", () => {
  it("is left alone by the community that called it, which is told so, and by nobody else", async () => {
    api.plan([down]);
    const run = await caller(11, api.url);
    for (let count = 0; count < 5; count += 1) expect((await run()).error_message).toBe("The answer's status is 503");
    const told = await run();
    expect(told).toMatchObject({ status: "failed", error_node_id: "ask" });
    expect(told.error_message).toMatch(
      /^Nothing was sent: 5 calls in a row to 127\.0\.0\.1:\d+ broke, so it is left alone \(circuit open\) and tried again in \d+ s, at 20.*Z\.$/,
    );
    expect(api.ledger).toHaveLength(5);
    api.reset();
    expect((await (await caller(12, api.url))()).status).toBe("completed");
    expect((await run()).status).toBe("failed");

    const all = (await circuits()).data;
    const seconds = { state: "open", failures: 5, retry_at: expect.stringMatching(/^20.*Z$/) };
    expect(all).toContainEqual({ worker: 1, port: "http", community_id: 11, host: hostOf(api), ...seconds });
    const well = { port: "http", community_id: 12, host: hostOf(api), state: "closed", failures: 0 };
    expect((await circuits("?community_id=12")).data).toEqual([{ worker: 1, ...well, retry_at: null }]);

    const series = await program.scrape();
    const ofHttp = { port: "http", state: "open" };
    expect(numberOf(series, "workflow_core_circuit_breaker_hosts", ofHttp)).toBe(1);
    expect(numberOf(series, "workflow_core_circuit_breaker_hosts", { ...ofHttp, port: "router" })).toBe(0);
    const refused = { port: "http", outcome: "circuit_open" };
    expect(numberOf(series, "workflow_core_outbound_call_duration_seconds_count", refused)).toBe(2);
    expect(JSON.stringify(series)).not.toContain(hostOf(api));
  });

  it("is shown to services alone", async () => {
    api.plan([down]);
    await (await caller(13, api.url))();
    expect((await circuits("?community_id=13")).data).toHaveLength(1);
    const statusFor = async (headers: object) => (await program.call("GET", address, undefined, { ...headers })).status;
    expect(await statusFor(await member(13))).toBe(403);
    expect(await statusFor({})).toBe(401);
    expect(await statusFor({ ...asService, "x-on-behalf-of": "7" })).toBe(403);
    const status = (await program.call("GET", "/api/v1/status", undefined, {})).data;
    expect(status.circuit_breakers.closed).toBeGreaterThan(0);
    expect(JSON.stringify(status)).not.toContain(hostOf(api));
  });
});

describe("an execution that is retried", () => {
  it("waits for the circuit of its host, which uses up none of its attempts", async () => {
    api.plan([{ ...down, times: 5 }]);
    const ask: [string, Record<string, Json>] = [
      "action_webhook",
      { url: api.url, method: "GET", fail_on_error: true },
    ];
    const run = await runner(14, { ask });
    await Promise.all(Array.from({ length: 5 }, run));
    const patient = await (await runner(14, { ask }, { retry_failed_nodes: true, max_retries: 1 }))();
    expect(patient.status).toBe("completed");
    expect(api.ledger).toHaveLength(6);
    const { data } = await program.call(
      "GET",
      `/api/v1/workflows/executions/${patient.execution_id}`,
      undefined,
      asService,
    );
    expect(data.node_states.ask).toMatchObject({ status: "completed", retry_count: 0 });
    expect(data.node_states.ask.logs[0]).toMatch(
      /^Attempt 1 was not made: CIRCUIT_OPEN: Nothing was sent: 5 calls in a/,
    );
    expect(data.execution_time_seconds).toBeGreaterThan(5);
  }, 60_000);
});

describe("a host whose name is a secret", () => {
  it("is told of by the secret's name", async () => {
    const { call } = program;
    const gone = await startFakeRouter();
    await gone.close();
    const stored = await call("PUT", "/api/v1/communities/15/secrets/base", { value: gone.url }, asService);
    expect(stored.status).toBe(200);
    const run = await caller(15, "{{ secrets.base }}/in");
    for (let count = 0; count < 5; count += 1) await run();
    const { error_message } = await run();
    expect(error_message).toContain("calls in a row to [secret base] broke");
    const shown = (await circuits("?community_id=15")).data;
    expect(shown).toMatchObject([{ host: "[secret base]", state: "open" }]);
    expect(JSON.stringify([shown, program.lines])).not.toContain(hostOf(gone));
  });
});

describe("the Router", () => {
  beforeEach(() => program.router.reset());

  it("is left alone by a community whose calls run out of their own time, and by nobody else", async () => {
    const { router } = program;
    const hurry = { timeout_seconds: 1, module_name: "slow", action: "do" };
    const run = await runner(21, { ask: ["action_module", hurry] });
    router.plan([{ match: { module: "slow" }, behaviour: { do: "hang-before" } }]);
    await Promise.all(Array.from({ length: 5 }, run));
    expect((await run()).error_message).toContain("5 calls in a row of this community to the Router broke");
    expect((await (await runner(22, { ask: ["action_module", hurry] }))()).error_message).toContain("within 1 s");
    const well = await runner(22, { ask: ["action_chat_message", { message: "yes" }] });
    expect((await well()).status).toBe("completed");

    const shown = (await circuits("?community_id=21")).data;
    expect(shown).toMatchObject([{ port: "router", host: hostOf(router), state: "open", failures: 5 }]);
    const series = await program.scrape();
    const open = (port: string) => numberOf(series, "workflow_core_circuit_breaker_hosts", { port, state: "open" });
    expect([open("router"), open("router_community")]).toEqual([0, 1]);
  });

  it("has one circuit more for everybody, and its address is not told to workflows", async () => {
    const { publish, run, router } = program;
    router.plan([down]);
    const id = await publish(
      draw("start -> say -> end", {
        start: ["trigger_command", { command_name: "break" }],
        say: ["action_chat_message", { message: "no" }],
        end: "flow_end",
      }),
    );
    for (let count = 0; count < 5; count += 1) await run(id);
    const told = await run(id);
    expect(told.error_message).toContain("5 calls in a row to the Router broke");
    expect(JSON.stringify(told)).not.toContain(hostOf(router));
    const ofRouter = (await circuits()).data.filter(
      ({ community_id }: { community_id: unknown }) => community_id === null,
    );
    expect(ofRouter).toMatchObject([{ host: hostOf(router), state: "open", failures: 5 }]);
    const open = { port: "router", state: "open" };
    expect(numberOf(await program.scrape(), "workflow_core_circuit_breaker_hosts", open)).toBe(1);
  });
});
