// Floods: of one person, of strangers at one address, of streams. Everybody else is served.
import { type AddressInfo, connect } from "node:net";
import { status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { signToken } from "../../src/access/tokens.js";
import { type Caller, publish, secret, type TestApp, testApp, waiting } from "../support/app.js";
import { readStream } from "../support/event-stream.js";
import { ask, bearer, grpcApp, metadata } from "../support/grpc.js";

const environment = { USER_LIMIT_PER_MINUTE: "200", SIGN_IN_FAILURES_PER_MINUTE: "20" };
let app: TestApp;
let eve: Caller;
let ada: Caller;
beforeAll(async () => {
  app = await testApp({ environment });
  eve = await app.as({ user_id: 66, community_ids: [1] });
  ada = await app.as({ user_id: 7, community_ids: [1] });
});
afterAll(() => app.close());

describe("one person who floods", () => {
  it("is refused by the limit's name and value, with a time; others and services are not", async () => {
    const answers = await Promise.all(Array.from({ length: 230 }, () => eve("/api/v1/node-types")));
    const refused = answers.filter((each) => each.status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(10);
    expect(answers.filter((each) => each.status === 200).length).toBeGreaterThanOrEqual(200);
    expect(refused[0]?.json.error).toMatchObject({
      code: "RATE_LIMIT_EXCEEDED",
      message: "More than 200 requests in a minute (USER_LIMIT_PER_MINUTE); try again later.",
    });
    expect(Number(refused[0]?.headers["retry-after"])).toBeGreaterThan(0);
    expect((await ada("/api/v1/node-types")).status).toBe(200);
    const trusted = await Promise.all(Array.from({ length: 230 }, () => app.service()("/api/v1/practice/messages")));
    const spoken = await Promise.all(Array.from({ length: 230 }, () => app.service(66)("/api/v1/practice/messages")));
    expect([...trusted, ...spoken].filter((each) => each.status !== 200)).toEqual([]);
  });
});

describe("strangers at one address", () => {
  it("fill no log: beyond the limit they get 429 and one line a minute, and good credentials still pass", async () => {
    const nobody = await app.as(undefined);
    const before = app.lines.length;
    const attempts = [
      ...Array.from({ length: 60 }, () => nobody("/api/v1/workflows", { headers: { authorization: "Bearer x.y.z" } })),
      ...Array.from({ length: 40 }, () => nobody("/api/v1/session", { method: "POST", body: { token: "x.y.z" } })),
    ];
    const answers = await Promise.all(attempts);
    expect(new Set(answers.map((each) => each.status))).toEqual(new Set([401, 429]));
    expect(answers.filter((each) => each.status === 401).length).toBeLessThanOrEqual(21);
    const lines = app.lines.slice(before).filter(({ event_type }) => event_type === "AUTH");
    expect(lines.length).toBeLessThanOrEqual(22);
    expect(lines.filter(({ action }) => action === "sign_in_flood")).toHaveLength(1);
    expect((await ada("/api/v1/node-types")).status).toBe(200);
  });
});

describe("over gRPC", () => {
  it("the same limits hold", async () => {
    const door = await grpcApp({ USER_LIMIT_PER_MINUTE: "30", SIGN_IN_FAILURES_PER_MINUTE: "10" });
    onTestFinished(() => door.close());
    const get = (by = metadata()) =>
      ask(door.client, door.client.getExecutionStatus, { executionId: "x", includeNodes: false }, by).then(
        () => status.OK,
        ({ code }: { code: status }) => code,
      );
    const many = async (count: number, by: Parameters<typeof get>[0]) => {
      const codes = await Promise.all(Array.from({ length: count }, () => get(by)));
      return codes.filter((code) => code === status.RESOURCE_EXHAUSTED).length;
    };
    expect(await many(50, await bearer({ user_id: 66 }))).toBeGreaterThanOrEqual(18);
    expect(await many(50, await bearer({ user_id: 7 }))).toBeGreaterThanOrEqual(18);
    expect(await many(50, metadata())).toBe(0);
    expect(await many(30, metadata({ "x-api-key": "wrong" }))).toBeGreaterThanOrEqual(18);
    expect(await get()).toBe(status.NOT_FOUND);
    expect(door.lines.filter(({ event_type }) => event_type === "AUTH").length).toBeLessThanOrEqual(13);
  });
});

it("who asks and never reads is cut off", async () => {
  const slow = await testApp();
  onTestFinished(() => slow.close());
  await slow.http.listen({ port: 0, host: "127.0.0.1" });
  const { server } = slow.http;
  expect(server.timeout).toBe(120_000);
  // The patience of a connection whose answers are not read, or were: both in a hurry here.
  server.timeout = 500;
  server.keepAliveTimeout = 500;
  let came = 0;
  server.on("connection", () => {
    came += 1;
  });
  const ask = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(10);
  const sockets = Array.from({ length: 20 }, () => {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1", () => socket.write(ask));
    socket.on("error", () => undefined);
    return socket.pause();
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  const open = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  await expect.poll(() => came, { timeout: 10_000 }).toBe(20);
  await expect.poll(open, { timeout: 10_000 }).toBe(0);
});

it("few requests wait on one connection: who sends a thousand at once is cut off before they are answered", async () => {
  const greedy = await testApp();
  onTestFinished(() => greedy.close());
  await greedy.http.listen({ port: 0, host: "127.0.0.1" });
  const { port } = greedy.http.server.address() as AddressInfo; // it listens on TCP
  const { received, closed } = await new Promise<{ received: number; closed: boolean }>((resolve) => {
    let bytes = 0;
    const socket = connect(port, "127.0.0.1", () =>
      socket.write("GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1000)),
    );
    socket.on("data", (part) => {
      bytes += part.length;
    });
    socket.on("error", () => undefined).on("close", () => resolve({ received: bytes, closed: true }));
    setTimeout(() => resolve({ received: bytes, closed: false }), 10_000);
  });
  expect(closed).toBe(true);
  const { text } = await (await greedy.as(undefined))("/openapi.json");
  expect(received).toBeLessThan(17 * (text.length + 2000));
  expect(await pipelined(port, 16)).toBe(16);
});

/** How many of so many requests at once are answered. */
const pipelined = (port: number, count: number): Promise<number> =>
  new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () =>
      socket.write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n".repeat(count)),
    );
    const answered = () => text.split("HTTP/1.1 200").length - 1;
    socket.setEncoding("latin1").on("data", (part: string) => {
      text += part;
      if (answered() === count) socket.destroy();
    });
    socket.on("error", () => undefined).on("close", () => resolve(answered()));
  });

it("one person has at most 100 streams open, and gets them back", async () => {
  await app.http.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.http.server.address() as AddressInfo; // it listens on TCP
  const { workflow_id } = await publish(ada, waiting(60));
  const authorization = `Bearer ${await signToken({ user_id: 7, community_ids: [1] }, secret)}`;
  const path = `/api/v1/workflows/${workflow_id}/executions/stream`;
  const open = () => readStream(port, path, { authorization });
  const readings = await Promise.all(Array.from({ length: 100 }, open));
  expect(new Set(readings.map(({ status: each }) => each))).toEqual(new Set([200]));
  expect((await open()).status).toBe(429);
  expect((await readStream(port, path)).status).toBe(200); // a service
  for (const reading of readings.slice(0, 50)) reading.leave();
  await expect.poll(async () => (await open()).status, { timeout: 5000 }).toBe(200);
  for (const reading of readings) reading.leave();
});
