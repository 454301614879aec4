// What each address costs on the first visit: everything the browser fetches before somebody acts, as gzip.
import { gzipSync } from "node:zlib";
import { expect, test } from "@playwright/test";
import { greeting, makeWorkflow, serviceHeaders } from "./support.js";

const limit = 300_000;
const headers = { ...serviceHeaders, "X-On-Behalf-Of": "1" };

/** Template fields and variables in view must not bring the code editor along. */
const costly = (command: string) => ({ ...greeting(command), global_variables: { greeting: "Hello" } });

test("the first load of every address is small, and comes compressed", async ({ page, browser, baseURL }) => {
  const id = await makeWorkflow(page, costly("!size"));
  const run = await page.request.post(`/api/v1/workflows/${id}/publish`, { headers, data: {} });
  expect(run.status(), await run.text()).toBe(200);
  const started = await page.request.post(`/api/v1/workflows/${id}/execute`, { headers, data: { community_id: 1 } });
  const { execution_id } = ((await started.json()) as { data: { execution_id: string } }).data;
  const manage = ["webhooks", "schedules", "people", "log"].map((each) => `/workflows/${id}/manage/${each}`);
  const own = [`/workflows/${id}`, `/workflows/${id}/runs`, `/workflows/${id}/runs/${execution_id}`];
  for (const path of [
    "/",
    ...own,
    ...manage,
    "/triggers",
    "/schedules",
    "/secrets",
    "/audit",
    "/status",
    "/status/queue",
  ]) {
    const context = await browser.newContext(baseURL ? { baseURL } : {});
    const visitor = await context.newPage();
    const sizes: Promise<number>[] = [];
    const plain: string[] = [];
    visitor.on("response", (answer) => {
      const { pathname } = new URL(answer.url());
      if (pathname.startsWith("/api/")) return;
      if (/\.(?:js|css)$/.test(pathname) && answer.headers()["content-encoding"] === undefined) plain.push(pathname);
      sizes.push(answer.body().then((body) => gzipSync(body, { level: 9 }).length));
    });
    await visitor.goto(path, { waitUntil: "networkidle" });
    await expect(visitor.getByRole("heading", { level: 1 })).toBeAttached();
    const sum = (await Promise.all(sizes)).reduce((left, right) => left + right, 0);
    expect(plain).toEqual([]);
    expect(sum, path).toBeGreaterThan(50_000);
    expect(sum, `${path} loads ${Math.round(sum / 1000)} kB`).toBeLessThan(limit);
    console.log(path.replaceAll(id, "…"), Math.round(sum / 1000), "kB");
    await context.close();
  }
});
