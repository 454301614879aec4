// A contestant's process: started, asked, ended.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Starts a contestant on its database; undefined when it cannot run here. `patience`: seconds that it may take. */
export const enter = async ({ file, env = {}, flags = [], patience = 30 }, uri) => {
  const script = fileURLToPath(new URL(`../contestants/${file}.mjs`, import.meta.url));
  const child = spawn(process.execPath, ["--max-semi-space-size=64", ...flags, script], {
    env: { ...process.env, BENCH_DATABASE: uri, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (data) => {
    said = `${said}${data}`.slice(-2000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) return undefined;
      if (value.startsWith("{")) return JSON.parse(value);
    }
  };
  const impatient = setTimeout(() => child.kill("SIGTERM"), patience * 1000);
  const ready = await next();
  clearTimeout(impatient);
  if (!ready?.ready) {
    if (process.env.BENCH_VERBOSE) console.log(said);
    return undefined;
  }
  return {
    /** Rejects with what it said when it ends without an answer. */
    ask: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const answer = await next();
      if (!answer) throw new Error(`${file} ended: ${said}`);
      return answer;
    },
    leave: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.on("exit", resolve);
        child.stdin.end();
        setTimeout(() => child.kill("SIGKILL"), 30_000).unref();
      }),
  };
};
