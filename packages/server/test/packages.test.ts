// The packages as npm gives them to people: packed, installed into an empty folder, and used there. The folder's npm is
// told to run no scripts, so nothing may need one, and to be strict about Node's version.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { example } from "./support/cli-bench.js";
import { temporaryDirectory } from "./support/processes.js";
import { until } from "./support/until.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const names = ["core", "server"] as const;
const run = promisify(execFile);
const home = temporaryDirectory("workflow-core-packages-");
const tarballs = join(home, "tarballs");
const place = join(home, "place");
const tarball = (name: string) =>
  join(tarballs, readdirSync(tarballs).find((file) => file.includes(`-core-${name}-`)) ?? "none");
const described = (name: string) => JSON.parse(readFileSync(`${root}packages/${name}/package.json`, "utf8"));

beforeAll(async () => {
  await run("mkdir", [tarballs, place]);
  const workspaces = names.flatMap((name) => ["-w", `packages/${name}`]);
  await run("npm", ["pack", "--silent", ...workspaces, "--pack-destination", tarballs], { cwd: root });
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe("a package", () => {
  test.each(names)("of the name %s is as publint wants it", async (name) => {
    const { buffer, byteOffset, byteLength } = readFileSync(tarball(name));
    const tarred = buffer.slice(byteOffset, byteOffset + byteLength);
    const { messages } = await publint({ pack: { tarball: tarred as ArrayBuffer }, strict: true });
    expect(messages).toEqual([]);
  });

  test.each(names)("of the name %s has what it needs, and nothing else", async (name) => {
    const { stdout } = await run("tar", ["-tzf", tarball(name)]);
    const files = stdout.trim().split("\n");
    const needed = {
      core: ["dist/index.js", "dist/index.d.ts", "dist/testing/index.js"],
      server: [
        "bin/workflow-core.js",
        "dist/main.js",
        "builder/index.html",
        "dist/site/index.html",
        "proto/workflow.proto",
      ],
    };
    for (const file of [...needed[name], "LICENSE", "README.md", "package.json"])
      expect(files).toContain(`package/${file}`);
    if (name === "server")
      for (const folder of ["examples", "packages/server/migrations"])
        for (const file of readdirSync(root + folder))
          expect(files).toContain(`package/${folder.split("/").at(-1)}/${file}`);
    expect(files.filter((file) => /\.map$|\.test\.|\/src\/|tsbuildinfo|\.env/.test(file))).toEqual([]);
    for (const borrowed of ["LICENSE", "builder", "examples"])
      expect(existsSync(`${root}packages/${name}/${borrowed}`), `${borrowed} is left behind`).toBe(false);
  });

  test("has the version of the other, which it asks for exactly", () => {
    const versions = [...names, "web"].map((name) => described(name).version);
    expect(new Set(versions).size).toBe(1);
    for (const name of ["server", "web"]) expect(described(name).dependencies["@workflow-core/core"]).toBe(versions[0]);
  });
});

/** Whether it could be installed; without a network, only where npm's cache has everything. */
const install = async (): Promise<boolean> => {
  const how = ["--prefer-offline", "--engine-strict", "--ignore-scripts", "--no-audit", "--no-fund"];
  const attempt = run("npm", ["install", "--prefix", place, ...how, ...names.map(tarball)], { cwd: place });
  return attempt.then(
    () => true,
    (error: Error & { stderr?: string }) => {
      if (/ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(error.stderr ?? "")) return false;
      throw error;
    },
  );
};

test("an installation serves the builder, offers the examples, checks and runs files", async (context) => {
  if (!(await install())) context.skip("npm can reach no registry, and its cache has not everything");
  const npx = (...words: string[]) => run("npx", ["--no", "workflow-core", ...words], { cwd: place });
  expect((await npx("validate", example("giveaway"))).stdout).toContain("✓ valid");
  expect((await npx("run", example("greeting"), "--var", "username=Ada")).stdout).toContain("Hello, Ada!");

  const service = serve();
  context.onTestFinished(() => void service.process.kill("SIGKILL"));
  await until(() => service.said().includes("TOKEN=") || service.process.exitCode !== null, "its start", 40_000);
  const url = /Listening on (http:\/\/[\d.]+:\d+)/.exec(service.said())?.[1];
  expect(url, service.said()).toBeDefined();
  const get = async (path: string, headers = {}) => fetch(url + path, { headers });
  expect(await (await get("/health")).json()).toMatchObject({ success: true });
  const page = await (await get("/")).text();
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1];
  expect((await get(script ?? "/none.js")).headers.get("content-type")).toMatch(/javascript/);
  expect(await (await get("/docs/tour")).text()).toContain("<h1");
  const token = /^TOKEN=(\S+)$/m.exec(service.said())?.[1];
  const asked = await get("/api/v1/examples", { authorization: `Bearer ${token}` });
  const offered = (await asked.json()) as { data: unknown[] };
  expect(offered.data).toHaveLength(readdirSync(`${root}examples`).length);
  expect(service.said()).toContain("@workflow-core/server/examples/greeting.workflow.json");
  service.process.kill("SIGTERM");
  await until(() => service.process.exitCode !== null, "its end", 20_000);
  expect(service.process.exitCode).toBe(0);
});

/** `workflow-core start` with nothing set but ports that are free. */
function serve(): { process: ChildProcess; said(): string } {
  const child = spawn(join(place, "node_modules/.bin/workflow-core"), ["start"], {
    cwd: place,
    env: { PATH: process.env.PATH, HOME: home, MODULE_PORT: "0", GRPC_PORT: "0", LOG_DIR: join(home, "log") },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (part: string) => {
      said += part;
    });
  return { process: child, said: () => said };
}
