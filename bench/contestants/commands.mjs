// Chat messages among WORKFLOWS published workflows with a command each: over HTTP, where a message starts the one that
// it concerns (always one of the same ten, so that what is compared is finding it, not loading ever more workflows), and
// in the index of triggers alone.
import pg from "pg";
import { contest, keepInFlight } from "../lib/contestant.mjs";
import { load } from "../lib/load.mjs";
import { publishWorkflow, serviceHeaders, startServer } from "../lib/server.mjs";

const built = (file) => import(new URL(`../../packages/${file}`, import.meta.url).href);
const { draw } = await built("core/dist/testing/index.js");
const { TriggerIndex } = await built("server/dist/triggers/index/trigger-index.js");
const { readTrigger } = await built("server/dist/triggers/index/trigger.js");
const { parseCommand, wordKey } = await built("core/dist/triggers/commands.js");

const workflows = Number(process.env.WORKFLOWS);
const place = { community_id: 1, entity_id: 1 };
const server = await startServer({ env: { MAX_CONCURRENT_WORKFLOWS: "64" } });
const first = await publishWorkflow(
  server,
  draw("start -> end", { start: ["trigger_command", { command_name: "!do0" }], end: "flow_end" }),
);
await copyOf(first);
const message = (number) => `!do${number} @ada now`;

const index = new TriggerIndex();
for (let number = 0; number < workflows; number += 1) {
  const row = { workflow_id: String(number), node_id: "start", version: "1.0.0", kind: "command" };
  index.replace(row.workflow_id, [readTrigger({ ...row, ...place, config: { command_name: `!do${number}` } })]);
}

let sent = 0;
const overHttp = (request) =>
  load(server.url, request, () => {
    sent += 1;
    return {
      path: "/api/v1/events",
      headers: serviceHeaders,
      body: JSON.stringify(event(`d${sent}`, message(sent % 10))),
    };
  });
const alone = ({ count }) =>
  keepInFlight(count, 1, () => {
    for (let each = 0; each < 1000; each += 1) {
      const found = index.find(place, "command", wordKey(parseCommand(message((each * 7919) % workflows)).word));
      if (found.length !== 1) throw new Error("the wrong triggers were found");
    }
  });
await contest(
  (request) => (request.label === "over HTTP" ? overHttp(request) : alone(request)),
  () => server.program.stop(),
);

/** Copies the first workflow until there are enough, each with a command of its own, and waits until the last is known. */
async function copyOf(workflow) {
  const database = new pg.Client({ connectionString: process.env.BENCH_DATABASE });
  await database.connect();
  const from = `generate_series(1, ${workflows - 1}) AS n WHERE t.workflow_id = '${workflow}'`;
  const nodes = "jsonb_set(t.nodes, '{start,config,command_name}', to_jsonb('!do' || n))";
  await database.query(`
    INSERT INTO workflows (workflow_id, name, entity_id, community_id, author_id, nodes, connections)
      SELECT md5('copy' || n)::uuid, 'copy', 1, 1, 1, ${nodes}, t.connections FROM workflows AS t, ${from};
    INSERT INTO workflow_versions (workflow_id, version, number, nodes, connections, global_variables, metadata)
      SELECT md5('copy' || n)::uuid, t.version, 1, ${nodes}, t.connections, '{}', '{}' FROM workflow_versions AS t, ${from};
    UPDATE workflows AS t SET status = 'published', published_version = v.version, version = v.version
      FROM workflow_versions AS v WHERE v.workflow_id = t.workflow_id AND t.name = 'copy';`);
  await database.query("ANALYZE");
  await database.end();
  for (let tries = 0; tries < 600; tries += 1) {
    const { results } = await server.api("POST", "/events", event(`known${tries}`, `!do${workflows - 1}`));
    if (results.length === 1) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the last workflow is not known");
}

function event(delivery_id, text) {
  const about = { delivery_id, type: "command", platform: "twitch", ...place };
  return { ...about, user: { id: "7", name: "ada", roles: [] }, message: text };
}
