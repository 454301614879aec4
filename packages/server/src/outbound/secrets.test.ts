// Putting secrets in and taking them out, over ports that write down what they get.
import { type HttpRequest, type HttpResponse, type Json, type Outside, secretPlaceholder } from "@workflow-core/core";
import { describe, expect, it } from "vitest";
import { callOf } from "../../test/support/calls.js";
import { failed, ok } from "./answers.js";
import { withSecrets } from "./secrets.js";

const secretMark = "0123456789abcdef0123456789abcdef";
const call = callOf({ secretMark });
const key = 'k-3/y ?&"quoted" värde';
const secrets = new Map<string, string | undefined>([
  ["key", key],
  ["base", "https://hooks.example.com/in/"],
  ["short", "abc"],
  ["lost", undefined],
]);
const of = (name: string, mark = secretMark) => secretPlaceholder(mark, name);

/** The port with these secrets, and what it was called with. */
function bench(answer: (request: HttpRequest) => HttpResponse | ReturnType<typeof failed> = () => response("")) {
  const asked: HttpRequest[] = [];
  const bodies: Json[] = [];
  const outside: Outside = {
    http: async (request) => {
      asked.push(request);
      const given = answer(request);
      return "ok" in given ? given : ok(given);
    },
    router: async (_kind, body) => {
      bodies.push(body);
      return ok({ success: true, echo: body });
    },
    sandbox: async () => failed("UNUSED", "not asked for"),
  };
  return { asked, bodies, outside, port: withSecrets(outside, { resolve: async () => secrets }) };
}

const response = (body: Json, headers: Record<string, string> = {}): HttpResponse => ({
  ...{ status_code: 200, response_body: body, response_headers: headers },
});
const request = (more: Partial<HttpRequest> = {}): HttpRequest => ({
  ...{ url: "https://api.example.com/", method: "POST", headers: {}, body: undefined, timeoutSeconds: 5, ...more },
});

describe("a call with secrets", () => {
  it("has the values in address, headers and body when it leaves", async () => {
    const { asked, port } = bench();
    await port.http(
      request({
        url: `https://api.example.com/${of("key")}?k=${of("key")}`,
        headers: { Authorization: `Bearer ${of("key")}` },
        body: { [of("short")]: [of("key"), 5, null, { deep: `<${of("short")}>` }] },
      }),
      call,
    );
    const inAddress = encodeURIComponent(key);
    expect(asked).toEqual([
      request({
        url: `https://api.example.com/${inAddress}?k=${inAddress}`,
        headers: { Authorization: `Bearer ${key}` },
        body: { abc: [key, 5, null, { deep: "<abc>" }] },
      }),
    ]);
  });

  it("may have a secret for an address, which then stays as it is", async () => {
    const { asked, port } = bench();
    await port.http(request({ url: `${of("base")}${of("short")}` }), call);
    expect(asked[0]?.url).toBe("https://hooks.example.com/in/abc");
  });

  it("is not made when a secret is missing or cannot be decrypted", async () => {
    const { asked, bodies, port } = bench();
    const missing = await port.http(request({ headers: { "X-Key": of("nothing") } }), call);
    expect(missing).toEqual({
      ok: false,
      failure: { code: "SECRET_MISSING", message: 'The community has no secret "nothing".', retryable: false },
    });
    expect(await port.router("modules", { params: { a: of("lost") } }, 5, call)).toMatchObject({
      ok: false,
      failure: { code: "SECRET_UNREADABLE", message: expect.stringContaining('"lost"') },
    });
    expect([asked, bodies]).toEqual([[], []]);
  });

  it("is tried again when the secrets cannot be read at the moment", async () => {
    const { asked, outside } = bench();
    const port = withSecrets(outside, { resolve: () => Promise.reject(new Error("the database is away")) });
    expect(await port.http(request({ body: of("key") }), call)).toMatchObject({
      ok: false,
      failure: { code: "SECRET_UNAVAILABLE", retryable: true },
    });
    expect(asked).toEqual([]);
  });

  it("replaces nothing that another mark made, and nothing in executions without one", async () => {
    const { asked, port } = bench();
    const forged = of("key", "f".repeat(32));
    await port.http(request({ body: forged }), call);
    await port.http(request({ body: of("key") }), callOf());
    expect(asked.map(({ body }) => body)).toEqual([forged, of("key")]);
  });
});

describe("an answer", () => {
  const echo = (text: string) => bench(() => response({ said: [text] }, { "x-said": text }));

  it.each([
    ["as it is", key],
    ["as addresses write it", encodeURIComponent(key)],
    ["inside JSON that is text", JSON.stringify({ a: key })],
    ["as base64", Buffer.from(key).toString("base64")],
  ])("that repeats a secret %s is cleared of it", async (_how, text) => {
    const { port } = echo(`before ${text} after`);
    const answer = await port.http(request({ body: of("key") }), call);
    const told = JSON.stringify(answer);
    expect(told).toContain("[secret key]");
    for (const part of [key, encodeURIComponent(key), "quoted"]) expect(told).not.toContain(part);
    expect(answer).toMatchObject({
      ok: true,
      value: { status_code: 200, response_headers: { "x-said": expect.stringMatching(/^before/) } },
    });
  });

  it("is cleared of secrets that this call did not need, but that the community has", async () => {
    const { port } = echo(key);
    expect(JSON.stringify(await port.http(request(), call))).not.toContain("quoted");
  });

  it("keeps words that are too short to be taken for a secret, and its own shape", async () => {
    const shape = new Map([["name", "response_body"]]);
    const { outside } = bench(() => response({ abc: "abc", response_body: 1 }));
    const port = withSecrets(outside, { resolve: async () => new Map([...secrets, ...shape]) });
    expect(await port.http(request(), call)).toEqual(ok(response({ abc: "abc", "[secret name]": 1 })));
  });

  it("that is a failure is cleared too", async () => {
    const { port } = bench(() => failed("HTTP_UNREACHABLE", `no way to ${key}`, { details: { url: [key] } }));
    const answer = await port.http(request(), call);
    expect(answer).toEqual(
      failed("HTTP_UNREACHABLE", "no way to [secret key]", { details: { url: ["[secret key]"] } }),
    );
  });
});

describe("the router", () => {
  it("gets the values and its answer is cleared", async () => {
    const { bodies, port } = bench();
    const answer = await port.router("modules", { module_name: "m", params: { key: of("key") } }, 5, call);
    expect(bodies).toEqual([{ module_name: "m", params: { key } }]);
    expect(answer).toEqual(ok({ success: true, echo: { module_name: "m", params: { key: "[secret key]" } } }));
  });

  it("for practice, which shows what it gets, is only told that there is a secret", async () => {
    const { bodies, outside } = bench();
    const port = withSecrets(outside, { resolve: async () => secrets, practice: true });
    await port.router("modules", { params: { key: of("key") } }, 5, call);
    expect(bodies).toEqual([{ params: { key: "[secret key]" } }]);
  });
});
