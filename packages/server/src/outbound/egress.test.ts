import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { callOf } from "../../test/support/calls.js";
import { egressTo, listen, request, served } from "../../test/support/served.js";
import { addressGuard } from "./addresses.js";
import { createEgress } from "./egress.js";
import { checkTarget, type Resolve, readUrl } from "./target.js";

interface UrlCase {
  id: string;
  url: string;
  note: string;
  dns?: Record<string, string[]>;
}
const corpus: { blocked: UrlCase[]; allowed: UrlCase[] } = JSON.parse(
  readFileSync(new URL("../../test/corpus/ssrf-urls.json", import.meta.url), "utf8"),
);

const names =
  (dns: Record<string, string[]> = {}): Resolve =>
  async (host) =>
    dns[host] ?? [];

/** Counts the sockets that anything in this process opens. */
async function socketsDuring(work: () => Promise<unknown>): Promise<number> {
  let opened = 0;
  const count = () => {
    opened += 1;
  };
  subscribe("net.client.socket", count);
  await work();
  unsubscribe("net.client.socket", count);
  return opened;
}

describe("the guard", () => {
  it("counts sockets in these tests", async () => {
    const { ask } = await served((_request, response) => response.end());
    expect(await socketsDuring(() => ask())).toBe(1);
  });

  it.each(corpus.blocked)("$id $note", async ({ url, dns }) => {
    const egress = createEgress({ allow: [], resolve: names(dns) });
    let answer: Awaited<ReturnType<typeof egress>> | undefined;
    const sockets = await socketsDuring(async () => {
      answer = await egress(request(url), callOf());
    });
    expect(sockets).toBe(0);
    expect(answer?.ok === false && answer.failure).toMatchObject({
      code: expect.stringMatching(/^(EGRESS_BLOCKED|INVALID_URL)$/),
      retryable: false,
    });
    expect(JSON.stringify(answer)).not.toMatch(/169\.254|10\.96|127\.0/);
  });

  it.each(corpus.allowed)("$id $note", async ({ url, dns }) => {
    const parsed = readUrl(url);
    expect(parsed).toBeInstanceOf(URL);
    const target = parsed instanceof URL && (await checkTarget(parsed, names(dns), addressGuard([])));
    expect(target).toHaveProperty("addresses");
  });

  it("refuses a name when any of its addresses is private", async () => {
    const resolve = names({ "mixed.test": ["93.184.216.34", "10.0.0.1"] });
    const answer = await createEgress({ allow: [], resolve })(request("http://mixed.test/"), callOf());
    expect(answer).toMatchObject({ ok: false, failure: { code: "EGRESS_BLOCKED" } });
  });

  it("answers open and closed ports of a private address alike", async () => {
    const port = await listen(createServer());
    const egress = createEgress({ allow: [] });
    const open = await egress(request(`http://127.0.0.1:${port}/`), callOf());
    const closed = await egress(request("http://127.0.0.1:1/"), callOf());
    expect(open).toEqual(closed);
    expect(open).toMatchObject({ ok: false, failure: { code: "EGRESS_BLOCKED", retryable: false } });
  });

  it("resolves once and connects to what was checked", async () => {
    const reached: (string | undefined)[] = [];
    const server = createServer((message, response) => {
      reached.push(message.socket.localAddress);
      response.end(message.headers.host);
    });
    const port = await listen(server, "0.0.0.0");
    const answers = [["127.0.0.2"], ["127.0.0.1"]];
    const resolve: Resolve = async () => answers.shift() ?? [];
    const egress = createEgress({ allow: [{ cidr: "127.0.0.2/32", port }], resolve });
    const answer = await egress(request(`http://rebind.test:${port}/`), callOf());
    expect(answer).toMatchObject({ ok: true, value: { response_body: `rebind.test:${port}` } });
    expect(reached).toEqual(["127.0.0.2"]);
    expect(answers).toHaveLength(1);
  });

  it("opens by a rule only its range and port", () => {
    const allowed = addressGuard([{ cidr: "127.0.0.1/32", port: 8080 }, { cidr: "10.0.0.0/8" }, { cidr: "fd00::/8" }]);
    expect(allowed("127.0.0.1", 8080)).toBe(true);
    expect(allowed("::ffff:127.0.0.1", 8080)).toBe(true);
    expect(allowed("127.0.0.1", 8081)).toBe(false);
    expect(allowed("127.0.0.2", 8080)).toBe(false);
    expect(allowed("10.1.2.3", 6379)).toBe(true);
    expect(allowed("11.0.0.1", 6379)).toBe(false);
    expect(allowed("fd12::1", 443)).toBe(true);
    expect(allowed("not an address", 443)).toBe(false);
  });

  it("takes no public address for public behind which a cloud keeps a machine's secrets", () => {
    expect(addressGuard([])("168.63.129.16", 80)).toBe(false);
    expect(addressGuard([])("::ffff:168.63.129.16", 80)).toBe(false);
    expect(addressGuard([])("168.63.129.17", 80)).toBe(true);
  });

  it("reaches localhost by name where the operator allows it", async () => {
    const { port, ask } = await served((_request, response) => response.end("here"));
    expect(await ask({ url: `http://localhost:${port}/` })).toMatchObject({
      ok: true,
      value: { response_body: "here" },
    });
  });

  it("does not follow redirects: they are answers", async () => {
    let calls = 0;
    const { ask } = await served((_request, response) => {
      calls += 1;
      response.writeHead(302, { location: "//127.0.0.1:1/" }).end();
    });
    expect(await ask()).toMatchObject({
      ok: true,
      value: { status_code: 302, response_headers: { location: "//127.0.0.1:1/" } },
    });
    expect(calls).toBe(1);
  });
});

