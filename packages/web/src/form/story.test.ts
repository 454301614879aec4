import { draw } from "@workflow-core/core/testing";
import { expect, it } from "vitest";
import type { Execution, Visit } from "../api/types.js";
import { emptyDraft } from "../builder/draft.js";
import { sampleFor } from "./sample.js";
import { storyOfRun } from "./story.js";

const drawing = {
  ...emptyDraft,
  ...draw("start -> each; each -loop_body-> ask; ask -> say; each -> done", {
    start: ["trigger_command", { command_name: "ask" }],
    each: ["loop_foreach", { collection: "{{ args }}", item_variable: "word" }],
    ask: ["action_webhook", { url: "https://example.com/{{ word }}" }],
    say: ["action_chat_message", { message: "{{ response_body.text }}" }],
    done: "flow_end",
  }),
};

const asked = (index: number): Visit => ({
  ...{ node_id: "ask", visit: `ask:0.${index}`, number: index + 1, iteration: [index], status: "completed" },
  ...{ started_at: "2026-01-01T00:00:00.000Z", duration_seconds: 0, error: null, error_type: null, retry_count: 0 },
  ...{ input: {}, output: { status_code: 200 }, variables: { response_body: { text: `answer ${index}` } } },
});
const loop = { ...asked(0), node_id: "each", visit: "each:0", iteration: [], variables: {} };
const visits: Visit[] = [
  { ...loop, input: { collection: ["one", "two"], item_variable: "word", index_variable: "index" } },
  asked(0),
  asked(1),
];
const execution: Execution = {
  ...{ execution_id: "e", workflow_id: "w", status: "completed", start_time: "2026-01-01T00:00:00.000Z" },
  ...{ end_time: null, execution_time_seconds: null, execution_path: [], trigger: { node_id: "start" } },
  node_states: {
    start: {
      ...{ status: "completed", started_at: null, completed_at: null, input_data: null, logs: [] },
      ...{ output_data: { args: ["one", "two"] }, error: null, error_type: null, retry_count: 0, visits: 1 },
    },
  },
  final_variables: { given: "by the caller", response_body: { text: "answer 1" } },
};

it("shows a node in a loop the first iteration of a past execution, and one behind it the last", async () => {
  const told = { story: storyOfRun(execution, visits), source: "run" } as const;
  const inside = await sampleFor(drawing, "say", told);
  expect(inside.source).toBe("run");
  expect(inside.variables).toMatchObject({
    ...{ args: ["one", "two"], given: "by the caller", word: "one", index: 0 },
    ...{ response_body: { text: "answer 0" }, nodes: { ask: { status_code: 200 } } },
  });
  const trigger = inside.variables.trigger;
  expect(trigger).toEqual({ args: ["one", "two"], given: "by the caller" });
});

it("takes the trigger's example where the execution did not come by", async () => {
  const told = { story: { given: {}, execution: {}, visits: [] }, source: "run" } as const;
  expect((await sampleFor(drawing, "say", told)).source).toBe("example");
});
