// What is planned: seven days in the viewer's zone, with the schedule's own where it differs; run now, pause, go on.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { makeWorkflow, serviceHeaders } from "./support.js";

test.use({ timezoneId: "Europe/Berlin" });

test("a calendar of the next days, and run now and pause by keyboard", async ({ page }) => {
  const id = await makeWorkflow(page, {
    name: "Evening show",
    nodes: {
      tick: { node_type: "trigger_schedule", config: { cron_expression: "30 19 * * *", timezone: "Asia/Tokyo" } },
      done: { node_type: "flow_end", config: {} },
    },
    connections: [{ connection_id: "a", from_node_id: "tick", to_node_id: "done" }],
  });
  await page.request.post(`/api/v1/workflows/${id}/publish`, { headers: serviceHeaders, data: {} });
  await page.goto("/");
  await page.getByRole("link", { name: "Schedules" }).click();
  const calendar = page.getByRole("list", { name: "The next seven days" });
  const entries = calendar.getByRole("link", { name: "Evening show" });
  await expect(entries.first()).toContainText("07:30 PM in Tokyo");
  expect(await entries.count()).toBeGreaterThanOrEqual(6);
  await expect(page.locator(".page-head")).toContainText("Europe/Berlin");
  await page.getByRole("button", { name: "Pause tick" }).press("Enter");
  await expect(page.locator(".manage-card")).toContainText("paused");
  await expect(entries).toHaveCount(0);
  await page.getByRole("button", { name: "Go on with tick" }).press("Enter");
  await expect(entries.first()).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id: rule }) => rule)).toEqual([]);
  await page.getByRole("button", { name: "Run tick now" }).press("Enter");
  await page.locator(".toasts").getByRole("button", { name: "Show" }).click();
  await expect(page.locator(".topbar")).toContainText("schedule · tick");
  await expect(page.locator(".topbar")).toContainText("completed");
});
