// What browser stories have in common: a fresh workflow, and the service's key for what comes from outside.
import { expect, type Page } from "@playwright/test";

export const serviceHeaders = { "X-API-Key": "browser-tests" };

/** Makes a workflow over REST; gives its id. */
export const makeWorkflow = async (page: Page, workflow: Record<string, unknown>): Promise<string> => {
  const answer = await page.request.post("/api/v1/workflows", {
    headers: { ...serviceHeaders, "X-On-Behalf-Of": "1" },
    data: { entity_id: 1, community_id: 1, name: "Story", ...workflow },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  return ((await answer.json()) as { data: { workflow_id: string } }).data.workflow_id;
};

export const greeting = (command: string) => ({
  name: `Greeting ${command}`,
  nodes: {
    start: { node_type: "trigger_command", position: { x: 0, y: 96 }, config: { command_name: command } },
    greet: {
      node_type: "action_chat_message",
      position: { x: 312, y: 96 },
      config: { message: "Hello, {{ username }}!" },
      retry: true,
    },
    done: { node_type: "flow_end", position: { x: 624, y: 96 }, config: {} },
  },
  connections: [
    { connection_id: "a", from_node_id: "start", from_port_name: "output", to_node_id: "greet" },
    { connection_id: "b", from_node_id: "greet", from_port_name: "output", to_node_id: "done" },
  ],
});

export const openBuilder = async (page: Page, id: string): Promise<void> => {
  await page.goto(`/workflows/${id}`);
  await expect(page.getByRole("button", { name: "Publish" })).toBeVisible();
};

export const card = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);

/** The code editor of a field of the inspector. */
export const editorOf = (page: Page, path: string) => page.locator(`[data-path="${path}"] .cm-content`);

export const publish = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click();
  await expect(page.locator(".topbar-state")).toContainText("Published");
};
