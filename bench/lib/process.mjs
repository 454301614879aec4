// A contestant's process: started, asked, ended.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Starts a contestant; undefined when it cannot run here. */
export const enter = async ({ file, env = {} }, database) => {
  const uri = await database.fresh(file, env);
  const script = fileURLToPath(new URL(`../contestants/${file}.mjs`, import.meta.url));
  const child = spawn(process.execPath, ["--max-semi-space-size=64", script], {
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
  const patience = setTimeout(() => child.kill("SIGKILL"), 20_000);
  const ready = await next();
  clearTimeout(patience);
  if (!ready?.ready) {
    if (process.env.BENCH_VERBOSE) console.log(said);
    return undefined;
  }
  return {
    ask: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const answer = await next();
      if (!answer) throw new Error(`${file} ended: ${said}`);
      return answer;
    },
    leave: () =>
      new Promise((resolve) => {
        child.on("exit", resolve);
        child.stdin.end();
        setTimeout(() => child.kill("SIGKILL"), 10_000).unref();
      }),
  };
};
