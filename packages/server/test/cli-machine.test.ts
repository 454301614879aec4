// What deploy/ gives to the programs of a machine, tried with those programs: logrotate turns the log under a service
// that writes, and systemd reads the unit. Where a program is not there, its test is skipped and says so.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { startCli } from "./support/cli.js";
import { cliBench } from "./support/cli-bench.js";
import { testDatabase } from "./support/database.js";
import { findProgram, skipped } from "./support/find-program.js";
import { until } from "./support/until.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../../", import.meta.url));
const bench = cliBench();

const logrotate = findProgram("logrotate");
test.skipIf(logrotate === undefined)(
  `the guide's logrotate file loses no line of a service that writes${skipped("logrotate")}`,
  async ({ onTestFinished }) => {
    const { uri, drop } = await testDatabase();
    onTestFinished(drop);
    const env = { DATABASE_URI: uri.replace("@/", "@localhost/"), MODULE_PORT: "0", GRPC_PORT: "0", LOG_LEVEL: "INFO" };
    const service = startCli(["start"], { cwd: bench.cwd, env });
    onTestFinished(() => void service.process.kill("SIGKILL"));
    await until(() => service.stdout().includes("TOKEN="), "its start", 30_000);
    const url = /Listening on (http:\/\/[\d.]+:\d+)/.exec(service.stdout())?.[1];
    const folder = join(bench.cwd, "log");
    const files = () => readdirSync(folder);

    // As it stands, but for the place, the user, and whom it tells.
    const group = (await run("id", ["-gn"])).stdout.trim();
    const text = readFileSync(`${root}deploy/logrotate/workflow-core`, "utf8")
      .replace("/var/log/waddlebotlog", folder)
      .replace("waddlebot waddlebot", `${userInfo().username} ${group}`)
      .replace("systemctl reload workflow-core", `kill -HUP ${service.process.pid}`);
    const config = join(bench.cwd, "logrotate.conf");
    writeFileSync(config, text, { mode: 0o644 });

    // Each refused request is a line with the request's id.
    const asked: (string | null)[] = [];
    let over = false;
    const ask = async (): Promise<void> => {
      if (over) return;
      const response = await fetch(`${url}/api/v1/workflows`);
      await response.arrayBuffer();
      asked.push(response.headers.get("x-request-id"));
      return ask();
    };
    const asking = ask();
    asking.catch(() => undefined); // the service is gone when the test has failed
    for (let turn = 1; turn <= 4; turn += 1) {
      const before = asked.length;
      await until(() => asked.length > before + 20, "requests");
      const { stderr } = await run(logrotate ?? "", ["--force", "--state", join(bench.cwd, "state"), config]);
      expect(stderr).toBe("");
      expect(files()).toContain(`workflow_core.log.1`);
    }
    const before = asked.length;
    await until(() => asked.length > before + 20, "requests");
    over = true;
    await asking;

    expect(files().sort()).toEqual([
      "workflow_core.log",
      "workflow_core.log.1",
      ...["2", "3", "4"].map((number) => `workflow_core.log.${number}.gz`),
    ]);
    const read = (file: string) => {
      const content = readFileSync(join(folder, file));
      return String(file.endsWith(".gz") ? gunzipSync(content) : content);
    };
    const lines = files().flatMap((file) =>
      read(file)
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    );
    const refused = lines.filter(({ action }) => action === "http_sign_in").map(({ request_id }) => request_id);
    expect(asked.length).toBeGreaterThan(100);
    expect(refused.sort()).toEqual(asked.sort());
  },
);

const analyze = findProgram("systemd-analyze");
test.skipIf(analyze === undefined)(
  `systemd reads the unit without complaint${skipped("systemd-analyze")}`,
  async () => {
    const unit = join(bench.cwd, "workflow-core.service");
    const text = readFileSync(`${root}deploy/systemd/workflow-core.service`, "utf8");
    // Programs are looked for: this one's, and the Node that runs it here.
    const here = text.replace("/usr/bin/node", process.execPath).replaceAll("/opt/workflow-core/", root);
    writeFileSync(unit, here);
    const { stdout, stderr } = await run(analyze ?? "", ["verify", "--man=no", unit]);
    expect(stdout + stderr).toBe("");
    writeFileSync(unit, here.replace("KillMode=mixed", "KillMode=often"));
    expect((await run(analyze ?? "", ["verify", "--man=no", unit])).stderr).toContain("often");
  },
);
