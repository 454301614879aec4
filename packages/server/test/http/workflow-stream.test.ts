// The stream of a workflow's executions, here and in other processes, over a real socket.
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { signToken } from "../../src/access/tokens.js";
import { type Clock, systemClock } from "../../src/clock.js";
import { createLive, type Happening } from "../../src/execution/live.js";
import { createHttpServer } from "../../src/http/server.js";
import { createStreams } from "../../src/http/streams.js";
import { mostTracked, streamWorkflow } from "../../src/http/workflow-stream.js";
import type { Database } from "../../src/store/database.js";
import { type Caller, greeting, publish, secret, type TestApp, testApp, waiting } from "../support/app.js";
import { testEngine } from "../support/engine.js";
import { type Reading, readStream } from "../support/event-stream.js";
import { until } from "../support/until.js";

let app: TestApp;
let ada: Caller;
let port: number;
const portOf = (http: FastifyInstance) => (http.server.address() as AddressInfo).port;
beforeAll(async () => {
  app = await testApp();
  ada = await app.as({ user_id: 7, community_ids: [1] });
  await app.http.listen({ port: 0, host: "127.0.0.1" });
  port = portOf(app.http);
});
afterAll(() => app.close());

const read = async (workflowId: string, headers: Record<string, string> = {}, at = port): Promise<Reading> => {
  const reading = await readStream(at, `/api/v1/workflows/${workflowId}/executions/stream`, headers);
  onTestFinished(() => reading.leave());
  return reading;
};
const start = async (workflowId: string): Promise<string> =>
  (await ada(`/api/v1/workflows/${workflowId}/execute`, { method: "POST", body: { community_id: 1 } })).json.data
    .execution_id;
const told = ({ messages }: Reading, id: string) =>
  messages.filter(({ data }) => data.execution_id === id).map(({ event }) => event);
const ready = (reading: Reading) => until(() => reading.messages.some(({ event }) => event === "ready"));

/** A door to the same database, of a process that runs nothing itself. */
async function otherDoor(more: { clock?: Clock; database?: Database } = {}): Promise<number> {
  const engine = await testEngine(app.test, { slots: 0 });
  const door = await createHttpServer({ ...app.services, ...more, live: engine.live });
  await door.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(async () => {
    await door.close();
    await engine.close();
  });
  return portOf(door);
}
/** Timers of a second and more never come: whoever relies on looking now and then waits for ever. */
const neverLooks: Clock = {
  ...systemClock,
  setTimer: (milliseconds, fn) => (milliseconds < 1000 ? systemClock.setTimer(milliseconds, fn) : () => undefined),
};

describe("the stream of a workflow's executions", () => {
  it("asked for with HEAD is open no longer than its answer", async () => {
    const bea = { user_id: 8, community_ids: [1] };
    const { workflow_id } = await publish(await app.as(bea), waiting(60));
    const headers = { authorization: `Bearer ${await signToken(bea, secret)}` };
    const address = `http://127.0.0.1:${port}/api/v1/workflows/${workflow_id}/executions/stream`;
    for (let asked = 0; asked < 101; asked += 1)
      expect((await fetch(address, { method: "HEAD", headers })).status).toBe(200);
  });

  it("begins with what is under way, and tells what begins, goes on and ends, of this workflow only", async () => {
    const { workflow_id } = await publish(ada, waiting(0.3));
    const other = await publish(ada, greeting());
    const before = await start(workflow_id);
    const reading = await read(workflow_id);
    expect(reading.status).toBe(200);
    await ready(reading);
    expect(told(reading, before)[0]).toBe("started");
    const [after, elsewhere] = [await start(workflow_id), await start(other.workflow_id)];
    await until(() => [before, after].every((id) => told(reading, id).at(-1) === "finished"));
    expect(told(reading, after)[0]).toBe("started");
    expect(told(reading, elsewhere)).toEqual([]);
    const finished = reading.messages.find(({ event, data }) => event === "finished" && data.execution_id === after);
    expect(finished?.data).toMatchObject({ status: "completed", nodes_executed: 3, error_message: null });
    expect(finished?.data.execution_time_seconds).toBeGreaterThanOrEqual(0.3);
    const row = (await ada(`/api/v1/workflows/executions/${after}`)).json.data;
    expect(finished?.data).toMatchObject({ start_time: row.start_time, end_time: row.end_time });
  });

  it("is taken up again where it was left: nothing that ended meanwhile is missing", async () => {
    const { workflow_id } = await publish(ada, waiting(0.2));
    const reading = await read(workflow_id);
    await ready(reading);
    const id = await start(workflow_id);
    await until(() => told(reading, id).includes("started"));
    reading.leave();
    const last = reading.messages.findLast((each) => each.id !== undefined)?.id ?? "";
    expect(last).toMatch(/^\d{13}$/);
    const second = await start(workflow_id);
    await until(async () => (await ada(`/api/v1/workflows/executions/${second}`)).json.data.status === "completed");
    const resumed = await read(workflow_id, { "last-event-id": last });
    await ready(resumed);
    expect([told(resumed, id), told(resumed, second)]).toEqual([
      ["started", "finished"],
      ["started", "finished"],
    ]);
    const fresh = await read(workflow_id);
    await ready(fresh);
    expect(fresh.messages.map(({ event }) => event)).toEqual(["ready"]);
  });

  it("is not there for strangers, forbidden without the right, and refuses an id that is none", async () => {
    const { workflow_id } = await publish(ada, greeting());
    const path = `/api/v1/workflows/${workflow_id}/executions/stream`;
    expect((await (await app.as(undefined))(path)).status).toBe(401);
    expect((await (await app.as({ user_id: 9, community_ids: [2] }))(path)).status).toBe(404);
    expect((await (await app.as({ user_id: 8, community_ids: [1] }))(path)).status).toBe(403);
    for (const bad of ["abc", "-1", "1.5", "123456789012345", "1e9"])
      expect((await read(workflow_id, { "last-event-id": bad })).status, bad).toBe(400);
    for (const odd of ["0", "99999999999999"])
      expect((await read(workflow_id, { "last-event-id": odd })).status, odd).toBe(200);
  });
});

