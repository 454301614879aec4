// Putting secrets in and taking them out, over ports that write down what they get.
import { type HttpRequest, type HttpResponse, type Json, type Outside, secretPlaceholder } from "@workflow-core/core";
import { describe, expect, it } from "vitest";
import { callOf } from "../../test/support/calls.js";
import { failed, ok } from "./answers.js";
import { mayBeSentTo, secretHost } from "./secret-hosts.js";
import { withSecrets } from "./secrets.js";

const secretMark = "0123456789abcdef0123456789abcdef";
const call = callOf({ secretMark });
const key = 'k-3/y ?&"quoted" värde';
interface Bound {
  value: string;
  hosts: readonly string[] | null;
}
const anywhere = (value: string): Bound => ({ value, hosts: null });
const secrets: ReadonlyMap<string, Bound | undefined> = new Map<string, Bound | undefined>([
  ["key", anywhere(key)],
  ["base", anywhere("https://hooks.example.com/in/")],
  ["short", anywhere("abc")],
  ["lost", undefined],
  ["bound", { value: "bound-to-hosts-1", hosts: ["api.example.com", "*.shop.example", "10.0.0.5:8080", "router"] }],
  ["elsewhere", { value: "https://hidden.example/in", hosts: ["api.example.com"] }],
]);
const routerUrl = "http://router:8000/base";
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
  return { asked, bodies, outside, port: withSecrets(outside, { resolve: async () => secrets, routerUrl }) };
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
    expect(asked[0]).toMatchObject({
      url: "https://hooks.example.com/in/abc",
      shownHost: "[secret base][secret short]",
    });
    await port.http(request({ url: `https://x.${of("short")}.example/${of("key")}` }), call);
    expect(asked[1]?.shownHost).toBe("x.[secret short].example");
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
    const port = withSecrets(outside, { resolve: () => Promise.reject(new Error("the database is away")), routerUrl });
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

describe("a secret that is for some hosts", () => {
  const send = async (url: string, more: Partial<HttpRequest> = { headers: { "X-Key": of("bound") } }) => {
    const { asked, port } = bench();
    const answer = await port.http(request({ url, ...more }), call);
    return { asked: asked.length, answer, message: answer.ok ? "" : answer.failure.message };
  };

  it.each([
    "https://api.example.com/x",
    "http://API.example.com:8443/x",
    "https://eu.shop.example/",
    "https://a.b.shop.example",
    "http://10.0.0.5:8080/",
  ])("is sent to %s", async (url) => expect((await send(url)).asked).toBe(1));

  it.each([
    ["https://evil.example/", "evil.example:443"],
    ["https://api.example.com.evil.example/", "api.example.com.evil.example:443"],
    ["https://xapi.example.com/", "xapi.example.com:443"],
    ["https://shop.example/", "shop.example:443"],
    ["https://evilshop.example/", "evilshop.example:443"],
    ["http://10.0.0.5/", "10.0.0.5:80"],
    ["http://evil.example\\@api.example.com/", "evil.example:80"],
    ["http://evil.example#@api.example.com/", "evil.example:80"],
    ["not a url", "this address"],
  ])("is not sent to %s, and the failure names secret and host", async (url, where) => {
    for (const more of [
      { headers: { "X-Key": of("bound") } },
      { body: { deep: [of("bound")] } },
      { url: `${url}?k=${of("bound")}` },
    ]) {
      const { asked, answer, message } = await send(url, more);
      expect(asked).toBe(0);
      expect(answer).toMatchObject({ ok: false, failure: { code: "SECRET_NOT_FOR_HOST", retryable: false } });
      expect(message).toContain(`The secret "bound" may not be sent to ${where}; it is for api.example.com, *.shop`);
    }
  });

  it("counts by the address that is called, also when a secret is the address, which is not shown", async () => {
    const { asked, message } = await send(of("elsewhere"), {});
    expect(asked).toBe(0);
    expect(message).toBe('The secret "elsewhere" may not be sent to this address; it is for api.example.com.');
    expect((await send("https://api.example.com/", { body: [of("elsewhere"), of("bound"), of("key")] })).asked).toBe(1);
  });

  it("is for the Router where ROUTER_URL is one of them", async () => {
    const { bodies, port } = bench();
    expect(await port.router("modules", { params: { key: of("bound") } }, 5, call)).toMatchObject({ ok: true });
    expect(await port.router("modules", { params: { key: of("elsewhere") } }, 5, call)).toMatchObject({
      ok: false,
      failure: { code: "SECRET_NOT_FOR_HOST", message: expect.stringContaining("router:8000") },
    });
    expect(bodies).toHaveLength(1);
  });
});

describe("an entry", () => {
  it.each([
    ["API.Example.org", "api.example.org"],
    [" *.example.org:8443 ", "*.example.org:8443"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["[::1]:80", "[::1]:80"],
    ["10.0.0.5:443", "10.0.0.5:443"],
    ["0x7f.1", "127.0.0.1"],
  ])("%s is kept as %s", (text, kept) => expect(secretHost(text)).toBe(kept));

  it.each([
    "",
    "*",
    "*.*.example",
    "a/b",
    "a b",
    "https://a.example",
    "u@a.example",
    "a:",
    "a:99999",
    "*.10.0.0.5",
    "a?b",
  ])("%s is none", (text) => expect(secretHost(text)).toBeUndefined());

  it("with an IPv6 address means it, with its port or any", () => {
    expect(mayBeSentTo(["[::1]"], "http://[0:0::1]:99/")).toBe(true);
    expect(mayBeSentTo(["[::1]:80"], "http://[::1]/")).toBe(true);
    expect(mayBeSentTo(["[::1]:80"], "http://[::1]:81/")).toBe(false);
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
    const shape = new Map([["name", anywhere("response_body")]]);
    const { outside } = bench(() => response({ abc: "abc", response_body: 1 }));
    const port = withSecrets(outside, { resolve: async () => new Map([...secrets, ...shape]), routerUrl });
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
    const port = withSecrets(outside, { resolve: async () => secrets, routerUrl: undefined });
    await port.router("modules", { params: { key: of("key") } }, 5, call);
    expect(bodies).toEqual([{ params: { key: "[secret key]" } }]);
  });
});
