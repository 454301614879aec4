// The documentation's commands for containers (`sh engine`), run by Docker: the image is built as its file says, and
// Compose starts it with a database and Redis. The images below it are a bare Debian under their names.
import { execFile, spawn } from "node:child_process";
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, engineIsThere, makeImages, startEngine, withoutEngine } from "../support/container-engine.js";
import { root, shellOf } from "../support/markdown.js";
import { temporaryDirectory } from "../support/processes.js";
import { until } from "../support/until.js";

describe.skipIf(!engineIsThere)(`an engine${withoutEngine}`, { timeout: 1_200_000 }, () => {
  const home = temporaryDirectory("workflow-core-engine-");
  const place = join(home, "repository");
  const file = join(place, "deploy/compose.yaml");
  let engine: Engine;
  let ended: Promise<number | null>;
  let said = "";

  beforeAll(async () => {
    await promisify(execFile)("git", ["clone", "--quiet", root, place]);
    const compose = readFileSync(file, "utf8");
    const imageOf = (name: string) => new RegExp(`image: (${name}:\\S+)`).exec(compose)?.[1] ?? "none";
    const [, node = "none"] = /^FROM (node:\S+)/m.exec(readFileSync(join(place, "deploy/Dockerfile"), "utf8")) ?? [];
    engine = await startEngine(home);
    await makeImages(engine, home, { node, postgres: imageOf("postgres"), redis: imageOf("redis") });
    // As it stands, but for the project's name, which Debian's Compose takes from the environment, and for the ports of
    // this machine, which are free ones.
    writeFileSync(file, compose.replace(/^name: .*$/m, "").replace(/"(\d+):\1"/g, '"$1"'));
    const words = shellOf("docs/operations.md", "engine").join("\n");
    const child = spawn("bash", ["-euo", "pipefail", "-c", `sudo() { "$@"; }\n${words}`], {
      cwd: place,
      env: { ...engine.environment, COMPOSE_PROJECT_NAME: "workflow-core", ROUTER_URL: "" },
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (part: string) => {
        said += part;
      });
    ended = new Promise((resolve) => child.once("close", resolve));
    await until(async () => child.exitCode !== null || (await health()) === "healthy", "the service", 1_100_000);
  }, 1_200_000);
  afterAll(async () => {
    await engine?.docker("compose", "--project-name", "workflow-core", "--file", file, "kill").catch(() => undefined);
    await engine?.end();
    rmSync(home, { recursive: true, force: true });
  }, 300_000);

  const container = "label=com.docker.compose.service=workflow-core";
  const idOf = () => engine.docker("ps", "--quiet", "--filter", container);
  const health = async () => {
    const id = await idOf();
    return id && engine.docker("inspect", "--format", "{{.State.Health.Status}}", id);
  };

  it("finds the service healthy: four processes of user 1000, which can write nothing but the log", async () => {
    expect(await health(), said).toBe("healthy");
    const id = await idOf();
    const about = JSON.parse(await engine.docker("inspect", id))[0];
    expect(about.Config.User).toBe("1000:1000");
    expect(about.HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ["ALL"], Init: true });
    const users = await engine.docker("exec", id, "ps", "-eo", "uid=,args=");
    expect(users.split("\n").filter((line) => /^ *1000 \S*node .*workflow-core\.js start$/.test(line))).toHaveLength(5);
    expect(users.split("\n").filter((line) => !/^ *1000 /.test(line))).toEqual([]);
    const write = engine.docker("exec", id, "touch", "/app/anything");
    await expect(write).rejects.toThrow("Read-only file system");
  });

  it("answers on the port that is shown, and says in its log what it did", async () => {
    const address = (await engine.docker("port", await idOf(), "8070/tcp")).split("\n")[0];
    expect(await (await fetch(`http://${address}/ready`)).json()).toMatchObject({ success: true });
    const log = join(place, "logs/workflow_core.log");
    expect(statSync(log).uid).toBe(1000);
    renameSync(log, `${log}.1`);
    await engine.docker(
      "compose",
      "--project-name",
      "workflow-core",
      "--file",
      file,
      "kill",
      "-s",
      "HUP",
      "workflow-core",
    );
    const refused = async () => {
      await fetch(`http://${address}/api/v1/workflows`);
      return readFileSync(log, "utf8").includes('"action":"http_sign_in"');
    };
    await until(() => refused().catch(() => false), "the log, opened anew", 30_000);
  });

  it("ends in peace", async () => {
    const id = await idOf();
    await engine.docker("compose", "--project-name", "workflow-core", "--file", file, "stop");
    expect(await engine.docker("inspect", "--format", "{{.State.ExitCode}}", id)).toBe("0");
    expect(await ended).toBe(0);
  });
});