describe("what goes wrong on the way", () => {
  it.each([
    ["content-length: 100\r\n\r\nabc"],
    ["connection: close\r\ncontent-length: 100\r\n\r\nabc"],
    ["connection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab"],
    [""],
  ])("an answer that is cut off can be tried again: %j", async (rest) => {
    const raw = rest === "" ? "" : `HTTP/1.1 200 OK\r\n${rest}`;
    const port = await listen(createTcpServer((socket) => socket.once("data", () => socket.end(raw))));
    const egress = egressTo(port);
    expect(await egress(request(`http://127.0.0.1:${port}/`), callOf())).toMatchObject({
      ok: false,
      failure: { code: "HTTP_UNREACHABLE", retryable: true },
    });
  });

  it("an endless answer ends at the limit and frees the socket", async () => {
    let freed = false;
    const { ask } = await served((_request, response) => {
      response.on("close", () => {
        freed = true;
      });
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
      };
      response.on("drain", more);
      more();
    });
    expect(await ask()).toMatchObject({ ok: false, failure: { code: "RESPONSE_TOO_LARGE" } });
    await expect.poll(() => freed).toBe(true);
  });

  it.each([
    ["levels", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["values", `[${"{},".repeat(200_000)}{}]`],
    ["keys", `{${Array.from({ length: 20_000 }, (_, key) => `"k${key}":0`).join(",")}}`],
  ])("an answer in JSON of too many %s is refused, and says so", async (what, body) => {
    const { ask } = await served((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end(body);
    });
    const failure = { code: "RESPONSE_TOO_LARGE", message: expect.stringContaining(what) };
    expect(await ask()).toMatchObject({ ok: false, failure });
  });

  it("reads a body that is packed twice, as two headers say", async () => {
    const { ask } = await served((_request, response) => {
      response.setHeader("content-encoding", ["gzip", "deflate"]).setHeader("content-type", "application/json");
      response.end(deflateSync(gzipSync('{"deep":true}')));
    });
    expect(await ask()).toMatchObject({ ok: true, value: { response_body: { deep: true } } });
  });

  it("the deadline covers everything: a name, headers and a slow body", async () => {
    const never: Resolve = () => new Promise(() => {});
    const named = createEgress({ allow: [], resolve: never });
    const timeout = { ok: false, failure: { code: "TIMEOUT", retryable: true } };
    expect(await named(request("http://slow.test/", { timeoutSeconds: 0.1 }), callOf())).toMatchObject(timeout);
    const hanging = await served(() => {});
    expect(await hanging.ask({ timeoutSeconds: 0.1 })).toMatchObject(timeout);
    const dripping = await served((_request, response) => {
      const timer = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(timer));
    });
    expect(await dripping.ask({ timeoutSeconds: 0.2 })).toMatchObject(timeout);
  });

  it("a refused connection, an unknown name and a broken answer can be tried again", async () => {
    const { server, port, ask } = await served((_request, response) => {
      response.writeHead(200, { "content-length": 100 }).write("x");
      response.socket?.destroySoon();
    });
    const unreachable = { ok: false, failure: { code: "HTTP_UNREACHABLE", retryable: true } };
    expect(await ask()).toMatchObject(unreachable);
    server.close();
    const egress = createEgress({
      allow: [{ cidr: "127.0.0.1/32", port }],
      resolve: () => Promise.reject(Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" })),
    });
    expect(await egress(request(`http://127.0.0.1:${port}/`), callOf())).toMatchObject(unreachable);
    const unknown = await egress(request("http://nowhere.test/"), callOf());
    expect(unknown).toMatchObject(unreachable);
    expect(!unknown.ok && unknown.failure.message).toContain("its name could not be resolved");
  });

  it("gives up at once when the execution does", async () => {
    const controller = new AbortController();
    const { ask } = await served(() => controller.abort());
    const start = performance.now();
    expect(await ask({}, callOf({ signal: controller.signal }))).toMatchObject({
      ok: false,
      failure: { code: "ABORTED" },
    });
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
