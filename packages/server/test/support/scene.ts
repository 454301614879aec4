// The scene of a crash test: one database, one Router, any number of replicas, and what a test asks of them.
import { randomUUID } from "node:crypto";
import type { NetConnectOpts } from "node:net";
import { isFinal, type WorkflowGraph } from "@workflow-core/core";
import { draw } from "@workflow-core/core/testing";
import type { TestContext } from "vitest";
import { type Database, databaseOn } from "../../src/store/database.js";
import { openPool } from "../../src/store/pool.js";
import { publishWorkflow } from "../../src/store/versions.js";
import { createWorkflow } from "../../src/store/workflows.js";
import { testDatabase } from "./database.js";
import { type FakeRouter, startFakeRouter } from "./fake-router.js";
import { type Answer, type Replica, startReplica } from "./replicas.js";
import { until } from "./until.js";

export interface ExecutionFacts {
  execution_id: string;
  status: string;
  dedupe_key: string | null;
  recoveries: number;
  recovered_at: Date | null;
  fence: number;
  events: number;
  error_type: string | null;
  start_time: Date;
  end_time: Date | null;
  available_at: Date | null;
  claimed_by: string | null;
}

export interface Scene {
  uri: string;
  database: Database;
  router: FakeRouter;
  /** All that were started, dead ones too. */
  replicas: Replica[];
  replica(env?: Record<string, string>, uri?: string): Promise<Replica>;
  /** Publishes a workflow; gives its id. */
  publish(graph: WorkflowGraph, community?: number): Promise<string>;
  facts(): Promise<ExecutionFacts[]>;
  fact(executionId: string): Promise<ExecutionFacts>;
  /** Waits until all these executions, or all there are, are over. */
  over(executionIds?: readonly string[], patience?: number): Promise<ExecutionFacts[]>;
  /** Kills what still runs and takes everything away. */
  close(): Promise<void>;
}

/** Where a proxy finds the server of an address, and the address by which replicas reach it through the proxy. */
export const behind = (uri: string): { target: NetConnectOpts; through(port: number): string } => {
  const url = new URL(uri.replace("@/", "@localhost/"));
  const host = url.searchParams.get("host") ?? url.hostname;
  const port = Number(url.searchParams.get("port") ?? url.port) || 5432;
  return {
    target: host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port },
    through: (proxyPort) => `postgresql://${url.username}@127.0.0.1:${proxyPort}${url.pathname}?sslmode=disable`,
  };
};

export interface SceneOptions {
  uri: string;
  /** Ends the database after everything else. */
  drop?: () => Promise<void>;
}

/** A scene on a database of its own, which is taken away when the test has ended. */
export async function sceneOf({ onTestFinished }: Pick<TestContext, "onTestFinished">): Promise<Scene> {
  const made = await scene(await testDatabase());
  onTestFinished(() => made.close());
  return made;
}

/** Sets a scene on a database, which the first replica migrates when that is not done yet. */
export async function scene({ uri, drop }: SceneOptions): Promise<Scene> {
  const router = await startFakeRouter();
  const pool = openPool({ uri, max: 4, applicationName: "scene" });
  const database = databaseOn(pool);
  const replicas: Replica[] = [];
  const facts = async (): Promise<ExecutionFacts[]> => {
    const { rows } = await pool.query<ExecutionFacts>(
      `SELECT execution_id, status, dedupe_key, recoveries, recovered_at, fence::integer, error_type, start_time, end_time, available_at, claimed_by,
         (SELECT count(*)::integer FROM workflow_execution_events AS v WHERE v.execution_id = e.execution_id) AS events
       FROM workflow_executions AS e ORDER BY start_time, execution_id`,
    );
    return rows;
  };
  const chosen = async (ids: readonly string[] | undefined) =>
    (await facts()).filter(({ execution_id }) => ids === undefined || ids.includes(execution_id));
  const fact = async (id: string) => {
    const [found] = await chosen([id]);
    if (found === undefined) throw new Error(`no execution ${id}`);
    return found;
  };
  return {
    ...{ uri, database, router, replicas, facts, fact },
    replica: async (env = {}, at = uri) => {
      const replica = await startReplica({ databaseUri: at, routerUrl: router.url, env });
      replicas.push(replica);
      return replica;
    },
    publish: async (graph, community = 1) => {
      const created = await createWorkflow(database, {
        ...{ name: "crash", description: null, entity_id: 1, community_id: community, author_id: 1 },
        ...graph,
      });
      const published = await publishWorkflow(database, created.workflow_id, { authorId: 1 });
      if (published === undefined || published === "conflict") throw new Error("not published");
      return created.workflow_id;
    },
    over: async (ids, patience = 30_000) => {
      let last: ExecutionFacts[] = [];
      const finished = async () => {
        last = await chosen(ids).catch(() => []);
        return last.length > 0 && last.every(({ status }) => isFinal(status as Parameters<typeof isFinal>[0]));
      };
      await until(finished, "the end of all executions", patience).catch((error: Error) => {
        const open = last.filter(({ end_time }) => end_time === null);
        throw new Error(`${error.message}; open: ${JSON.stringify(open.slice(0, 5))}`, { cause: error });
      });
      return last;
    },
    close: async () => {
      await Promise.all(replicas.filter(({ alive }) => alive).map((replica) => replica.kill()));
      await router.close();
      await pool.end();
      await drop?.();
    },
  };
}

