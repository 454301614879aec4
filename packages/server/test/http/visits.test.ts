// What an execution did, visit by visit, over HTTP: iterations of nested loops apart, found by node, path and status.
import { draw } from "@workflow-core/core/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Caller, publish, type TestApp, testApp, waiting } from "../support/app.js";

let app: TestApp;
let ada: Caller;
beforeAll(async () => {
  app = await testApp();
  ada = await app.as({ user_id: 7, username: "ada", community_ids: [1] });
});
afterAll(() => app.close());

const run = async (id: string, query = "?wait=10"): Promise<string> => {
  const call = { method: "POST", body: { community_id: 1, variables: { teams: [["a", "b"], ["c"]] } } } as const;
  const { json, text } = await ada(`/api/v1/workflows/${id}/execute${query}`, call);
  expect(json.success, text).toBe(true);
  return json.data.execution_id;
};
const visits = async (id: string, query: string) => ada(`/api/v1/workflows/executions/${id}/visits?${query}`);

const nested = draw("start -> teams; teams -loop_body-> people; people -loop_body-> say; teams -> end", {
  start: ["trigger_command", { command_name: "teams" }],
  teams: ["loop_foreach", { collection: "{{ teams }}", item_variable: "team" }],
  people: ["loop_foreach", { collection: "{{ team }}", item_variable: "person" }],
  say: ["action_chat_message", { message: "Hello {{ person }}" }],
  end: "flow_end",
});

it("tells every iteration apart, with its own data", async () => {
  const { workflow_id } = await publish(ada, nested);
  const id = await run(workflow_id);
  const said = await visits(id, "node_id=say&include_data=true");
  expect(said.json.meta.pagination).toMatchObject({ total: 3, total_pages: 1 });
  const brief = said.json.data.map((each: Record<string, unknown>) => [each.number, each.iteration, each.input]);
  expect(brief).toEqual([
    [1, [0, 0], expect.objectContaining({ message: "Hello a" })],
    [2, [0, 1], expect.objectContaining({ message: "Hello b" })],
    [3, [1, 0], expect.objectContaining({ message: "Hello c" })],
  ]);
  const one = await visits(id, "node_id=say&iteration=0.1&include_data=true");
  expect(one.json.data).toEqual([said.json.data[1]]);
  const outside = await visits(id, "iteration=");
  expect(outside.json.data.map(({ node_id }: { node_id: string }) => node_id)).toEqual(["start", "teams", "end"]);
  const second = await visits(id, "node_id=say&page=2&per_page=2");
  expect(second.json.data.map(({ visit }: { visit: string }) => visit)).toEqual(["say:0.1.0"]);
  expect(second.json.data[0]).not.toHaveProperty("input");
  expect((await visits(id, "node_id=nobody")).json.data).toEqual([]);
});

it("shows what failed, and what still waits", async () => {
  const failing = draw("start -> each; each -loop_body-> check", {
    start: ["trigger_command", { command_name: "check" }],
    each: ["loop_foreach", { collection: "{{ [1, 'x', 3] }}" }],
    check: ["condition_if", { condition: "item > 2" }],
  });
  const failed = await run((await publish(ada, failing)).workflow_id);
  const { json } = await visits(failed, "status=failed&node_id=check&include_data=true");
  expect(json.data).toEqual([expect.objectContaining({ number: 2, iteration: [1], error: expect.any(String) })]);

  const long = await run((await publish(ada, waiting(60))).workflow_id, "");
  await expect.poll(async () => (await visits(long, "status=waiting")).json.data[0]?.node_id).toBe("pause");
});

it("tells the last visit of each node where the events are not kept any more", async () => {
  const id = await run((await publish(ada, nested)).workflow_id);
  await app.test.database.primary.query("DELETE FROM workflow_execution_events WHERE execution_id = $1", [id]);
  const { json } = await visits(id, "include_data=true&node_id=say");
  expect(json.data).toEqual([
    expect.objectContaining({
      visit: null,
      number: 3,
      iteration: [],
      input: expect.objectContaining({ message: "Hello c" }),
    }),
  ]);
});

it("refuses what it does not understand by name", async () => {
  const id = await run((await publish(ada, nested)).workflow_id);
  for (const query of ["iteration=x", "iteration=1.", "status=skipped", "include_data=1", "per_page=101"]) {
    const { status, json } = await visits(id, query);
    expect([status, json.error.message], query).toEqual([400, expect.stringContaining(query.split("=")[0] ?? "")]);
  }
});
