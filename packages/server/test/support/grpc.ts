// The whole program on a test database, with its gRPC port open, and clients to it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ClientOptions, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import type { WorkflowGraph } from "@workflow-core/core";
import ts from "typescript";
import { signToken, type TokenContent } from "../../src/access/tokens.js";
import { type App, createApp } from "../../src/app.js";
import { WorkflowServiceClient } from "../../src/grpc/generated/workflow.js";
import type { LogFields } from "../../src/log.js";
import { loadSettings } from "../../src/settings.js";
import { publishWorkflow } from "../../src/store/versions.js";
import { createWorkflow, type Workflow } from "../../src/store/workflows.js";
import { apiKey, secret } from "./app.js";
import { type TestDatabase, testDatabase } from "./database.js";
import { memoryLog } from "./memory-log.js";
import { type PostgresProxy, postgresProxy } from "./postgres-proxy.js";
import { behind } from "./scene.js";

export interface GrpcApp extends App {
  test: TestDatabase;
  port: number;
  /** Where it answers over HTTP. */
  url: string;
  lines: LogFields[];
  client: WorkflowServiceClient;
  /** A client with these options, closed with the program. */
  connect(options?: ClientOptions): WorkflowServiceClient;
  publish(graph: WorkflowGraph, more?: Partial<Pick<Workflow, "author_id" | "community_id">>): Promise<string>;
}

/** Starts the program, on its database or on what leads there; `close` ends it and drops the database. */
export async function grpcApp(
  environment: Record<string, string> = {},
  through: (uri: string) => Promise<string> = async (uri) => uri,
): Promise<GrpcApp> {
  const test = await testDatabase();
  const { log, lines } = memoryLog();
  const ports = { MODULE_PORT: "0", GRPC_PORT: "0", DATABASE_URI: await through(test.uri) };
  const settings = loadSettings({ SECRET_KEY: secret, API_KEY: apiKey, ...ports, ...environment });
  const app = await createApp({ settings, log });
  const { grpcPort } = await app.listen();
  if (grpcPort === undefined) throw new Error("no gRPC port");
  const clients: WorkflowServiceClient[] = [];
  const connect = (options: ClientOptions = {}) => {
    const client = new WorkflowServiceClient(`127.0.0.1:${grpcPort}`, credentials.createInsecure(), options);
    clients.push(client);
    return client;
  };
  return {
    ...{ ...app, test, lines, connect, port: grpcPort, client: connect() },
    url: `http://127.0.0.1:${(app.http.server.address() as AddressInfo).port}`,
    publish: async (graph, more = {}) => {
      const made = { name: "test", entity_id: 1, community_id: 1, author_id: 7, ...graph, ...more };
      const { workflow_id } = await createWorkflow(app.store.database, made);
      await publishWorkflow(app.store.database, workflow_id, { authorId: 7 });
      return workflow_id;
    },
    close: async () => {
      for (const client of clients) client.close();
      await app.close();
      await test.drop();
    },
  };
}

/** The program, and the proxy through which it reaches its database; `close` ends both. */
export async function grpcAppBehindProxy(): Promise<{ app: GrpcApp; proxy: PostgresProxy; close(): Promise<void> }> {
  const made: { proxy?: PostgresProxy } = {};
  const app = await grpcApp({}, async (uri) => {
    const { target, through } = behind(uri);
    made.proxy = await postgresProxy(target);
    return through(made.proxy.port);
  });
  const { proxy } = made;
  if (proxy === undefined) throw new Error("the database was not asked for");
  const close = async () => {
    proxy.set({ mode: "pass" });
    await app.close();
    await proxy.close();
  };
  return { app, proxy, close };
}

/** Metadata with an API key, or with whatever is given. */
export function metadata(entries: Record<string, string> = { "x-api-key": apiKey }): Metadata {
  const made = new Metadata();
  for (const [name, value] of Object.entries(entries)) made.set(name, value);
  return made;
}

/** A bearer token's metadata. */
export const bearer = async (content: TokenContent): Promise<Metadata> =>
  metadata({ authorization: `Bearer ${await signToken(content, secret)}` });

type Unary<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: { deadline: number },
  done: (error: ServiceError | null, response: Response) => void,
) => unknown;

/** One call as a promise; rejects with the status. */
export const ask = <Request, Response>(
  client: WorkflowServiceClient,
  method: Unary<Request, Response>,
  request: Request,
  by: Metadata = metadata(),
  milliseconds = 10_000,
): Promise<Response> =>
  new Promise((resolve, reject) => {
    method.call(client, request, by, { deadline: Date.now() + milliseconds }, (error, response) =>
      error === null ? resolve(response) : reject(error),
    );
  });

/** The generated client as JavaScript, for processes of their own; gives its file and a function that removes it. */
export function translateClient(): { file: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), "workflow-core-client-"));
  const modules = dirname(dirname(createRequire(import.meta.url).resolve("pg/package.json")));
  const source = fileURLToPath(new URL("../../src/grpc/generated/workflow.ts", import.meta.url));
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  writeFileSync(join(root, "package.json"), JSON.stringify({ type: "module" }));
  symlinkSync(modules, join(root, "node_modules"));
  mkdirSync(join(root, "client"));
  const file = join(root, "client", "workflow.js");
  writeFileSync(file, ts.transpileModule(readFileSync(source, "utf8"), { compilerOptions }).outputText);
  return { file, remove: () => rmSync(root, { recursive: true, force: true }) };
}
