// Drawing the greeting from nothing: by mouse, and again by keyboard alone; then trying, publishing, firing, watching.
import { expect, type Locator, type Page, test } from "@playwright/test";
import { card, editorOf, makeWorkflow, openBuilder, publish, serviceHeaders } from "./support.js";

test("by mouse: drawn, tried, published, fired over REST, watched, rolled back", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "New workflow" }).click();
  await page.getByRole("button", { name: /^Empty/ }).click();
  await page.getByRole("button", { name: "Add a trigger", exact: true }).click();
  await page.getByRole("option", { name: /Chat command/ }).click();
  await page.getByLabel("Command", { exact: true }).fill("!mouse");

  const port = card(page, "command").locator('.react-flow__handle-right[data-handleid="output"]');
  const box = await port.boundingBox();
  if (!box) throw new Error("the trigger has no port");
  await page.mouse.move(box.x + 6, box.y + 6);
  await page.mouse.down();
  await page.mouse.move(box.x + 80, box.y + 60, { steps: 6 });
  await page.mouse.move(box.x + 140, box.y + 80, { steps: 3 });
  await page.mouse.up();
  await page.getByRole("option", { name: /Chat message/ }).click();
  await editorOf(page, "config.message").click();
  await page.keyboard.type("Hello, {{ username");
  await page.keyboard.press("Escape");
  await expect(page.locator(".preview")).toContainText("Hello, ada");

  await page.getByRole("button", { name: "Try it" }).click();
  await page.getByLabel("Chat message", { exact: true }).fill("!mouse");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("log")).toContainText("Hello, ada");
  await expect(page.getByRole("log")).toContainText("Completed");
  await expect(card(page, "chat_message").locator("[data-state=completed]")).toBeVisible();
  await page.keyboard.press("Escape");

  await expect(page.locator(".save-chip")).toContainText("Saved");
  await publish(page);
  const id = new URL(page.url()).pathname.split("/").at(-1);

  const fired = await page.request.post("/api/v1/events", {
    headers: serviceHeaders,
    data: {
      delivery_id: crypto.randomUUID(),
      type: "command",
      platform: "twitch",
      entity_id: 1,
      community_id: 1,
      channel_id: "1",
      user: { id: "7", name: "grace", roles: [] },
      message: "!mouse",
    },
  });
  expect(fired.status(), await fired.text()).toBe(202);

  await page.goto(`/workflows/${id}/runs`);
  await expect(page.locator("table")).toContainText("completed");
  await page.locator("tbody a").first().click();
  await expect(page.locator(".timeline")).toContainText("chat_message");
  await page.getByRole("button", { name: /^chat_message/ }).click();
  await expect(page.locator(".run-data")).toContainText("Hello, grace");

  await page.goto(`/workflows/${id}`);
  await card(page, "chat_message").click();
  await page.getByLabel("Label of the node").fill("Second");
  await expect(page.locator(".save-chip")).toContainText("Saved");
  await publish(page);
  await page.getByRole("tab", { name: "Versions" }).click();
  await page.getByRole("button", { name: "Go back to it" }).click();
  await expect(page.locator(".topbar-state")).toContainText("Published v1.0.0");
  await expect(card(page, "chat_message")).toContainText("Chat message");
});

/** Types once the keyboard is there: what opens is loaded when it is first wanted. */
const typeInto = async (field: Locator, text: string) => {
  await expect(field).toBeFocused();
  await field.page().keyboard.type(text);
};
const palette = (page: Page) => page.getByPlaceholder(/^(Search for a node|Then)…$/);

test("by keyboard alone", async ({ page }) => {
  await openBuilder(page, await makeWorkflow(page, { name: "Keys" }));
  await page.keyboard.press("Tab");
  await typeInto(palette(page), "chat command");
  await page.keyboard.press("Enter");
  await expect(card(page, "command")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Command", { exact: true })).toBeFocused();
  await page.keyboard.type("!keys");
  await page.keyboard.press("Control+k");
  await typeInto(page.getByPlaceholder("What do you want to do?"), "add a node");
  await page.keyboard.press("Enter");
  await typeInto(palette(page), "chat message");
  await page.keyboard.press("Enter");
  await expect(card(page, "chat_message")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(editorOf(page, "config.message")).toBeFocused();
  await page.keyboard.type("Hi!");
  await page.keyboard.press("Control+k");
  await typeInto(page.getByPlaceholder("What do you want to do?"), "add a node");
  await page.keyboard.press("Enter");
  await typeInto(palette(page), "wait");
  await page.keyboard.press("Enter");
  await expect(card(page, "delay")).toBeFocused();
  await page.keyboard.press("Delete");
  await expect(page.locator(".node-card")).toHaveCount(2);
  await page.keyboard.press("Control+z");
  await expect(page.locator(".node-card")).toHaveCount(3);
  await expect(page.locator(".react-flow__edge")).toHaveCount(2);
  await page.keyboard.press("Control+z");
  await expect(page.locator(".node-card")).toHaveCount(2);
  await expect(page.locator(".save-chip")).toContainText("Saved");
});

test("connects by keyboard and moves with the arrows", async ({ page }) => {
  const nodes = {
    start: { node_type: "trigger_command", position: { x: 0, y: 0 }, config: { command_name: "arrows" } },
    done: { node_type: "flow_end", position: { x: 400, y: 0 }, config: {} },
  };
  await openBuilder(page, await makeWorkflow(page, { nodes }));
  await card(page, "start").click();
  await page.keyboard.press("c");
  await page.keyboard.type("done");
  await page.keyboard.press("Enter");
  await expect(page.locator(".react-flow__edge")).toHaveCount(1);
  const before = await card(page, "start").boundingBox();
  await card(page, "start").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect.poll(async () => (await card(page, "start").boundingBox())?.y).toBeGreaterThan(before?.y ?? 0);
  await page.keyboard.press("Control+z");
  await expect.poll(async () => (await card(page, "start").boundingBox())?.y).toBe(before?.y);
});
