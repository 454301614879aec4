// The limits at the edge, by injection where that tells the truth and over real sockets where it would not.
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signToken } from "../../src/access/tokens.js";
import { checkAddress, checkHeaders, readBody } from "../../src/http/edge.js";
import { answerBrokenRequest } from "../../src/http/failure.js";
import { type Caller, make, secret, type TestApp, testApp } from "../support/app.js";

let app: TestApp;
let ada: Caller;
let port: number;
let token: string;
beforeAll(async () => {
  app = await testApp();
  ada = await app.as({ user_id: 7 });
  token = await signToken({ user_id: 7 }, secret);
  await app.http.listen({ port: 0, host: "127.0.0.1" });
  port = (app.http.server.address() as AddressInfo).port;
});
afterAll(() => app.close());

const create = (body: unknown, headers: Record<string, string> = {}) =>
  ada("/api/v1/workflows", { method: "POST", body, headers });
const valid = { name: "n", entity_id: 1, community_id: 1 };
const nested = (depth: number): unknown => JSON.parse(`${"[".repeat(depth)}1${"]".repeat(depth)}`);

/** Sends bytes as they are and gives everything that comes back until the other side closes. */
const raw = (...parts: (string | Buffer)[]): Promise<string> =>
  new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => {
      for (const part of parts) socket.write(part);
    });
    socket.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    socket.on("error", () => undefined).on("close", () => resolve(text));
  });
const head = (method: string, path: string, ...lines: string[]) =>
  `${[`${method} ${path} HTTP/1.1`, "Host: test", `Authorization: Bearer ${token}`, "Connection: close", ...lines].join("\r\n")}\r\n\r\n`;
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
const codeOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4)).error.code;

it("takes no credentials that were sent twice", async () => {
  const twice = head("GET", "/api/v1/workflows", `Authorization: Bearer ${token}`);
  expect(statusOf(await raw(twice))).toBe(401);
  expect(statusOf(await raw(head("GET", "/api/v1/workflows")))).toBe(200);
});