describe("executions of another process", () => {
  it("are heard of at once, without looking", async () => {
    const at = await otherDoor({ clock: neverLooks });
    const { workflow_id } = await publish(ada, waiting(0.3));
    const reading = await read(workflow_id, {}, at);
    await ready(reading);
    // The wish is on its way to the other process; what begins before it is there is heard of by its next step.
    const id = await start(workflow_id);
    await until(() => told(reading, id).includes("finished"), "the end of an execution elsewhere", 5000);
  });

  it("are found by looking where no news come", async () => {
    const deaf = await createHttpServer({ ...app.services, live: createLive() });
    await deaf.listen({ port: 0, host: "127.0.0.1" });
    onTestFinished(() => deaf.close());
    const { workflow_id } = await publish(ada, waiting(0.1));
    const reading = await read(workflow_id, {}, portOf(deaf));
    await ready(reading);
    const id = await start(workflow_id);
    await until(() => told(reading, id).includes("finished"), "the end of an execution elsewhere", 8000);
  });

  it("are read from where their stream stands, never again from the beginning", async () => {
    const asked: string[] = [];
    const { database } = app.test;
    const counted: Database = {
      ...database,
      primary: Object.assign(Object.create(database.primary), {
        query: (query: { name?: string }) => {
          asked.push(query.name ?? "");
          return database.primary.query(query as never);
        },
      }),
    };
    const at = await otherDoor({ clock: neverLooks, database: counted });
    const { workflow_id } = await publish(ada, waiting(0.4));
    const id = await start(workflow_id);
    const reading = await readStream(at, `/api/v1/workflows/executions/${id}/events`);
    await until(() => reading.ended, "the end of the stream", 5000);
    expect(reading.messages.map(({ event }) => event)).toContain("elapsed");
    expect(asked.filter((name) => name === "events-of-executions")).toHaveLength(1);
    expect(asked.filter((name) => name === "execution-read-on").length).toBeLessThan(6);
  });
});

describe("a stream whose reader is slow, or too busy a workflow", () => {
  const happening = (executionId: string, sequence: number): Happening =>
    ({
      ...{ executionId, workflowId: "w", communityId: 1, sequence, plan: {}, events: [] },
      state: {
        status: "running",
        at: 1_800_000_000_000 + sequence,
        operations: 1,
        started: { at: 1, trigger: "start" },
      },
    }) as never;
  const database = {
    primary: {
      query: async (query: unknown) => ({
        rows: typeof query === "string" && !query.includes("FROM w") ? [{ now: 5 }] : [],
      }),
    },
  } as never;

  it("makes one message of many steps, and says so when there is more than it keeps track of", async () => {
    const live = createLive();
    const stream = createStreams(systemClock).open();
    const text: string[] = [];
    const services = { clock: neverLooks, database, live };
    const ended = streamWorkflow(services, "w", undefined, stream);
    stream.readable.on("data", (part) => text.push(String(part)));
    await until(() => text.join("").includes("ready"));
    for (let step = 1; step <= 500; step += 1) live.publish(happening("one", step));
    await until(() => text.join("").includes("started"));
    live.publish(happening("one", 501));
    await until(() => text.join("").includes("progressed"));
    const messages = text.join("").split("\n\n");
    expect(messages.filter((each) => each.includes("progressed"))).toHaveLength(1);
    expect(messages.find((each) => each.includes("progressed"))).toContain('"sequence":501');
    for (let run = 0; run < mostTracked + 5; run += 1) live.publish(happening(`run ${run}`, 1));
    await until(() => text.join("").includes("event: missed"));
    stream.readable.destroy();
    await ended;
  });
});
