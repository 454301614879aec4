// The documentation as people read it: in light and dark, at a desk and on a phone, with recipes that run on the page.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";

const pages = ["/docs", "/docs/tour", "/docs/concepts/expressions", "/docs/cookbook/refund", "/docs/comparison"];
const long = ["/docs/nodes", "/docs/expressions", "/docs/api"];

const violations = async (page: Page) =>
  (
    await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze()
  ).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).slice(0, 3)}`);

const look = async (page: Page, address: string, scheme: "light" | "dark", width: number) => {
  await page.emulateMedia({ colorScheme: scheme });
  await page.setViewportSize({ width, height: 900 });
  await page.goto(address);
  await expect(page.locator("html")).toHaveAttribute("data-theme", scheme);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(over, `${address} is as wide as the window`).toBeLessThanOrEqual(0);
};

for (const scheme of ["light", "dark"] as const)
  for (const width of [1440, 390])
    test(`everybody can read it: ${scheme}, ${width} pixels`, async ({ page }) => {
      for (const address of pages) {
        await look(page, address, scheme, width);
        expect(await violations(page), address).toEqual([]);
      }
    });

test("everybody can read the long references too", async ({ page }) => {
  test.setTimeout(180_000);
  for (const [index, address] of long.entries()) {
    await look(page, address, "dark", 390);
    await look(page, address, index === 0 ? "dark" : "light", 1440);
    expect(await violations(page), address).toEqual([]);
  }
});

test("a recipe runs on its page, with what stands on the page", async ({ page }) => {
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  await page.goto("/docs/cookbook/refund");
  await page.getByRole("button", { name: "Run it here" }).click();
  await expect(page.getByRole("status")).toContainText('"command pay show refund sorry back"');
  await expect(page.getByRole("status")).toContainText("You have your 100 points back.");
  await page.goto("/docs/nodes#condition_if");
  await page.locator('.code[data-node="condition_if"] button.run').first().click();
  await expect(page.locator('.code[data-node="condition_if"] .result').first()).toContainText('"goes_on_by"');
  expect(errors).toEqual([]);
});

test("expressions are tried on the page", async ({ page }) => {
  await page.goto("/docs/concepts/expressions");
  const field = page.getByLabel("An expression");
  await field.fill("people.map(p => p.name.toUpperCase()).join('-')");
  await expect(page.locator(".try output")).toHaveText('"ADA-LINUS-GRACE"');
  await field.fill("nobody + 1");
  await expect(page.locator(".try output")).toContainText("nobody");
  await page.goto("/docs/expressions");
  await page.getByRole("button", { name: 'Try "hello".at(-1)' }).click();
  await expect(page.locator(".try output")).toHaveText('"o"');
});

test("what is looked for is found, by keys alone", async ({ page }) => {
  await page.goto("/docs");
  await page.keyboard.press("/");
  await page.getByLabel("Search for").fill("max_loop");
  await expect(page.locator(".found a").first()).toContainText("Limits");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).not.toHaveURL(/\/docs$/);
  await page.keyboard.press("/");
  expect(await violations(page)).toEqual([]);
});

test("on a phone the contents open and lead on", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/docs");
  await expect(page.getByRole("link", { name: "Triggers", exact: true }).first()).toBeVisible();
  await page.getByRole("button", { name: "Contents" }).click();
  await page.getByRole("navigation", { name: "Contents" }).getByRole("link", { name: "Secrets" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Secrets");
});
