// No edit is lost: two tabs, a reload in the middle, a lost connection, a broken file. And everybody can use it.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { card, editorOf, greeting, makeWorkflow, openBuilder } from "./support.js";

test("two tabs edit different cards: both edits are kept", async ({ page, context }) => {
  const id = await makeWorkflow(page, greeting("!tabs"));
  const other = await context.newPage();
  await openBuilder(page, id);
  await openBuilder(other, id);
  await expect(other.locator(".presence")).toContainText("you, in another tab");
  await card(page, "greet").click();
  await page.getByLabel("Label of the node").fill("Mine");
  await expect(page.locator(".save-chip")).toContainText("Saved");
  await card(other, "done").click();
  await other.getByLabel("Label of the node").fill("Theirs");
  await expect(other.getByRole("dialog")).toContainText("Somebody else has changed");
  await other.getByRole("button", { name: "Keep both" }).click();
  await expect(other.locator(".save-chip")).toContainText("Saved");
  await page.reload();
  await expect(card(page, "greet")).toContainText("Mine");
  await expect(card(page, "done")).toContainText("Theirs");
});

test("a reload keeps the edit and its undo", async ({ page }) => {
  await openBuilder(page, await makeWorkflow(page, greeting("!reload")));
  await card(page, "greet").click();
  await editorOf(page, "config.message").click();
  await page.keyboard.press("End");
  await page.keyboard.type(" Nice");
  await page.reload();
  await expect(card(page, "greet")).toContainText("Nice");
  await expect(page.locator(".save-chip")).toContainText("Saved");
  await page.keyboard.press("Control+z");
  await expect(card(page, "greet")).not.toContainText("Nice");
});

test("offline, edits wait here and are saved when the server is back", async ({ page, context }) => {
  await openBuilder(page, await makeWorkflow(page, greeting("!offline")));
  await card(page, "greet").click();
  await expect(page.getByLabel("Label of the node")).toBeVisible();
  await context.setOffline(true);
  await page.getByLabel("Label of the node").fill("Offline");
  await expect(page.locator(".save-chip")).toContainText("Kept here");
  await expect(page.getByRole("alert")).toContainText("cannot be reached");
  await context.setOffline(false);
  await expect(page.locator(".save-chip")).toContainText("Saved", { timeout: 15_000 });
});

test("a broken file says what is wrong", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Import" }).click();
  await page.getByLabel("Workflow as JSON").fill('{"nodes": {"a": {"node_type": 3}}}');
  await expect(page.getByRole("alert")).toContainText("nodes.a.node_type");
  await expect(page.getByRole("dialog").getByRole("button", { name: "Import", exact: true })).toBeDisabled();
});

test("publishing says what is wrong and leads there", async ({ page }) => {
  const broken = greeting("!broken");
  broken.nodes.greet.config.message = "Hello {{ username";
  await openBuilder(page, await makeWorkflow(page, broken));
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true })).toBeDisabled();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Chat message · Text: / })
    .click();
  await expect(editorOf(page, "config.message")).toBeFocused();
});

for (const theme of ["light", "dark"] as const)
  test(`axe finds nothing serious, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme });
    const id = await makeWorkflow(page, greeting(`!axe-${theme}`));
    const check = async (place: string) => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(
        serious.map((each) => `${place}: ${each.id} ${each.nodes[0]?.target.join(" ")}`),
        place,
      ).toEqual([]);
    };
    const paths = [
      "/",
      `/workflows/${id}/runs`,
      "/schedules",
      "/triggers",
      "/secrets",
      "/audit",
      "/status",
      "/status/queue",
    ];
    const manage = ["webhooks", "schedules", "people", "log"].map((each) => `/workflows/${id}/manage/${each}`);
    for (const path of [...paths, ...manage]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByRole("status").filter({ hasText: "Loading" })).toHaveCount(0);
      await check(path);
    }
    await openBuilder(page, id);
    await card(page, "greet").click();
    await page.getByRole("button", { name: "Try it" }).click();
    await expect(page.getByRole("log")).toBeVisible();
    await expect(editorOf(page, "config.message")).toBeVisible();
    await check("builder");
  });