describe("a body", () => {
  it.each([
    ["an open bracket", "{"],
    ["two documents", "{} {}"],
    ["undefined", '{"name":undefined}'],
    ["a raw line break in text", '{"name":"a\nb"}'],
    ["a leading zero", '{"a":01}'],
    ["NaN", '{"a":NaN}'],
    ["a trailing comma", '{"a":1,}'],
    ["a comment", "{/**/}"],
    ["overlong UTF-8", Buffer.from([0x7b, 0x22, 0x61, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d])],
    ["half a character", Buffer.from('{"a":"\u00e4"}', "latin1")],
  ])("with %s is INVALID_JSON", async (_name, body) => {
    const { status, json } = await create(body);
    expect(status).toBe(400);
    expect(json.error.code).toBe("INVALID_JSON");
  });

  it.each([
    ["nothing", ""],
    ["null", "null"],
    ["a number", "0"],
    ["text", '"x"'],
    ["a list", "[]"],
  ])("that is %s is BAD_REQUEST where an object is needed", async (_name, body) => {
    const { status, json } = await create(body);
    expect(status).toBe(400);
    expect(json.error.code).toBe("BAD_REQUEST");
  });

  it.each([
    ["NUL in text", { ...valid, name: "a\u0000b" }, "name"],
    ["half a surrogate pair", '{"name":"\\ud800","entity_id":1,"community_id":1}', "name"],
    ["NUL in a key", { ...valid, global_variables: { "a\u0000": 1 } }, "global_variables"],
    [
      "NUL deep inside",
      { ...valid, nodes: { a: { node_type: "flow_end", config: { x: [["\u0000"]] } } } },
      "nodes.a.config.x",
    ],
    [
      "an infinite number",
      '{"name":"n","entity_id":1,"community_id":1,"global_variables":{"a":1e400}}',
      "global_variables.a",
    ],
    ["__proto__", '{"name":"n","entity_id":1,"community_id":1,"metadata":{"__proto__":{"polluted":1}}}', "metadata"],
    ["constructor", '{"name":"n","constructor":{"prototype":{"polluted":1}}}', ""],
    [
      "prototype deep inside",
      { ...valid, nodes: { a: { node_type: "flow_end", config: { prototype: 1 } } } },
      "nodes.a.config",
    ],
  ])("with %s is refused, with its place", async (_name, body, path) => {
    const { status, json } = await create(body);
    expect(status).toBe(400);
    expect(json.error.code).toBe("BAD_REQUEST");
    expect(json.error.details[0].path).toContain(path);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("may be 64 levels deep, and no deeper", async () => {
    // Two levels are the body and the variables.
    const variables = (depth: number) => create({ ...valid, global_variables: { a: nested(depth) } });
    expect((await variables(62)).status).toBe(201);
    expect((await variables(63)).json.error.message).toContain("64 levels");
  });

  it("may have 100,000 keys, 10,000 of them in one object, and no more", () => {
    const object = (keys: number) => Object.fromEntries(Array.from({ length: keys }, (_, key) => [`k${key}`, 1]));
    const bytes = (...keys: number[]) => Buffer.from(JSON.stringify(keys.map(object)));
    expect(() => readBody(bytes(10_000))).not.toThrow();
    expect(() => readBody(bytes(10_001))).toThrow(/10000 keys/);
    const nine = Array.from({ length: 9 }, () => 10_000);
    expect(() => readBody(bytes(...nine, 9_989))).not.toThrow();
    expect(() => readBody(bytes(...nine, 9_990))).toThrow(/100000 keys/);
    expect(() => readBody(Buffer.from(`[${"{},".repeat(150_000)}{}]`))).toThrow(/100000 keys/);
  });

  it("may repeat a key; the last one counts", async () => {
    const { json } = await create('{"name":"a","name":"b","entity_id":1,"community_id":1}');
    expect(json.data.name).toBe("b");
  });

  it("keeps every honest text as it came", async () => {
    const text = "\u{1F600} \u0001 \u202e a\u0308 \ufeff \uffff __proto__";
    expect((await make(ada, {}, { name: "n", description: text })).description).toBe(text);
  });

  it("may be a mebibyte, and no larger, whether it says so or not", async () => {
    const of = (bytes: number) =>
      JSON.stringify({ ...valid, global_variables: { a: "" } }).replace('""', `"${"x".repeat(bytes)}"`);
    expect((await create(of(1024 * 1024 - 200))).status).toBe(201);
    expect((await create(of(1024 * 1024))).json.error.code).toBe("PAYLOAD_TOO_LARGE");
    const type = "Content-Type: application/json";
    const said = await raw(head("POST", "/api/v1/workflows", type, "Content-Length: 104857600"), "{");
    expect(statusOf(said)).toBe(413);
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    const unsaid = await raw(
      head("POST", "/api/v1/workflows", type, "Transfer-Encoding: chunked"),
      ...Array.from({ length: 40 }, () => chunk),
    );
    expect([413, Number.NaN]).toContain(statusOf(unsaid));
  });

  it("of a million open brackets is refused at once", async () => {
    const begun = performance.now();
    expect((await create("[".repeat(1_000_000))).status).toBe(400);
    expect((await create(`${"[".repeat(500_000)}${"]".repeat(500_000)}`)).json.error.message).toContain("64 levels");
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it.each([
    ["", 415],
    ["application/x-www-form-urlencoded", 415],
    ["text/plain", 415],
    ["multipart/form-data; boundary=x", 415],
    ["application/json\tx", 415],
    ["json", 415],
    ["application/jsonx", 415],
    ["application/json, text/plain", 415],
  ])("as %j is refused", async (type, status) => {
    const { status: got } = await create(JSON.stringify({ ...valid, name: "" }), { "content-type": type });
    expect([status, 400]).toContain(got);
  });

  it("may name its charset, in any case", async () => {
    for (const type of ["application/json; charset=utf-8", "Application/JSON"]) {
      expect((await create(valid, { "content-type": type })).status, type).toBe(201);
    }
  });
});

describe("an address", () => {
  it("may be 8 KiB", async () => {
    const path = "/api/v1/workflows?search=";
    expect((await ada(`${path}${"a".repeat(8192 - path.length)}`)).json.error.code).toBe("BAD_REQUEST");
    expect((await ada(`${path}${"a".repeat(8193 - path.length)}`)).json.error.code).toBe("URI_TOO_LONG");
    expect(statusOf(await raw(head("GET", `/${"a".repeat(9000)}`)))).toBe(414);
  });

  it.each([
    "/api/v1/workflows/%ff",
    "/api/v1/workflows?search=%ff",
    "/api/v1/workflows/%00",
    "/api/v1/workflows%00?a=1",
    "/health/%zz",
  ])("%s is refused", async (path) => {
    const { status, json, headers } = await ada(path);
    expect(status).toBe(400);
    expect(json.error.request_id).toBe(headers["x-request-id"]);
  });

  it("is checked before anything else", () => {
    expect(() => checkAddress("/a?b=%c3%a4")).not.toThrow();
    expect(() => checkAddress("/a?b=%c3")).toThrow(/UTF-8/);
  });
});

describe("headers", () => {
  it("may be 16 KiB together", async () => {
    expect(statusOf(await raw(head("GET", "/health", `X-Big: ${"a".repeat(15_000)}`)))).toBe(200);
    const large = await raw(head("GET", "/health", `X-Big: ${"a".repeat(17_000)}`));
    expect(statusOf(large)).toBe(431);
    expect(codeOf(large)).toBe("HEADERS_TOO_LARGE");
    expect(statusOf(await raw(head("GET", "/health", `X-Big: ${"a".repeat(100_000)}`)))).toBe(431);
    expect(() => checkHeaders(Array.from({ length: 4000 }, () => "x"))).not.toThrow();
  });

  it.each([
    ["both a length and chunks", ["Content-Length: 2", "Transfer-Encoding: chunked"]],
    ["a signed length", ["Content-Length: +3"]],
    ["two lengths", ["Content-Length: 2", "Content-Length: 3"]],
    ["chunks that are not last", ["Transfer-Encoding: chunked, identity"]],
  ])("with %s are refused in the envelope", async (_name, lines) => {
    const answer = await raw(head("POST", "/api/v1/workflows", "Content-Type: application/json", ...lines), "{}");
    expect(statusOf(answer)).toBe(400);
    expect(codeOf(answer)).toBe("BAD_REQUEST");
    expect(answer).toMatch(/X-Request-Id: [0-9a-f-]{36}/);
  });

  it("that never end are answered with 408", () => {
    const written: string[] = [];
    const socket = {
      destroyed: false,
      writable: true,
      write: (text: string) => written.push(text),
      destroySoon: () => undefined,
    };
    const timeout = Object.assign(new Error("timeout"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
    answerBrokenRequest(timeout, socket as never, "an-id"); // the parts of a socket that are used
    expect(statusOf(written.join(""))).toBe(408);
    expect(codeOf(written.join(""))).toBe("REQUEST_TIMEOUT");
    expect(app.http.server.requestTimeout).toBe(30_000);
    expect(app.http.server.headersTimeout).toBe(30_000);
  });
});

describe("a HEAD request", () => {
  it("is answered like a GET without its body", async () => {
    const { workflow_id } = await make(ada);
    const { status, headers, text } = await ada(`/api/v1/workflows/${workflow_id}`, { method: "HEAD" });
    expect(status).toBe(200);
    expect(headers.etag).toBe('"1"');
    expect(text).toBe("");
  });
});
