// The event stream of an execution, read over a real socket.
import type { AddressInfo } from "node:net";
import { draw } from "@workflow-core/core/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLive } from "../../src/execution/live.js";
import { createHttpServer } from "../../src/http/server.js";
import { createStreams } from "../../src/http/streams.js";
import { apiKey, type Caller, greeting, publish, type TestApp, testApp, waiting } from "../support/app.js";
import { type Reading, readStream } from "../support/event-stream.js";
import { until } from "../support/until.js";

let app: TestApp;
let ada: Caller;
let port: number;
beforeAll(async () => {
  app = await testApp();
  ada = await app.as({ user_id: 7 });
  await app.http.listen({ port: 0, host: "127.0.0.1" });
  port = (app.http.server.address() as AddressInfo).port;
});
afterAll(() => app.close());

/** Reads an execution's stream in the background. */
const read = (executionId: string, headers: Record<string, string> = {}, at = port): Promise<Reading> =>
  readStream(at, `/api/v1/workflows/executions/${executionId}/events`, headers);

const start = async (workflowId: string, body: object = {}): Promise<string> => {
  const begun = await ada(`/api/v1/workflows/${workflowId}/execute`, {
    method: "POST",
    body: { community_id: 1, ...body },
  });
  return begun.json.data.execution_id;
};
const names = ({ messages }: Reading) => messages.map(({ event }) => event);

describe("the stream", () => {
  it("tells a finished execution from its beginning to its end", async () => {
    const id = await start((await publish(ada, greeting())).workflow_id);
    await until(async () => (await ada(`/api/v1/workflows/executions/${id}`)).json.data.status === "completed");
    const reading = await read(id);
    await until(() => reading.ended);
    expect(names(reading)).toEqual(["started", "performed", "state", "end"]);
    expect(reading.messages.map(({ id: number }) => number)).toEqual(["1", "2", undefined, undefined]);
    const [started, performed, state, end] = reading.messages;
    expect(started?.data).toMatchObject({ sequence: 1, node_id: "start", at: expect.stringMatching(/Z$/) });
    expect(performed?.data).toMatchObject({ node_id: "greet", attempt: 1, visit: expect.stringContaining("greet") });
    expect(state?.data).toMatchObject({
      status: "completed",
      nodes_executed: 3,
      final_output: { said: true },
      error_message: null,
    });
    expect(state?.data.node_states.greet).toMatchObject({ status: "completed", visits: 1 });
    expect(end?.data).toEqual({ status: "completed" });
  });

  it("tells a running execution as it goes on, only what changed, and resumes where it was left", async () => {
    const graph = draw("start -> pause -> say -> end; start -> if; if -false-> never", {
      start: ["trigger_command", { command_name: "x" }],
      pause: ["action_delay", { delay_seconds: 0.4 }],
      say: ["action_chat_message", { message: "hi" }],
      if: ["condition_if", { condition: "true" }],
      never: "flow_end",
      end: "flow_end",
    });
    const id = await start((await publish(ada, graph)).workflow_id);
    const reading = await read(id);
    await until(() => names(reading).includes("end"));
    await until(() => reading.ended);
    const states = reading.messages.filter(({ event }) => event === "state").map(({ data }) => data);
    expect(states[0].node_states.never.status).toBe("skipped");
    const later = states.slice(1).flatMap(({ node_states }) => Object.keys(node_states));
    expect(later).toContain("say");
    expect(later).not.toContain("start");
    const numbers = reading.messages.flatMap(({ id: number }) => (number === undefined ? [] : [Number(number)]));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));

    const resumed = await read(id, { "last-event-id": String(numbers.length - 1) });
    await until(() => resumed.ended);
    expect(
      resumed.messages.filter(({ id: number }) => number !== undefined).map(({ id: number }) => Number(number)),
    ).toEqual([numbers.length]);
    expect(resumed.messages.at(-2)?.data.node_states).toHaveProperty("start");
  });

  it("ends when the execution is cancelled", async () => {
    const id = await start((await publish(ada, waiting(60))).workflow_id);
    const reading = await read(id);
    await until(() => names(reading).includes("state"));
    await ada(`/api/v1/workflows/executions/${id}/cancel`, { method: "POST" });
    await until(() => reading.ended);
    expect(names(reading).slice(-3)).toEqual(["cancelled", "state", "end"]);
    expect(reading.messages.at(-1)?.data).toEqual({ status: "cancelled" });
  });

  it("is given back when the reader leaves", async () => {
    const id = await start((await publish(ada, waiting(60))).workflow_id);
    const reading = await read(id);
    await until(() => names(reading).includes("state"));
    const sockets = () =>
      new Promise<number>((resolve) => app.http.server.getConnections((_, count) => resolve(count)));
    const before = await sockets();
    reading.leave();
    await until(async () => (await sockets()) < before);
  });

  it("refuses a Last-Event-ID that is no number", async () => {
    const id = await start((await publish(ada)).workflow_id);
    for (const bad of ["abc", "-1", "1.5", "99999999999"])
      expect((await read(id, { "last-event-id": bad })).status).toBe(400);
  });
});

describe("an execution that runs in another process", () => {
  it("is told from the store, to streams and to callers that wait", async () => {
    // A door that hears nothing of what happens live: to it, every execution runs elsewhere.
    const deaf = await createHttpServer({ ...app.services, live: createLive() });
    try {
      await deaf.listen({ port: 0, host: "127.0.0.1" });
      const { workflow_id } = await publish(ada, waiting(0.3));
      const id = await start(workflow_id);
      const reading = await read(id, {}, (deaf.server.address() as AddressInfo).port);
      await until(() => reading.ended);
      expect(names(reading)[0]).toBe("started");
      expect(names(reading).at(-1)).toBe("end");
      const numbers = reading.messages.flatMap(({ id: number }) => (number === undefined ? [] : [number]));
      expect(new Set(numbers).size).toBe(numbers.length);
      const waited = await deaf.inject({
        method: "POST",
        url: `/api/v1/workflows/${workflow_id}/execute?wait=10`,
        headers: { "x-api-key": apiKey },
      });
      expect(waited.json().data.status).toBe("completed");
    } finally {
      await deaf.close();
    }
  });
});

describe("a stream whose reader is slow", () => {
  const still = { now: () => 0, monotonic: () => 0, setTimer: () => () => undefined };

  it("is dropped after a mebibyte", () => {
    const streams = createStreams(still);
    const stream = streams.open();
    stream.readable.on("error", () => undefined);
    for (let turn = 0; turn < 15; turn += 1) stream.send("state", "x".repeat(64 * 1024));
    expect(stream.closed).toBe(false);
    stream.send("state", "x".repeat(128 * 1024));
    expect(stream.closed).toBe(true);
  });

  it("gets stored events no faster than it reads, and is dropped when it reads nothing", async () => {
    const timers: (() => void)[] = [];
    const streams = createStreams({
      ...still,
      setTimer: (_ms, fn) => {
        timers.push(fn);
        return () => undefined;
      },
    });
    const stream = streams.open();
    stream.send("performed", "x".repeat(100_000), 1);
    let room = false;
    const waited = stream.room().then(() => {
      room = true;
    });
    await Promise.resolve();
    expect(room).toBe(false);
    timers.at(-1)?.();
    await waited;
    expect(stream.closed).toBe(true);
    await until(() => streams.count === 0);
  });
});
