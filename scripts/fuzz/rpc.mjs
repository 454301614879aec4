// Calls over gRPC: right, half right and wrong, given up and left.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { anyText, anything } from "./values.mjs";
import { credentials } from "./world.mjs";

const needs = createRequire(new URL("../../packages/server/package.json", import.meta.url));
const grpc = needs("@grpc/grpc-js");
const loader = needs("@grpc/proto-loader");
const proto = fileURLToPath(new URL("../../packages/server/proto/workflow.proto", import.meta.url));

/** A client, and the function that makes one random call; it gives the name of the status. */
export function rpcClient(port, world) {
  const { waddlebot } = grpc.loadPackageDefinition(loader.loadSync(proto, { keepCase: true, defaults: true }));
  const client = new waddlebot.workflow.WorkflowService(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const nameOf = (code) => grpc.status[code] ?? String(code);
  const id = (random, name) => world.parameter(random, name).slice(0, 1000);
  const json = (random) =>
    random.maybe(0.5) ? "{}" : random.maybe(0.7) ? JSON.stringify(anything(random)).slice(0, 900_000) : anyText(random);
  const requests = {
    TriggerWorkflow: (random) => ({
      workflow_id: id(random, "workflow_id"),
      trigger_source: random.pick(["command", "event", "", "x y"]),
      trigger_data: json(random),
      session_id: anyText(random),
      user_id: random.pick([0, 7, -1]),
      platform: anyText(random),
      token: random.maybe(0.2) ? anyText(random) : "",
    }),
    ExecuteWorkflow: (random) => ({
      workflow_id: id(random, "workflow_id"),
      community_id: random.pick([0, 1, 2, -1]),
      variables: json(random),
      idempotency_key: anyText(random),
      wait_seconds: random.pick([0, 0.1, 1, -1, 61, Number.NaN, Number.POSITIVE_INFINITY]),
      trigger_node: random.pick(["", "start", "__proto__"]),
    }),
    GetExecutionStatus: (random) => ({ execution_id: id(random, "execution_id"), include_nodes: random.maybe(0.5) }),
    CancelExecution: (random) => ({ execution_id: id(random, "execution_id"), reason: anyText(random) }),
    WatchExecution: (random) => ({
      execution_id: id(random, "execution_id"),
      after_sequence: random.pick([0, 1, -1, 2 ** 31 - 1]),
    }),
  };
  const metadataOf = (random) => {
    const metadata = new grpc.Metadata();
    for (const [name, value] of Object.entries(credentials(random)))
      if (/^[\x20-\x7e]+$/.test(value) && name !== "cookie") metadata.set(name, value);
    return metadata;
  };
  return {
    close: () => client.close(),
    call(random) {
      const name = random.pick(Object.keys(requests));
      const request = requests[name](random);
      const deadline = Date.now() + random.pick([1, 50, 3000, 5000]);
      return new Promise((resolve) => {
        if (name !== "WatchExecution") {
          const call = client[name](request, metadataOf(random), { deadline }, (error) =>
            resolve({ name, status: nameOf(error?.code ?? 0), detail: error?.details }),
          );
          if (random.maybe(0.05)) setImmediate(() => call.cancel());
          return;
        }
        const stream = client.WatchExecution(request, metadataOf(random), { deadline });
        const leave = setTimeout(() => stream.cancel(), 300);
        stream.on("data", () => undefined).on("error", () => undefined);
        stream.on("status", ({ code, details }) => {
          clearTimeout(leave);
          resolve({ name, status: nameOf(code), detail: details });
        });
      });
    },
  };
}
