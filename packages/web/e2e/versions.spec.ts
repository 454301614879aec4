// Versions have names: given when they are published, changed later, said when one is gone back to.
import { expect, test } from "@playwright/test";
import { card, greeting, makeWorkflow, openBuilder, publish } from "./support.js";

test("a version is named when it is published, renamed, and gone back to by its name", async ({ page }) => {
  await openBuilder(page, await makeWorkflow(page, greeting("!named")));
  await page.getByRole("button", { name: "Publish" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name of the version").fill("Calm chat");
  await dialog.getByLabel("Why it was made").fill("One line less");
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(page.locator(".toasts")).toContainText("Published as v1.0.0 “Calm chat”");
  await card(page, "greet").click();
  await page.getByLabel("Label of the node").fill("Second");
  await expect(page.locator(".save-chip")).toContainText("Saved");
  await publish(page);
  await page.getByRole("tab", { name: "Versions" }).click();
  await expect(page.locator(".version-row").nth(1)).toContainText("One line less");
  await page.getByRole("button", { name: "Name v1.0.0 “Calm chat”" }).click();
  await dialog.getByLabel("Name of the version").fill("Quiet chat");
  await page.keyboard.press("Tab");
  await dialog.getByRole("button", { name: "Save the name" }).press("Enter");
  await expect(page.locator(".version-row").nth(1)).toContainText("Quiet chat");
  await page.getByRole("button", { name: "Go back to it" }).click();
  await expect(page.locator(".toasts")).toContainText("v1.0.0 “Quiet chat” runs again");
  await expect(page.locator(".topbar-state")).toContainText("Published v1.0.0");
  await page.keyboard.press("Control+z");
  await expect(card(page, "greet")).toContainText("Second");
});
