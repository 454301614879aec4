// Random requests against a running server: `node scripts/fuzz.mjs [--seconds 600] [--seed N]`. It starts the built
// program with its embedded database and asks all routes, all gRPC methods and bare sockets for nonsense.
//
// It fails when
// R1. an answer is 5xx, but for 503 with Retry-After and 504 to `wait`; a gRPC status is INTERNAL, UNKNOWN or DATA_LOSS;
// R2. the process ends, an answer takes longer than 20 s, or /health longer than 5 s;
// R3. the log holds an uncaught error or a bug (http_error, grpc_error, event_stream);
// R4. the memory that lives is more than 1.3 times what it was (and 40 MB in runs under two minutes), or the process has
//     more than 640 MB. What lives is the least heap in use in the last quarter of the first fifth, when
//     caches are warm, and of the rest: beside it there is garbage that V8 has not collected, and room that it keeps.
// The seed draws the same requests again; what they meet depends on the order in which answers come.
import { Agent } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { chance } from "./fuzz/random.mjs";
import { draw, operationsOf, send } from "./fuzz/requests.mjs";
import { rpcClient } from "./fuzz/rpc.mjs";
import { startServer } from "./fuzz/server.mjs";
import { breakIn, slowClients } from "./fuzz/sockets.mjs";
import { apiKey, createWorld } from "./fuzz/world.mjs";

const { values } = parseArgs({ options: { seconds: { type: "string" }, seed: { type: "string" } } });
const seconds = Number(values.seconds ?? 600);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const lanes = 8;
/** What lives on the server for good stays about as much, so that memory can be compared. */
const mostGood = 40;

const failures = [];
const fail = (what) => {
  if (failures.length < 50) failures.push(what);
};
const counts = new Map();
const count = (name) => counts.set(name, (counts.get(name) ?? 0) + 1);

/** R1 */
function judge(request, { status, text, headers }) {
  count(status);
  const code = /"code":"(\w+)"/.exec(text)?.[1];
  const allowed =
    (status === 503 && headers["retry-after"] !== undefined) || (status === 504 && code === "EXECUTION_TIMEOUT");
  if (status === -1) fail(`no answer in 20 s: ${tell(request)}`);
  else if (status >= 500 && !allowed) fail(`${status} ${text.slice(0, 300)} for ${tell(request)}`);
}

const tell = ({ method, path, body }) => `${method} ${path.slice(0, 300)} ${String(body ?? "").slice(0, 600)}`;

/** A workflow that is published and has one of everything, in place of the oldest of as many as there may be. */
async function prepare(world, port, graph) {
  const call = async (method, path, body) => {
    const headers = { "x-api-key": apiKey, "content-type": "application/json" };
    const request = { method, path: `/api/v1${path}`, headers, body: JSON.stringify(body) };
    // A connection of its own: what others left on theirs must not spoil it.
    const answer = await send(port, request, false);
    if (method === "POST" && path === "/workflows" && answer.status !== 201)
      fail(`a good workflow is not made: ${answer.status} ${answer.text.slice(0, 300)}`);
    judge(request, answer);
    learn(world, answer.text);
    return answer.status >= 200 && answer.status < 300 ? JSON.parse(answer.text).data : {};
  };
  const { workflow_id } = await call("POST", "/workflows", { name: "Good", entity_id: 1, community_id: 1, ...graph });
  await call("POST", `/workflows/${workflow_id}/publish`, {});
  await call("POST", `/workflows/${workflow_id}/webhooks`, { name: "Hook", require_signature: false });
  await call("POST", `/workflows/${workflow_id}/schedules`, { cron_expression: "0 0 * * *" });
  const rights = { can_view: true, can_edit: true, can_execute: true };
  await call("POST", `/workflows/${workflow_id}/permissions`, { user_id: 7, ...rights });
  await call("POST", `/workflows/${workflow_id}/execute`, {});
  world.good.push(workflow_id);
  if (world.good.length > mostGood) await call("DELETE", `/workflows/${world.good.shift()}`);
}

