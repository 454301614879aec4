// The tour's pictures: `node scripts/site/tour-pictures.mjs http://127.0.0.1:8070` against a service that was just
// started, without workflows, with API_KEY when it has one. Chromium is found as in the browser stories.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { root } from "./pages.mjs";

const [url = "http://127.0.0.1:8070"] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM_PATH ?? ["/usr/bin/chromium", "/usr/bin/google-chrome"].find(existsSync);
const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 760 } });
const picture = async (name) => {
  await page.waitForTimeout(600); // until what moves has come to rest
  await page.screenshot({ path: join(root, `docs/images/tour-${name}.png`) });
};

await page.goto(url);
await page.getByRole("button", { name: "New workflow" }).first().click();
await page.getByRole("dialog").getByText("Greeting", { exact: true }).waitFor();
await picture("new");
await page.getByRole("dialog").getByText("Greeting", { exact: true }).click();
await page.locator('.react-flow__node[data-id="greet"]').click();
await picture("node");
await page.getByRole("button", { name: "Try it" }).click();
await page.getByLabel("Chat message").fill("!hello");
await page.getByRole("button", { name: "Send" }).click();
await page.getByText("Welcome to the stream!").last().waitFor();
await picture("try");
await page.getByRole("button", { name: "Publish" }).click();
await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click();
await page.locator(".topbar-state").getByText("Published").waitFor();
const event = {
  ...{ delivery_id: `pictures-${Date.now()}`, type: "command", platform: "twitch", entity_id: 1, community_id: 1 },
  ...{ user: { id: "1001", name: "Ada", roles: [] }, message: "!hello" },
};
const answer = await page.request.post(`${url}/api/v1/events`, {
  headers: { "X-API-Key": process.env.API_KEY ?? "change-me-in-production" },
  data: event,
});
const { results } = (await answer.json()).data;
const workflow = /workflows\/([^/]+)/.exec(page.url())?.[1];
const { execution_id } = results.find(({ workflow_id }) => workflow_id === workflow);
await page.goto(`${url}/workflows/${workflow}/runs/${execution_id}`);
await page.getByText("completed").first().waitFor();
await page.locator('.react-flow__node[data-id="greet"]').click();
await picture("execution");
await browser.close();
