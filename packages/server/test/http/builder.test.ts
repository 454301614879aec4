// The builder's files and the examples: given as they are, and nothing beside them.
import { readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { compileDocument } from "@workflow-core/core";
import fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveBuilder } from "../../src/http/builder.js";
import { type Caller, type TestApp, testApp } from "../support/app.js";

describe("the builder's files", () => {
  let directory: string;
  let app: FastifyInstance;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "workflow-core-builder-"));
    const site = join(directory, "site");
    await mkdir(join(site, "assets"), { recursive: true });
    await writeFile(join(site, "index.html"), "<!doctype html><title>Builder</title>");
    await writeFile(join(site, "favicon.svg"), "<svg/>");
    await writeFile(join(site, "assets/index-abc123.js"), "export {};");
    await writeFile(join(site, "assets/index-abc123.js.gz"), gzipSync("export {};"));
    await writeFile(join(directory, "secret.txt"), "not for you");
    app = fastify();
    const builder = await serveBuilder(app, `${site}/`);
    app.setNotFoundHandler((request, reply) =>
      builder.takes(request) ? builder.answer(request, reply) : reply.code(404).send({ missing: true }),
    );
    await app.ready();
  });
  afterAll(async () => {
    await app.close();
    await rm(directory, { recursive: true });
  });
  const get = (url: string, method: "GET" | "HEAD" | "POST" = "GET") => app.inject({ method, url });

  it("gives the page at the root and at the page's own addresses, to be asked for anew", async () => {
    for (const url of ["/", "/?x=1", "/workflows/0f8fad5b-d9cb-469f-a165-70867728950e", "/secrets", "/documents"]) {
      const reply = await get(url);
      expect([reply.statusCode, reply.body], url).toEqual([200, "<!doctype html><title>Builder</title>"]);
      expect(reply.headers["cache-control"]).toBe("no-cache");
      expect(reply.headers["content-type"]).toMatch(/^text\/html/);
    }
    expect((await get("/", "HEAD")).statusCode).toBe(200);
  });

  it("lets browsers keep what has a hash in its name", async () => {
    const script = await get("/assets/index-abc123.js");
    expect(script.statusCode).toBe(200);
    expect(script.headers["content-type"]).toMatch(/javascript/);
    expect(script.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    const icon = await get("/favicon.svg");
    expect([icon.statusCode, icon.headers["cache-control"]]).toEqual([200, "no-cache"]);
    const again = await app.inject({ url: "/favicon.svg", headers: { "if-none-match": String(icon.headers.etag) } });
    expect(again.statusCode).toBe(304);
  });

  it("gives what the build compressed to those who can unpack it", async () => {
    const url = "/assets/index-abc123.js";
    const small = await app.inject({ url, headers: { "accept-encoding": "gzip, br" } });
    expect(small.headers["content-encoding"]).toBe("gzip");
    expect(small.headers["content-type"]).toMatch(/javascript/);
    expect(small.headers.vary).toMatch(/accept-encoding/i);
    expect(gunzipSync(small.rawPayload).toString()).toBe("export {};");
    const plain = await get(url);
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect([plain.body, plain.headers.vary]).toEqual(["export {};", "Accept-Encoding"]);
    const page = await app.inject({ url: "/", headers: { "accept-encoding": "gzip" } });
    expect(page.body).toContain("<title>Builder</title>");
  });

  it("gives nothing else", async () => {
    for (const url of [
      "/assets/gone.js",
      "/gone.png",
      "/assets",
      "/assets/",
      "/..%2fsecret.txt",
      "/%2e%2e/secret.txt",
      "//secret.txt",
    ]) {
      const reply = await get(url);
      expect(reply.body, url).not.toContain("not for you");
      if (url !== "/assets") expect(reply.statusCode, url).toBe(404);
    }
    for (const url of ["/api/v1/nothing", "/api", "/docs/nothing", "/health/x", "/metrics/x"])
      expect((await get(url)).statusCode, url).toBe(404);
    expect((await get("/", "POST")).statusCode).toBe(404);
  });
});

describe("a server", () => {
  let app: TestApp;
  let nobody: Caller;
  beforeAll(async () => {
    app = await testApp();
    nobody = await app.as(undefined);
  });
  afterAll(() => app.close());

  it("shows a page at its root, under a policy that the page can live with", async () => {
    const reply = await nobody("/");
    expect(reply.status).toBe(200);
    expect(String(reply.headers["content-type"])).toMatch(/^text\/html/);
    const policy = String(reply.headers["content-security-policy"]);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'self' 'unsafe-inline'");
    expect((await nobody("/api/v1/nothing")).json.error.code).toBe("NOT_FOUND");
    expect((await nobody("/health", { method: "POST" })).status).toBe(405);
  });

  it("gives every example, each a workflow that can be published", async () => {
    const files = readdirSync(new URL("../../../../examples/", import.meta.url)).filter((file) =>
      file.endsWith(".workflow.json"),
    );
    const reply = await (await app.as({ user_id: 1 }))("/api/v1/examples");
    expect(reply.json.data.map(({ name }: { name: string }) => name)).toEqual(
      files.map((file) => file.replace(".workflow.json", "")).sort(),
    );
    for (const { title, description, workflow } of reply.json.data) {
      expect(title).toBe(workflow.name);
      expect(description).not.toBe("");
      const { nodes, connections, global_variables, metadata } = workflow;
      expect(compileDocument({ nodes, connections, global_variables, metadata }).plan, title).toBeDefined();
    }
    expect((await nobody("/api/v1/examples")).status).toBe(401);
  });
});
