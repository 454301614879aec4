// Our whole server, called over HTTP. GRAPH: `everyday` or `stored` (nothing but an end). ANSWER: `stored` (a signed
// webhook, answered when the execution is stored) or `finished` (POST …/execute?wait). The everyday job counts when all
// executions are finished and stored; the figure of `stored` is that of the answers alone. SLOTS: how many run at a time.
import pg from "pg";
import { contest } from "../lib/contestant.mjs";
import { load } from "../lib/load.mjs";
import { makeWebhook, publishWorkflow, serviceHeaders, startServer } from "../lib/server.mjs";
import { openApi, order, totalOf } from "../lib/shop.mjs";

const { draw } = await import(new URL("../../packages/core/dist/testing/index.js", import.meta.url).href);
const { GRAPH: graphName, ANSWER: answered, SLOTS = "64" } = process.env;
const api = await openApi();
const server = await startServer({
  env: {
    ...{ MAX_CONCURRENT_WORKFLOWS: SLOTS, WEBHOOK_ADDRESS_LIMIT_PER_MINUTE: "1000000" },
    EGRESS_ALLOW_CIDRS: `127.0.0.1/32:${api.port}`,
  },
});
const workflow = await publishWorkflow(
  server,
  graphName === "everyday" ? everyday() : draw("start -> end", { start: "trigger_webhook", end: "flow_end" }),
);
const webhook = await makeWebhook(server, workflow);
const database = new pg.Client({ connectionString: process.env.BENCH_DATABASE });
await database.connect();

const requests = {
  stored: (index) => {
    const body = order(index);
    return { path: webhook.path, headers: webhook.headers(body), body };
  },
  finished: (index) => ({
    ...{ path: `/api/v1/workflows/${workflow}/execute?wait=30`, headers: serviceHeaders },
    body: JSON.stringify({ community_id: 1, variables: { payload: JSON.parse(order(index)) } }),
  }),
};

/**
 * Waits until nothing is unfinished; gives when the last one ended (ms since 1970). It asks for what is open only, so as
 * not to be in the way: counting all takes longer with each round. Throws when something failed.
 */
const finished = async (expected) => {
  const one = async (text) => (await database.query(text)).rows[0];
  for (;;) {
    const { open } = await one(
      "SELECT EXISTS (SELECT FROM workflow_executions WHERE status IN ('queued', 'running', 'waiting')) AS open",
    );
    if (!open) break;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const { completed, count, ended } = await one(
    `SELECT count(*)::int AS count, (count(*) FILTER (WHERE status = 'completed'))::int AS completed,
       extract(epoch FROM max(end_time)) * 1000 AS ended FROM workflow_executions`,
  );
  if (completed !== expected) throw new Error(`of ${count} executions ${completed} are completed, not ${expected}`);
  return Number(ended);
};
let done = 0;
await contest(
  async (request) => {
    const begun = Date.now();
    const answers = await load(server.url, request, requests[answered]);
    done += request.count;
    const ended = await finished(done);
    return graphName === "everyday" ? { perSecond: (request.count / (ended - begun)) * 1000 } : answers;
  },
  async () => {
    await database.end();
    await server.program.stop();
    api.close();
  },
);

function everyday() {
  return draw("start -> note -> large -true-> total -> tell; large -false-> tell", {
    start: "trigger_webhook",
    note: ["data_variable_set", { variable_name: "items", value: "{{ payload.items }}" }],
    large: ["condition_if", { condition: "items.length > 2" }],
    total: ["data_transform", { transform_code: `const items = input; return ${totalOf};`, input_variable: "items" }],
    tell: ["action_webhook", { url: api.url, body: { id: "{{ payload.id }}", total: "{{ output }}" } }],
  });
}
