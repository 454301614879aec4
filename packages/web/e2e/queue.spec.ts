// The queue: what is under way in each community, what is used of the limits, and cancelling from there.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { makeWorkflow, serviceHeaders } from "./support.js";

test("what is under way is counted, listed and cancelled; limits say what is used of them", async ({ page }) => {
  const id = await makeWorkflow(page, {
    name: "Long wait",
    nodes: {
      start: { node_type: "trigger_command", config: { command_name: "long" } },
      pause: { node_type: "action_delay", config: { delay_seconds: 200 } },
    },
    connections: [{ connection_id: "a", from_node_id: "start", to_node_id: "pause" }],
  });
  const call = { headers: serviceHeaders };
  await page.request.post(`/api/v1/workflows/${id}/publish`, { ...call, data: {} });
  await page.request.post(`/api/v1/workflows/${id}/execute`, { ...call, data: { community_id: 1 } });
  await page.goto("/status");
  await page.getByRole("link", { name: "Queue and limits" }).press("Enter");
  const row = page.getByRole("row").filter({ hasText: "Long wait" });
  await expect(row).toContainText("waiting");
  await expect(row).toContainText("in 3 minutes");
  await expect(page.getByRole("list", { name: "Limits" })).toContainText("MAX_CONCURRENT_WORKFLOWS");
  await expect(page.getByRole("meter", { name: "In use of MAX_CONCURRENT_WORKFLOWS" })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id: rule }) => rule)).toEqual([]);
  await page.getByRole("button", { name: "Cancel this execution of Long wait" }).press("Enter");
  await expect(row).toHaveCount(0);
});
