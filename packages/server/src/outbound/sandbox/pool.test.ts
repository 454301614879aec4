import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { failing, runGuest } from "../../../test/support/guests.js";
import { childProgram } from "./guest-process.js";
import { createSandbox, type Sandbox } from "./sandbox.js";

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

describe("processes", () => {
  const fresh = async (options: Parameters<typeof createSandbox>[0], work: (made: Sandbox) => Promise<void>) => {
    const made = createSandbox(options);
    await work(made).finally(() => made.close());
  };
  const ask = (made: Sandbox, source: string, community = 1, timeoutMs = 1_000, signal?: AbortSignal) =>
    runGuest(made, source, { timeoutMs }, community, signal);

  it.runIf(process.platform === "linux")(
    "have an empty environment, and as few rights as can be taken away here",
    async () => {
      await fresh({}, async (made) => {
        await ask(made, "return 1");
        const [pid = 0] = made.pids();
        expect(readFileSync(`/proc/${pid}/environ`, "utf8").replaceAll("\0", "")).toBe("");
        const { confinement } = made.stats();
        expect(confinement).toMatch(/^files/);
        const uid = Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
        expect(uid).toBe(confinement?.includes("user") ? 65_534 : process.getuid?.());
        if (confinement?.includes("network"))
          expect(readFileSync(`/proc/${pid}/net/dev`, "utf8")).not.toMatch(/eth|en[ops]/);
        expect(readdirSync(`/proc/${pid}/fd`).length).toBeLessThan(40);
      });
    },
  );

  it("never serve two communities, and serve the same one again and again", async () => {
    await fresh({ size: 2 }, async (made) => {
      await ask(made, "return 1", 1);
      const [first] = made.pids();
      await ask(made, "return 1", 2);
      const [, second] = made.pids();
      expect(made.pids()).toEqual([first, second]);
      await ask(made, "return 1", 3);
      expect(made.pids()).not.toContain(first);
      await ask(made, "return 1", 2);
      expect(made.pids()).toContain(second);
      const before = made.pids();
      for (let n = 0; n < 20; n++) await ask(made, "return 1", 2);
      expect(made.pids()).toEqual(before);
    });
  });

  it("take turns between communities, and the time of a run is its own", async () => {
    await fresh({ size: 1 }, async (made) => {
      await made.warm();
      const order: number[] = [];
      const spin = "const end = Date.now() + 60; while (Date.now() < end); return 1";
      const start = (community: number) =>
        ask(made, spin, community, 150).then((answer) => {
          order.push(community);
          return answer;
        });
      const answers = await Promise.all([...Array.from({ length: 15 }, () => start(1)), start(2)]);
      expect(answers.every(({ ok }) => ok)).toBe(true);
      // Community 2 waits for a process to start, but not for all that came before it.
      expect(order.indexOf(2)).toBeLessThan(10);
    });
  });

  it("refuse more than may wait", async () => {
    await fresh({ size: 1, waiting: 2 }, async (made) => {
      const answers = await Promise.all([1, 2, 3, 4].map((community) => ask(made, "return 1", community)));
      expect(answers.filter(({ ok }) => ok)).toHaveLength(2);
      expect(answers[3]).toMatchObject({ ok: false, failure: { code: "SANDBOX_BUSY", retryable: true } });
    });
  });

  it("that are killed are replaced, and the run is repeated once", async () => {
    await fresh({}, async (made) => {
      await made.warm();
      const pending = ask(made, "const end = Date.now() + 300; while (Date.now() < end); return 7");
      await expect.poll(() => made.pids().length).toBe(1);
      process.kill(made.pids()[0] ?? 0, "SIGKILL");
      expect(await pending).toMatchObject({ ok: true, value: { output: 7 } });
      expect(made.stats()).toMatchObject({ crashes: 1 });

      const doomed = ask(made, "for (;;);", 1, 5_000);
      for (let deaths = 2; deaths <= 3; deaths++) {
        await expect.poll(() => made.stats().busy).toBe(1);
        process.kill(made.pids()[0] ?? 0, "SIGKILL");
        await expect.poll(() => made.stats().crashes).toBe(deaths);
      }
      expect(await doomed).toMatchObject(failing("SANDBOX_CRASHED"));
      expect(await ask(made, "return 1")).toMatchObject({ ok: true });
    });
  });

  it.each([
    [
      "says garbage",
      `import { Socket } from "node:net"; new Socket({ fd: 3 }).write("yes\\n".repeat(1000)); setInterval(() => {}, 1000)`,
    ],
    ["ends at once", "process.exit(0)"],
    [
      "says too much",
      `import { Socket } from "node:net"; new Socket({ fd: 3 }).write("y".repeat(9e6)); setInterval(() => {}, 1000)`,
    ],
    [
      "breaks on a run",
      `import { Socket } from "node:net"; const s = new Socket({ fd: 3 }); s.write('{"is":"ready"}\\n'); s.on("data", () => process.exit(3))`,
    ],
    [
      "answers nonsense",
      `import { Socket } from "node:net"; const s = new Socket({ fd: 3 }); s.write('{"is":"ready"}\\n'); s.on("data", () => s.write('{"is":"result","text":5}\\n'))`,
    ],
  ])("are given up when the program %s", async (_what, source) => {
    const place = mkdtempSync(join(tmpdir(), "sandbox-"));
    onTestFinished(() => rmSync(place, { recursive: true }));
    const program = join(place, "child.mjs");
    writeFileSync(program, source);
    await fresh({ program: pathToFileURL(program) }, async (made) => {
      expect(await ask(made, "return 1")).toMatchObject(failing("SANDBOX_CRASHED"));
      expect(made.stats()).toMatchObject({ processes: 0, waiting: 0 });
    });
  });

  it("stop when nobody waits for the answer any more", async () => {
    await fresh({}, async (made) => {
      const controller = new AbortController();
      const pending = ask(made, "for (;;);", 1, 5_000, controller.signal);
      await expect.poll(() => made.stats().busy).toBe(1);
      controller.abort();
      expect(await pending).toMatchObject(failing("ABORTED"));
      expect(await ask(made, "return 1", 1, 1_000, AbortSignal.abort())).toMatchObject(failing("ABORTED"));
      expect(await ask(made, "return 1")).toMatchObject({ ok: true });
    });
  });

  it("end with the sandbox, and answer what waits", async () => {
    const made = createSandbox({ size: 1 });
    const pending = [1, 2, 3].map((community) => ask(made, "for (;;);", community, 5_000));
    await expect.poll(() => made.stats().busy).toBe(1);
    const [pid = 0] = made.pids();
    await made.close();
    for (const answer of await Promise.all(pending))
      expect(answer).toMatchObject({ ok: false, failure: { code: "SANDBOX_BUSY" } });
    expect(alive(pid)).toBe(false);
    expect(await ask(made, "return 1")).toMatchObject({ ok: false, failure: { code: "SANDBOX_BUSY" } });
  });

  it("die with the server, even when it is killed while guest code runs", async () => {
    const built = new URL("./sandbox.js", childProgram).href;
    const script = `import { createSandbox } from ${JSON.stringify(built)};
      const made = createSandbox();
      const signal = new AbortController().signal;
      void made.run({ language: "jq", source: "def f: f; f", input: null, variables: {}, timeoutMs: 30000 }, { context: { community_id: 1 }, signal });
      const timer = setInterval(() => { if (made.stats().busy === 1) { clearInterval(timer); setTimeout(() => console.log(JSON.stringify(made.pids())), 300); } }, 10);
      setInterval(() => {}, 1000);`;
    const server = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pids: number[] = await new Promise((resolve) =>
      server.stdout.once("data", (line) => resolve(JSON.parse(String(line)))),
    );
    expect(pids.map((pid) => alive(pid))).toEqual([true]);
    server.kill("SIGKILL");
    await expect.poll(() => pids.filter(alive), { timeout: 5_000 }).toEqual([]);
  });
});
