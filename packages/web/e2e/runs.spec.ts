// Looking back: each iteration of a loop with its own data, straight to the one that failed, and from there into the
// draft: previews made of that execution, its data and answers in the try panel, and a repetition from a node.
import { expect, test } from "@playwright/test";
import { card, greeting, makeWorkflow, openBuilder, serviceHeaders } from "./support.js";

const connection = (from: string, to: string, port = "output") => ({
  ...{ connection_id: `${from}-${to}`, from_node_id: from, from_port_name: port, to_node_id: to },
});
const shoutOuts = {
  name: "Shout-outs",
  nodes: {
    start: { node_type: "trigger_command", position: { x: 0, y: 0 }, config: { command_name: "so" } },
    each: {
      node_type: "loop_foreach",
      position: { x: 312, y: 0 },
      config: { collection: "{{ args }}", item_variable: "person" },
    },
    size: {
      node_type: "action_module",
      position: { x: 624, y: 160 },
      config: { module_name: "people", action: "size", params: { of: "{{ person }}" }, output_variable: "answer" },
    },
    check: { node_type: "condition_if", position: { x: 936, y: 160 }, config: { condition: "person > 3" } },
  },
  connections: [connection("start", "each"), connection("each", "size", "loop_body"), connection("size", "check")],
};

test("iterations one by one, and the execution in the draft", async ({ page }) => {
  const id = await makeWorkflow(page, shoutOuts);
  const published = await page.request.post(`/api/v1/workflows/${id}/publish`, { headers: serviceHeaders, data: {} });
  expect(published.status(), await published.text()).toBe(200);
  const run = await page.request.post(`/api/v1/workflows/${id}/execute?wait=10`, {
    headers: serviceHeaders,
    data: { community_id: 1, variables: { args: [3, 4, "c", 6] } },
  });
  const { execution_id } = ((await run.json()) as { data: { execution_id: string } }).data;

  await page.goto(`/workflows/${id}/runs/${execution_id}`);
  const data = page.locator(".run-data");
  await expect(data.getByRole("heading", { level: 2 })).toHaveText("check");
  await expect(data.getByRole("spinbutton", { name: "Iteration" })).toHaveValue("3");
  await expect(data).toContainText("needs two numbers");
  await page.getByRole("button", { name: /^size/ }).click();
  await expect(data.getByRole("heading", { level: 2 })).toHaveText("size");
  await expect(data.getByLabel("Input")).toContainText('"of": "c"');
  await page.getByRole("button", { name: "Iteration before" }).click();
  await expect(data.getByLabel("Input")).toContainText('"of": 4');
  await data.getByRole("spinbutton", { name: "Iteration" }).press("ArrowDown");
  await expect(data.getByLabel("Input")).toContainText('"of": 3');
  await page.getByRole("button", { name: /^check/ }).click();
  await expect(data).toContainText("completed");
  await page.getByRole("button", { name: "The one that failed" }).click();
  await expect(data.getByRole("spinbutton", { name: "Iteration" })).toHaveValue("3");

  await page.getByRole("button", { name: "From check" }).click();
  await expect(page).not.toHaveURL(new RegExp(execution_id));
  await expect(page.locator(".topbar")).toContainText("retry");
  await page.goto(`/workflows/${id}/runs/${execution_id}`);
  await page.getByRole("button", { name: "Try with its data" }).click();
  await page.getByRole("button", { name: "Run it on this draft" }).click();
  await expect(page.getByRole("log")).toContainText("Answers are pinned as they were then: size");
  await expect(page.getByRole("log")).toContainText("needs two numbers");
});

test("previews of fields are made of the past execution that is chosen", async ({ page }) => {
  const id = await makeWorkflow(page, greeting("!preview"));
  const head = { headers: serviceHeaders };
  await page.request.post(`/api/v1/workflows/${id}/publish`, { ...head, data: {} });
  const body = { community_id: 1, variables: { username: "grace" } };
  await page.request.post(`/api/v1/workflows/${id}/execute?wait=10`, { ...head, data: body });
  await openBuilder(page, id);
  await card(page, "greet").click();
  await expect(page.locator(".preview").first()).toContainText("Hello, ada!");
  const picker = page.getByLabel("Previews with");
  const run = await picker.locator("optgroup option").first().getAttribute("value");
  await picker.selectOption(run);
  await expect(page.locator(".preview").first()).toContainText("In that execution");
  await expect(page.locator(".preview").first()).toContainText("Hello, grace!");
  await picker.selectOption("example");
  await expect(page.locator(".preview").first()).toContainText("Hello, ada!");
});