async function lane(number, until, { server, api, world }) {
  const random = chance(seed + number * 7919);
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const rpc = rpcClient(server.grpcPort, world);
  while (Date.now() < until && server.alive) {
    const kind = random.next();
    if (kind < 0.01) await prepare(world, server.port, random.pick(world.graphs)).then(() => count("prepared"));
    else if (kind < 0.04) await breakIn(random, [server.port, server.grpcPort]).then(() => count("broken"));
    else if (kind < 0.15) {
      const { name, status, detail } = await rpc.call(random);
      count(`grpc ${status}`);
      if (/^(INTERNAL|UNKNOWN|DATA_LOSS)$/.test(status)) fail(`gRPC ${name} ${status}: ${detail}`);
    } else {
      const request = draw(random, api);
      const answer = await send(server.port, request, random.maybe(0.9) ? agent : undefined);
      if (request.leaves) count("left");
      else judge(request, answer);
      if (answer.status < 300) learn(world, answer.text);
    }
  }
  rpc.close();
  agent.destroy();
}

function learn(world, text) {
  try {
    world.learn(JSON.parse(text).data);
  } catch {
    // no JSON, nothing to learn
  }
}

/** R2: the process answers while all this goes on. Beside it, how much of its heap is in use (R4). */
async function watch(until, server) {
  let slowest = 0;
  const heap = [];
  const ask = (path) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { signal: AbortSignal.timeout(5000) }).then(
      (answer) => answer.text(),
      () => "",
    );
  while (Date.now() < until && server.alive) {
    const begun = performance.now();
    if (!(await ask("/health")).includes("healthy")) fail("/health did not answer within 5 s");
    slowest = Math.max(slowest, performance.now() - begun);
    const used = /^nodejs_heap_size_used_bytes (\S+)$/m.exec(await ask("/metrics"))?.[1];
    if (used !== undefined) heap.push(Number(used));
    await pause(200);
  }
  return { slowest, heap };
}

const run = async (context, part, milliseconds) => {
  const until = Date.now() + milliseconds;
  const [watched] = await Promise.all([
    watch(until, context.server),
    ...Array.from({ length: lanes }, (_, number) => lane(number + lanes * part, until, context)),
  ]);
  return watched;
};

console.log(`seed ${seed}, ${seconds} s`);
const server = await startServer();
// Whatever goes wrong here, the server does not stay behind.
const giveUp = async (reason) => {
  console.error(reason);
  await server.stop();
  process.exit(2);
};
for (const end of ["uncaughtException", "SIGINT", "SIGTERM"]) process.once(end, giveUp);
const openapi = await (await fetch(`http://127.0.0.1:${server.port}/openapi.json`)).json();
const world = createWorld();
for (const graph of world.graphs) await prepare(world, server.port, graph);
const api = { operations: operationsOf(openapi), components: openapi.components.schemas, world };
const context = { server, api, world };
const slow = slowClients([server.port], 50);

const first = await run(context, 0, seconds * 200);
const rest = await run(context, 1, seconds * 800);
const closed = slow.end();
const rss = server.alive ? server.rss() : 0;

const megabytes = (bytes) => Math.round(bytes / 2 ** 20);
const leastAtEnd = ({ heap }) => Math.min(...heap.slice(-Math.ceil(heap.length / 4)));
const warm = leastAtEnd(first);
const after = leastAtEnd(rest);
const bound = warm * 1.3 + (seconds < 120 ? 40 * 2 ** 20 : 0);
if (!(after <= bound)) fail(`memory: ${megabytes(warm)} MB live at first, ${megabytes(after)} MB at last`); // R4
if (rss > 640 * 2 ** 20) fail(`memory: ${megabytes(rss)} MB`);
if (!server.alive) fail("the process ended");
if (seconds > 60 && closed < 50) fail(`only ${closed} of 50 slow clients were closed`);
for (const line of server.log().split("\n")) // R3
  if (/"action":"(http_error|grpc_error|event_stream|uncaught\w*)"/.test(line)) fail(`log: ${line.slice(0, 1500)}`);
const code = await server.stop();
if (code !== 0) fail(`the process ended with ${code}`);

console.log(Object.fromEntries([...counts].sort(([one], [other]) => String(one).localeCompare(String(other)))));
console.log(
  `memory ${megabytes(warm)} MB live at first, ${megabytes(after)} MB at last, the process ${megabytes(rss)} MB; slowest /health ${Math.round(Math.max(first.slowest, rest.slowest))} ms; slow clients closed ${closed}`,
);
for (const each of failures) console.error(`FAILED ${each}`);
console.log(
  failures.length === 0 ? `nothing found with seed ${seed}` : `${failures.length} failures with seed ${seed}`,
);
process.exit(failures.length === 0 ? 0 : 1);
