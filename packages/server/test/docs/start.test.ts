// The documentation's commands that start the service (`sh starts`), each run as a newcomer would, in a fresh clone: from
// nothing to a service that is ready.
import { execFile, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { markdownFiles, root, shellOf } from "../support/markdown.js";
import { temporaryDirectory } from "../support/processes.js";
import { until } from "../support/until.js";

/** README and tour say the same. */
const blocks = [...new Set(markdownFiles().flatMap((file) => shellOf(file, "starts")))];

test.each(blocks)("%s", { timeout: 600_000 }, async (block) => {
  const home = temporaryDirectory("workflow-core-fresh-");
  const clone = join(home, "workflow-core");
  await promisify(execFile)("git", ["clone", "--quiet", root, clone]);
  const { PATH = "", HOME = "" } = process.env;
  const own = { MODULE_PORT: "0", GRPC_PORT: "0", LOG_DIR: join(home, "log"), npm_config_prefer_offline: "true" };
  const shell = spawn("bash", ["-euo", "pipefail", "-c", block], {
    ...{ cwd: clone, detached: true, stdio: ["ignore", "pipe", "pipe"] },
    env: { PATH, HOME, ...own },
  });
  let said = "";
  for (const stream of [shell.stdout, shell.stderr])
    stream?.setEncoding("utf8").on("data", (part: string) => {
      said += part;
    });
  const ended = new Promise<void>((resolve) => shell.once("close", () => resolve()));
  try {
    await until(() => said.includes("Workflow Core is running") || shell.exitCode !== null, "the service", 580_000);
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
    expect(url, said).toBeDefined();
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    expect(await (await fetch(`${url}/docs`)).text()).toContain("Workflow Core");
  } finally {
    process.kill(-(shell.pid ?? 0), "SIGTERM");
    await ended;
    rmSync(home, { recursive: true, force: true });
  }
});

test("README and tour have such commands, and so has the page on packages", () => expect(blocks).toHaveLength(2));