/** Starts an execution through the door of a replica; with a key, it may be asked again. */
export const execute = (replica: Replica, workflowId: string, key: string = randomUUID()): Promise<Answer> =>
  replica.call("POST", `/api/v1/workflows/${workflowId}/execute`, { variables: {} }, { "idempotency-key": key });

/** Starts so many executions at once; gives their ids. Throws unless all are accepted. */
export async function executeMany(replica: Replica, workflowId: string, count: number): Promise<string[]> {
  const answers = await Promise.all(Array.from({ length: count }, () => execute(replica, workflowId)));
  return answers.map(({ status, body }) => {
    if (status !== 202) throw new Error(`not accepted: ${status} ${JSON.stringify(body)}`);
    return String(body.data?.execution_id);
  });
}

/** Deliveries and effects by key: what was sent, and what came of it. */
export function effects(router: FakeRouter): { total: number; worst: number; conflicts: number; withoutKey: number } {
  const byKey = new Map<string | null, number>();
  for (const { key, effect } of router.ledger) if (effect) byKey.set(key, (byKey.get(key) ?? 0) + 1);
  return {
    total: [...byKey.values()].reduce((sum, count) => sum + count, 0),
    worst: Math.max(0, ...byKey.values()),
    conflicts: router.ledger.filter(({ conflict }) => conflict).length,
    withoutKey: router.ledger.filter(({ key }) => key === null).length,
  };
}

const call = (name: string) => ["action_module", { module_name: name, action: "run", output_variable: name }] as const;

/** call, so many seconds of delay, call */
export const callDelayCall = (seconds: number): WorkflowGraph =>
  draw("start -> a -> wait -> b -> end", {
    start: "trigger_webhook",
    a: call("a"),
    wait: ["action_delay", { delay_seconds: seconds }],
    b: call("b"),
    end: ["flow_end", { output_data: { done: true } }],
  });

/** Two calls, one after the other. */
export const line = draw("start -> a -> b -> end", {
  start: "trigger_webhook",
  a: call("a"),
  b: call("b"),
  end: ["flow_end", { output_data: { done: true } }],
});

/** Two calls side by side, joined, and a third. */
export const diamond = draw("start -> a -> both -> c -> end; start -> b -> both", {
  start: "trigger_webhook",
  a: call("a"),
  b: call("b"),
  both: ["flow_merge", { merge_strategy: "wait_all" }],
  c: call("c"),
  end: ["flow_end", { output_data: { done: true } }],
});

/** Twice a call and a delay. */
export const loop = draw("start -> each -loop_body-> a -> wait; each -> b -> end", {
  start: "trigger_webhook",
  each: ["loop_foreach", { collection: "{{ [1, 2] }}" }],
  a: call("a"),
  wait: ["action_delay", { delay_seconds: 0.7 }],
  b: call("b"),
  end: ["flow_end", { output_data: { done: true } }],
});

/** How many calls an execution of each makes. */
export const callsOf = { line: 2, diamond: 3, loop: 3 } as const;
