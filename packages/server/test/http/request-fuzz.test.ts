// Requests that must be refused and never break anything: the corpus' cases for the routes that there are. Each is sent
// over a real socket, byte for byte; after each, the process still answers.
import { readFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signToken } from "../../src/access/tokens.js";
import { routes } from "../../src/http/routes/index.js";
import { apiKey, make, publish, secret, type TestApp, testApp } from "../support/app.js";

interface FuzzCase {
  id: string;
  group: string;
  auth: "none" | "jwt" | "webhook" | "raw";
  method?: string;
  path?: string;
  headers?: [string, string][];
  /** base64 */
  body?: string;
  body_gen?: { prefix: string; repeat: string; times: number; middle: string; close: string; suffix: string };
  raw?: string;
  expect: { status: number[]; or_close?: boolean };
  hold_open?: boolean;
  note: string;
}
const corpus: { cases: FuzzCase[] } = JSON.parse(
  readFileSync(new URL("../corpus/request-fuzz.json", import.meta.url), "utf8"),
);

/** Groups about routes that are tested where those routes are. */
const elsewhere = new Set(["webhook", "webhook-admin", "schedule-admin"]);
const cases = corpus.cases.filter(({ group, hold_open }) => !elsewhere.has(group) && hold_open !== true);

let app: TestApp;
let port: number;
let names: Record<string, string>;
beforeAll(async () => {
  app = await testApp();
  const mine = await app.as({ user_id: 7, community_ids: [1] });
  const theirs = await app.as({ user_id: 8, community_ids: [2] });
  const { workflow_id } = await publish(mine);
  const other = await publish(theirs, undefined, { community_id: 2 });
  const archived = await make(mine);
  await mine(`/api/v1/workflows/${archived.workflow_id}`, { method: "DELETE" });
  const begun = await theirs(`/api/v1/workflows/${other.workflow_id}/execute`, {
    method: "POST",
    body: { community_id: 2 },
  });
  names = {
    ...{ JWT: await signToken({ user_id: 7, community_ids: [1] }, secret), API_KEY: apiKey },
    ...{ WF: workflow_id, WF_OTHER: other.workflow_id, WF_ARCHIVED: archived.workflow_id },
    EXEC_OTHER: begun.json.data.execution_id,
  };
  await app.http.listen({ port: 0, host: "127.0.0.1" });
  port = (app.http.server.address() as AddressInfo).port;
});
afterAll(() => app.close());

const filled = (text: string): string => text.replace(/\{\{(\w+)\}\}/g, (whole, name) => names[name] ?? whole);

/** The request as bytes, and whether it carries what names.JWT is. */
function bytesOf(each: FuzzCase): Buffer {
  if (each.raw !== undefined) {
    const bytes = Buffer.from(each.raw, "base64");
    return bytes.includes("{{") ? Buffer.from(filled(bytes.toString("latin1")), "latin1") : bytes;
  }
  const generated = each.body_gen;
  const body =
    generated === undefined
      ? Buffer.from(each.body ?? "", "base64")
      : Buffer.from(
          // What is behind the first two mebibytes is never read, so it need not be sent.
          `${generated.prefix}${generated.repeat.repeat(Math.min(generated.times, Math.ceil(2_097_152 / generated.repeat.length)))}${generated.middle}${generated.close}${generated.suffix}`,
        );
  const headers = (each.headers ?? []).map(([name, value]) => `${name}: ${filled(value)}`);
  const chunked = headers.some((line) => /^transfer-encoding/i.test(line));
  const lines = [
    `${each.method} ${filled(each.path ?? "/")} HTTP/1.1`,
    "Host: test",
    "Connection: close",
    ...(each.auth === "jwt" ? [`Authorization: Bearer ${names.JWT}`] : []),
    ...headers,
    ...(chunked || (body.length === 0 && each.body === undefined) ? [] : [`Content-Length: ${body.length}`]),
  ];
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  if (!chunked) return Buffer.concat([head, body]);
  return Buffer.concat([head, Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n0\r\n\r\n")]);
}

/** Sends bytes and reads until the answer is whole, or the other side closes; closes itself after that. */
function exchange(bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const done = () => {
      clearTimeout(patience);
      socket.destroy();
      resolve(text);
    };
    // Requests that are not whole get no answer before the server's own patience ends.
    const patience = setTimeout(done, 3000);
    socket.setEncoding("latin1").on("data", (part: string) => {
      text += part;
      const [, length] = /\r\ncontent-length: (\d+)\r\n/i.exec(text) ?? [];
      if (length !== undefined && text.length - text.indexOf("\r\n\r\n") - 4 >= Number(length)) done();
    });
    socket.on("error", done).on("close", done);
  });
}

const rows = async (): Promise<unknown> =>
  (
    await app.test.database.primary.query(
      "SELECT (SELECT count(*) FROM workflows) AS w, (SELECT count(*) FROM workflow_executions) AS e",
    )
  ).rows[0];

describe.each(cases)("$id ($group): $note", (each) => {
  it("is answered as it must be, and leaves no trace", async () => {
    const before = await rows();
    const logged = app.lines.length;
    const answer = await exchange(bytesOf(each));
    const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
    if (answer === "" && each.expect.or_close === true) expect(answer).toBe("");
    else expect(each.expect.status, answer.slice(0, 500)).toContain(status);

    const body = answer.slice(answer.indexOf("\r\n\r\n") + 4);
    expect(body).not.toMatch(/\bat .+:\d+:\d+|select .+ from|\/work\/|\/home\/|DATABASE_URI|node_modules/i);
    if (status >= 400)
      expect(JSON.parse(body)).toMatchObject({
        success: false,
        error: { code: expect.any(String), message: expect.any(String) },
      });
    if (status >= 300) expect(await rows()).toEqual(before);
    const lines = JSON.stringify(app.lines.slice(logged));
    expect(lines).not.toContain(names.JWT);
    expect(lines).not.toContain(apiKey);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect((await app.http.inject("/health")).statusCode).toBe(200);
  });
});

it("was about routes that exist", () => {
  expect(cases.length).toBeGreaterThan(60);
  expect(routes.length).toBeGreaterThan(20);
});
