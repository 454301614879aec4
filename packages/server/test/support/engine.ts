// An engine on a test database, with an outside world that a test answers.
import {
  type Answer,
  type Call,
  defaultLimits,
  type GuestCode,
  type Json,
  type Limits,
  type Outside,
  type WorkflowGraph,
} from "@workflow-core/core";
import { systemClock } from "../../src/clock.js";
import { createEngine, type Engine, type EngineOptions } from "../../src/execution/engine.js";
import type { StartRequest, StartResult } from "../../src/execution/start.js";
import { type ExecutionDetail, getExecution } from "../../src/store/executions.js";
import { openPool } from "../../src/store/pool.js";
import { publishWorkflow } from "../../src/store/versions.js";
import { createWorkflow } from "../../src/store/workflows.js";
import type { TestDatabase } from "./database.js";
import { until } from "./until.js";

export interface TestCall {
  kind: string;
  body: Json;
  key: string;
  attempt: number;
  node: string;
  signal: { aborted: boolean };
}

export interface TestEngine extends Engine {
  /** Everything the workflows asked of the router, in order. */
  calls: TestCall[];
  /** How many entries each flight of the journal stored. */
  flights: number[];
  publish(graph: WorkflowGraph, community?: number): Promise<StartRequest["workflow"]>;
  run(graph: WorkflowGraph, request?: Partial<StartRequest>): Promise<StartResult>;
  /** The execution once it is over. */
  over(executionId: string): Promise<ExecutionDetail>;
  read(executionId: string): Promise<ExecutionDetail>;
  close(): Promise<void>;
}

export interface TestEngineOptions {
  slots?: number;
  caps?: EngineOptions["caps"];
  limits?: Partial<Limits>;
  parkAfterMs?: number;
  leaseSeconds?: number;
  /** Answers a router call; it works unless a test says otherwise. */
  answer?: (call: TestCall) => Answer<Json> | Promise<Answer<Json>>;
  /** Gives what guest code results in; null unless a test says otherwise. */
  guest?: (code: GuestCode, signal: Call["signal"]) => Json | Promise<Json>;
}

const fine: Answer<Json> = { ok: true, value: { success: true } };

/** Builds and starts an engine; close it before the database is dropped. */
export const testEngine = async (test: TestDatabase, options: TestEngineOptions = {}): Promise<TestEngine> => {
  const calls: TestCall[] = [];
  const flights: number[] = [];
  const outside: Outside = {
    router: async (kind, body, _timeout, call) => {
      const made: TestCall = {
        kind,
        body,
        key: call.idempotencyKey,
        attempt: call.attempt,
        node: call.node_id,
        signal: call.signal,
      };
      calls.push(made);
      return (await options.answer?.(made)) ?? fine;
    },
    http: async () => ({ ok: true, value: { status_code: 200, response_body: {}, response_headers: {} } }),
    sandbox: async (code, { signal }) => ({
      ok: true,
      value: { output: (await options.guest?.(code, signal)) ?? null, logs: [] },
    }),
  };
  const enginePool = openPool({
    ...{ uri: test.uri, max: 4, applicationName: "test-engine", statementTimeoutMs: 10_000 },
  });
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (_action: string, error: unknown) => problems.push(error),
  };
  const problems: unknown[] = [];
  const engine = createEngine({
    database: test.database,
    enginePool,
    outside,
    limits: { ...defaultLimits, ...options.limits },
    clock: systemClock,
    name: "test",
    role: "all",
    slots: options.slots ?? 10,
    ...(options.caps === undefined ? {} : { caps: options.caps }),
    parkAfterMs: options.parkAfterMs ?? 50,
    ...(options.leaseSeconds === undefined ? {} : { leaseSeconds: options.leaseSeconds }),
    onFlight: (entries) => flights.push(entries),
    log,
  });
  await engine.worker.start();
  const read = async (executionId: string) => {
    const found = await getExecution(test.database, executionId);
    if (!found) throw new Error(`no execution ${executionId}`);
    return found;
  };
  const publish = async (graph: WorkflowGraph, community = 1) => {
    const created = await createWorkflow(test.database, {
      name: "test",
      description: null,
      entity_id: 1,
      community_id: community,
      author_id: 1,
      ...graph,
    });
    const published = await publishWorkflow(test.database, created.workflow_id, { authorId: 1 });
    if (published === undefined || published === "conflict" || published.published_version === null)
      throw new Error("not published");
    return {
      workflow_id: created.workflow_id,
      community_id: community,
      entity_id: 1,
      version: published.published_version,
    };
  };
  return {
    ...engine,
    calls,
    flights,
    publish,
    read,
    run: async (graph, request = {}) =>
      engine.start({ source: "manual", ...request, workflow: request.workflow ?? (await publish(graph)) }),
    over: async (executionId) => {
      await until(async () => (await read(executionId)).end_time !== null, `the end of ${executionId}`, 20_000);
      return read(executionId);
    },
    close: async () => {
      await engine.worker.drain(1);
      await enginePool.end();
    },
  };
};
