import type { IncomingMessage, RequestListener } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import type { HttpRequest } from "@workflow-core/core";
import { describe, expect, it } from "vitest";
import { callOf } from "../../test/support/calls.js";
import { egressTo, listen, request, served } from "../../test/support/served.js";

async function textOf(message: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of message.setEncoding("utf8")) text += chunk;
  return text;
}

describe("what is sent", () => {
  const echo: RequestListener = async (message, response) => {
    const body = await textOf(message);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ method: message.method, url: message.url, headers: message.headers, body }));
  };

  it("is JSON unless it is text", async () => {
    const { base, ask } = await served(echo);
    expect(await ask({ url: `${base}/a%20b?q=1#part`, method: "post", body: { a: [1, "ü"] } })).toMatchObject({
      ok: true,
      value: {
        status_code: 200,
        response_body: {
          method: "POST",
          url: "/a%20b?q=1",
          body: '{"a":[1,"ü"]}',
          headers: {
            "content-type": "application/json",
            "content-length": "14",
            "user-agent": "workflow-core",
            "idempotency-key": callOf().idempotencyKey,
          },
        },
      },
    });
    const sent = async (more: Partial<HttpRequest>) => {
      const answer = await ask({ method: "PUT", ...more });
      expect(answer).toMatchObject({ ok: true });
      return answer.ok ? answer.value.response_body : null;
    };
    expect(await sent({ body: "hello" })).toMatchObject({
      body: "hello",
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
    expect(await sent({ body: '{"a":1}' })).toMatchObject({
      body: '{"a":1}',
      headers: { "content-type": "application/json" },
    });
    expect(await sent({ body: "a=1", headers: { "Content-Type": "application/x-www-form-urlencoded" } })).toMatchObject(
      {
        body: "a=1",
        headers: { "content-type": "application/x-www-form-urlencoded" },
      },
    );
    expect(await sent({ body: null })).toMatchObject({ body: "null" });
    expect(await sent({ method: "GET", body: "ignored" })).toMatchObject({ body: "" });
  });

  it("lets people have their own headers", async () => {
    const { ask } = await served(echo);
    const headers = { "Idempotency-Key": "mine", "User-Agent": "bot", Authorization: "Bearer x" };
    expect(await ask({ headers })).toMatchObject({
      ok: true,
      value: {
        response_body: { headers: { "idempotency-key": "mine", "user-agent": "bot", authorization: "Bearer x" } },
      },
    });
  });

  it.each([
    ["Host", "other.test"],
    ["content-length", "1"],
    ["Transfer-Encoding", "chunked"],
    ["connection", "close"],
    ["Upgrade", "h2c"],
    ["TE", "trailers"],
    ["trailer", "x"],
    ["Proxy-Authorization", "x"],
    ["expect", "100-continue"],
    ["x y", "1"],
    ["x:y", "1"],
    ["", "1"],
    ["x", "a\r\nb: c"],
    ["x", "a\nb"],
    ["x", "a\0b"],
    ["x", "日本"],
    ["x", "y".repeat(20_000)],
  ])("refuses the header %j: %j", async (name, value) => {
    let calls = 0;
    const { ask } = await served((_request, response) => {
      calls += 1;
      response.end();
    });
    expect(await ask({ headers: { [name]: value } })).toMatchObject({
      ok: false,
      failure: { code: "INVALID_HEADER", retryable: false },
    });
    expect(calls).toBe(0);
  });

  it.each(["CONNECT", "TRACE", "get it", ""])("refuses the method %j", async (method) => {
    const { ask } = await served((_request, response) => response.end());
    expect(await ask({ method })).toMatchObject({ ok: false, failure: { code: "INVALID_METHOD" } });
  });
});

describe("what is answered", () => {
  const answering = async (headers: Record<string, string>, body: string | Buffer, status = 200) => {
    const { ask } = await served((_request, response) => response.writeHead(status, headers).end(body));
    return ask();
  };

  it.each([
    ["application/json", '{"a":1}', { a: 1 }],
    ["application/problem+json; charset=utf-8", "[1]", [1]],
    ["application/json", '{"a":', '{"a":'],
    ["application/json", "", ""],
    ["text/plain", '{"a":1}', '{"a":1}'],
    ["application/json", '{"a\\u0000":"\\ud800","__proto__":{"x":1}}', { "a\ufffd": "\ufffd" }],
    ["text/plain", Buffer.from([0x61, 0xff, 0x00]), "a\ufffd\ufffd"],
    ["text/plain; charset=iso-8859-1", Buffer.from([0xfc]), "ü"],
    ["text/plain; charset=none-such", Buffer.from("ü"), "ü"],
  ])("%s %s", async (type, body, expected) => {
    const answer = await answering({ "content-type": type }, body);
    expect(answer).toMatchObject({ ok: true, value: { status_code: 200 } });
    expect(answer.ok && answer.value.response_body).toEqual(expected);
  });

  it("every status is an answer, headers are in lower case", async () => {
    expect(await answering({ "X-Thing": "a" }, "no", 500)).toMatchObject({
      ok: true,
      value: { status_code: 500, response_body: "no", response_headers: { "x-thing": "a" } },
    });
  });

  it("cannot reach a prototype by headers", async () => {
    const raw = "HTTP/1.1 200 OK\r\n__proto__: a\r\nconstructor: b\r\nx: 1\r\nx: 2\r\ncontent-length: 0\r\n\r\n";
    const port = await listen(createTcpServer((socket) => socket.once("data", () => socket.end(raw))));
    const egress = egressTo(port);
    const answer = await egress(request(`http://127.0.0.1:${port}/`), callOf());
    expect(answer.ok && answer.value.response_headers).toEqual({ x: "1, 2", "content-length": "0" });
  });

  it.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
  ])("unpacks %s", async (encoding, pack) => {
    expect(await answering({ "content-encoding": encoding }, pack("unpacked"))).toMatchObject({
      ok: true,
      value: { response_body: "unpacked" },
    });
  });

  it.each([
    ["plain", {}, Buffer.alloc(3 * 2 ** 20)],
    ["packed", { "content-encoding": "gzip" }, gzipSync(Buffer.alloc(64 * 2 ** 20))],
    ["packed twice", { "content-encoding": "br, gzip" }, gzipSync(brotliCompressSync(Buffer.alloc(64 * 2 ** 20)))],
  ])("stops at 2 MiB: %s", async (_name, headers, body) => {
    expect(await answering(headers, body)).toMatchObject({
      ok: false,
      failure: { code: "RESPONSE_TOO_LARGE", retryable: false },
    });
  });

  it("stops at headers that are too large, and at what is no HTTP", async () => {
    expect(await answering({ x: "y".repeat(20_000) }, "")).toMatchObject({
      ok: false,
      failure: { code: "RESPONSE_TOO_LARGE" },
    });
    const port = await listen(createTcpServer((socket) => socket.once("data", () => socket.end("SSH-2.0-x\r\n"))));
    const egress = egressTo(port);
    expect(await egress(request(`http://127.0.0.1:${port}/`), callOf())).toMatchObject({
      ok: false,
      failure: { code: "HTTP_ANSWER_INVALID", retryable: false },
    });
  });
});
