// What the log says of executions: one line of each one's start and one of its end, whatever started it and however it ended.
import { draw } from "@workflow-core/core/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { apiKey } from "./support/app.js";
import { type GrpcApp, grpcApp } from "./support/grpc.js";
import { until } from "./support/until.js";

let app: GrpcApp;
let url: string;
beforeAll(async () => {
  app = await grpcApp();
  url = `${app.url}/api/v1`;
});
afterAll(() => app.close());

const post = async (path: string, body: object) => {
  const headers = { "content-type": "application/json", "x-api-key": apiKey };
  const answer = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  return (await answer.json()) as { data: Record<string, string> & { results: Record<string, string>[] } };
};
const linesOf = (executionId: string | undefined) =>
  app.lines.filter(({ action, execution_id }) => execution_id === executionId && /_(start|end)$/.test(String(action)));

it("tells of one that a command started and that completes", async () => {
  const graph = draw("start -> end", { start: ["trigger_command", { command_name: "hi" }], end: "flow_end" });
  const workflow_id = await app.publish(graph);
  await app.services.triggers.refresh();
  const event = {
    ...{ delivery_id: "d1", type: "command", platform: "twitch", entity_id: 1, community_id: 1, message: "!hi" },
    user: { id: "u1", name: "ada", roles: [] },
  };
  const first = await post("/events", event);
  const id = first.data.results?.[0]?.execution_id;
  await until(() => linesOf(id).length === 2, "both lines");
  expect(linesOf(id)).toEqual([
    expect.objectContaining({ action: "workflow_execute_start", user: "u1", community: 1, workflow_id }),
    expect.objectContaining({
      ...{ action: "workflow_execute_end", community: 1, workflow_id, result: "SUCCESS", status: "completed" },
      ...{ message: "Workflow execution completed", nodes_executed: 2 },
    }),
  ]);
});

it.each([
  ["failed", "EGRESS_BLOCKED", ["action_webhook", { url: "http://127.0.0.1:9/", method: "GET" }]],
  ["timed_out", "TIMED_OUT", ["action_delay", { delay_seconds: 60 }]],
  ["cancelled", "CANCELLED", ["action_delay", { delay_seconds: 60 }]],
] as const)("tells of one that is %s why it is", async (status, error_type, step) => {
  const graph = draw("start -> step -> end", { start: "trigger_webhook", step: [...step], end: "flow_end" });
  const limit = status === "timed_out" ? { max_execution_time_seconds: 1 } : {};
  const workflow_id = await app.publish({ ...graph, metadata: { ...graph.metadata, ...limit } });
  const { data } = await post(`/workflows/${workflow_id}/execute`, {});
  const id = data.execution_id;
  if (status === "cancelled") await post(`/workflows/executions/${id}/cancel`, {});
  await until(() => linesOf(id).length === 2, "both lines");
  expect(linesOf(id)).toEqual([
    expect.objectContaining({ action: "workflow_execute_start", workflow_id, user: "service" }),
    expect.objectContaining({ action: "workflow_execute_end", workflow_id, result: "FAILURE", status, error_type }),
  ]);
});
