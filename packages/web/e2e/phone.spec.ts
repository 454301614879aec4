// Drawing on a phone: by taps alone, with the panels from below.
import { expect, test } from "@playwright/test";
import { card, editorOf } from "./support.js";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

test("adds nodes that are seen whole, and is told by name what is missing before publishing", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "New workflow" }).tap();
  await page.getByRole("button", { name: /^Empty/ }).tap();
  await expect(page.getByText("What should start it?")).toBeVisible();
  await expect(page.locator("kbd").first()).toBeHidden();
  await page.getByRole("button", { name: "Add a trigger", exact: true }).tap();
  await page.getByRole("option", { name: /Chat command/ }).tap();
  await card(page, "command").tap();
  await page.getByLabel("Command", { exact: true }).fill("!phone");
  await page.getByRole("button", { name: "Close the panel" }).tap();

  for (const [name, id] of [
    ["Chat message", "chat_message"],
    ["Wait", "delay"],
  ] as const) {
    await page.getByRole("button", { name: /^Add/ }).first().tap();
    await page.getByRole("option", { name: new RegExp(`^${name}`) }).tap();
    await expect(card(page, id)).toBeInViewport({ ratio: 1 });
  }
  await expect(page.locator(".react-flow__edge")).toHaveCount(2);

  await page.getByRole("button", { name: "Publish" }).tap();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("The first version: 3 nodes, 2 connections.");
  await dialog.getByRole("button", { name: "Chat message · Text: is needed" }).tap();
  await editorOf(page, "config.message").fill("Hi!");
  await expect(editorOf(page, "config.message")).toHaveText("Hi!");
});
