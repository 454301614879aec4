// The documentation that the routes make of themselves.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routes } from "../../src/http/routes/index.js";
import { type Caller, type TestApp, testApp } from "../support/app.js";

let app: TestApp;
let nobody: Caller;
beforeAll(async () => {
  app = await testApp();
  nobody = await app.as(undefined);
});
afterAll(() => app.close());

interface Operation {
  summary?: string;
  operationId?: string;
  security?: unknown[];
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
}
const document = async (): Promise<Document> => JSON.parse((await nobody("/openapi.json")).text);

describe("the OpenAPI document", () => {
  it("describes every route, each with its own operation id and a sentence", async () => {
    const { openapi, paths } = await document();
    expect(openapi).toBe("3.1.0");
    const ids = new Set<string>();
    for (const { method, path, access } of routes) {
      const operation = paths[path.replace(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
      expect(operation, `${method} ${path}`).toBeDefined();
      expect(operation?.summary).toMatch(/\.$/);
      expect(operation?.security).toHaveLength(access === "public" ? 0 : 2);
      ids.add(operation?.operationId ?? "");
    }
    expect(ids.size).toBe(routes.length);
  });

  it("says what is a number, what may be left out, and what comes with each status", async () => {
    const { paths } = JSON.parse((await nobody("/openapi.json")).text);
    const page = paths["/api/v1/workflows"].get.parameters.find(({ name }: { name: string }) => name === "page");
    expect(page).toMatchObject({ required: false, schema: { type: "integer", minimum: 1, maximum: 1_000_000 } });
    expect(page.schema).not.toHaveProperty("pattern");
    expect(paths["/api/v1/workflows/{id}/publish"].post.requestBody.required).toBe(false);
    expect(paths["/api/v1/workflows"].post.requestBody.required).toBe(true);
    expect(Object.keys(paths["/api/v1/workflows/{id}/execute"].post.responses)).toEqual(["200", "202", "4XX", "5XX"]);
  });

  it("refers only to components that it has, and has only those that it refers to", async () => {
    const whole = await document();
    const used = new Set(
      [...JSON.stringify(whole).matchAll(/#\/components\/schemas\/([^"]+)/g)].map(([, name]) => name),
    );
    expect([...used].sort()).toEqual(Object.keys(whole.components.schemas).sort());
    expect(JSON.stringify(whole)).not.toMatch(/\$defs|PLACEHOLDER/);
  });
});
