// The look-out for leaked secrets finds them: in rows, lines of a log and answers. What it finds here is taken, so that
// the check behind every file stays silent.
import { rmSync } from "node:fs";
import { afterEach, expect, it } from "vitest";
import { make, testApp } from "./support/app.js";
import { canaries, takeLeaks } from "./support/canaries.js";
import { startCli } from "./support/cli.js";
import { memoryLog } from "./support/memory-log.js";
import { temporaryDirectory } from "./support/processes.js";
import { makeWebhook, receiving } from "./support/webhooks.js";

afterEach(() => void takeLeaks());

it("finds a key in rows, answers and lines", async () => {
  const app = await testApp();
  const ada = await app.as({ user_id: 7, community_ids: [1] });
  await make(ada, undefined, { description: `do not tell ${canaries.apiKey}` });
  const [answer = "", ...rest] = takeLeaks();
  expect(answer).toContain(`${canaries.apiKey} in the answer to POST /api/v1/workflows`);
  expect(rest).toEqual([]);
  await app.close();
  expect(takeLeaks()).toEqual([expect.stringContaining(`${canaries.apiKey} in table workflows`)]);
  const { log } = memoryLog();
  log.system("odd", { error: new Error("bad key", { cause: canaries.secretKey }) });
  expect(takeLeaks()).toEqual([expect.stringContaining(`${canaries.secretKey} in the log, action odd`)]);
});

it("finds a webhook's secret in every row but its own", async () => {
  const app = await testApp();
  const ada = await app.as({ user_id: 7, community_ids: [1] });
  const { workflow_id } = await make(ada, receiving());
  const { secret } = await makeWebhook(ada, workflow_id);
  await ada(`/api/v1/workflows/${workflow_id}`, { method: "PUT", body: { description: `it is ${secret}` } });
  await app.close();
  // The audit keeps what a description was and is.
  expect(takeLeaks().sort()).toEqual([
    expect.stringContaining(`${secret} in table workflow_audit`),
    expect.stringContaining(`${secret} in table workflows`),
  ]);
});

it("reads what processes print", async () => {
  const cwd = temporaryDirectory("workflow-core-canary-");
  const wrong = startCli([canaries.replicaApiKey], { cwd });
  await wrong.ended;
  rmSync(cwd, { recursive: true });
  expect(takeLeaks()).toHaveLength(1);
});
