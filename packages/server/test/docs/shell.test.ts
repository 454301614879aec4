// The shell of the documentation, run as people run it: the tour against a service that was just started, on a database
// of its own, and then every other page's. What needs another place says so by a word (`sh machine`), and is run there by
// the test of that name beside this one.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type CliProcess, startCli } from "../support/cli.js";
import { markdownFiles, root, shellOf } from "../support/markdown.js";
import { until } from "../support/until.js";

const apiKey = "the-key-of-the-documentation";
let directory = "";
/** Has what the repository has, by links: what a command writes is written beside it. */
let place = "";
let service: CliProcess;
let environment: Record<string, string> = {};

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "workflow-core-docs-"));
  place = join(directory, "repository");
  mkdirSync(place);
  for (const name of readdirSync(root)) if (!name.startsWith(".")) symlinkSync(join(root, name), join(place, name));
  service = startCli(["start"], { cwd: directory, env: { MODULE_PORT: "0", GRPC_PORT: "0", API_KEY: apiKey } });
  await until(() => service.stdout().includes("practice/messages\n"), "the service", 60_000);
  const [url = "", port = ""] = /http:\/\/[\d.]+:(\d+)/.exec(service.stdout()) ?? [];
  const [, token = ""] = /^TOKEN=(\S+)$/m.exec(service.stdout()) ?? [];
  // The settings of the service, as `workflow-core doctor` looks at them.
  const settings = { MODULE_PORT: port, GRPC_PORT: "0", DATA_DIR: join(directory, "data") };
  environment = { URL: url, TOKEN: token, API_KEY: apiKey, ...settings };
});

afterAll(async () => {
  service.process.kill("SIGTERM");
  await service.ended;
  rmSync(directory, { recursive: true, force: true });
});

/** Runs a page's blocks in one shell, in a place like the repository's root; gives what it printed. */
const run = (blocks: readonly string[]): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve) => {
    const { PATH = "", HOME = "" } = process.env;
    const script = `${blocks.join("\necho\n")}\necho\necho "WORKFLOW=\${WORKFLOW:-}"\n`;
    const child = spawn("bash", ["-euo", "pipefail", "-c", script], {
      cwd: place,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH, HOME, LOG_DIR: join(directory, "log"), ...environment },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (part: string) => {
        output += part;
      });
    child.once("close", (code) => resolve({ code, output }));
  });

it("docs/tour.md leads to a greeting", async () => {
  const { code, output } = await run(shellOf("docs/tour.md"));
  expect(code, output).toBe(0);
  expect(output).toContain('"outcome":"started"');
  expect(output).toContain("Hello, Ada! Welcome to the stream!");
  expect(output).toContain('"status":"completed"');
  expect(output).not.toContain('"success":false');
  environment.WORKFLOW = /^WORKFLOW=(.+)$/m.exec(output)?.[1] ?? "";
  expect(environment.WORKFLOW).toMatch(/^[0-9a-f-]{36}$/);
});

const others = markdownFiles().filter((file) => file !== "docs/tour.md" && shellOf(file).length > 0);

it.each(others)("%s does what it says", async (file) => {
  const { code, output } = await run(shellOf(file));
  expect(code, output).toBe(0);
  expect(output).not.toContain('"success":false');
});
