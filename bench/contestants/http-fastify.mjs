// Fastify alone: one insert, and for JOB=everyday the same HTTP call and the same sum, then the answer. Nothing would go on after a crash.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import Fastify from "fastify";
import pg from "pg";
import { Agent } from "undici";
import { contest } from "../lib/contestant.mjs";
import { load } from "../lib/load.mjs";
import { openApi, order, totalOf } from "../lib/shop.mjs";

const { SERVE: called } = process.env;
if (called === undefined) await drive();
else await serve();

async function drive() {
  const api = process.env.JOB === "everyday" ? await openApi() : undefined;
  const child = fork(fileURLToPath(import.meta.url), {
    env: { ...process.env, SERVE: api?.url ?? "" },
    execArgv: ["--max-semi-space-size=64"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const url = await new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", () => reject(new Error("Fastify did not start")));
  });
  const headers = { "content-type": "application/json" };
  await contest(
    (request) => load(url, request, (index) => ({ path: "/orders", headers, body: order(index) })),
    async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.disconnect();
      await ended;
      api?.close();
    },
  );
}

async function serve() {
  const pool = new pg.Pool({ connectionString: process.env.BENCH_DATABASE, max: 10 });
  await pool.query(
    "CREATE TABLE IF NOT EXISTS orders (id bigserial PRIMARY KEY, at timestamptz DEFAULT now(), data jsonb)",
  );
  const agent = new Agent({ connections: 64 });
  const sum = new Function("items", `return ${totalOf}`);
  const app = Fastify();
  app.post("/orders", async ({ body }) => {
    const { rows } = await pool.query({
      ...{ name: "store", text: "INSERT INTO orders (data) VALUES ($1) RETURNING id" },
      values: [JSON.stringify(body)],
    });
    if (called !== "") {
      const { origin, pathname: path } = new URL(called);
      const told = { id: body.id, ...(body.items.length > 2 ? { total: sum(body.items) } : {}) };
      const headers = { "content-type": "application/json" };
      const answer = await agent.request({ origin, path, method: "POST", headers, body: JSON.stringify(told) });
      await answer.body.json();
    }
    return { id: rows[0].id };
  });
  process.send(await app.listen({ port: 0, host: "127.0.0.1" }));
  process.on("disconnect", async () => {
    await app.close();
    await pool.end();
    process.exit(0);
  });
}
