// Connections that are kept for a moment, and to whom they never go.
import { createServer } from "node:http";
import { expect, it } from "vitest";
import { callOf } from "../../test/support/calls.js";
import { listen, request } from "../../test/support/served.js";
import { createEgress } from "./egress.js";

async function counted(answer = "fine") {
  let connections = 0;
  const server = createServer((_request, response) => response.end(answer));
  server.on("connection", () => {
    connections += 1;
  });
  const port = await listen(server);
  return { port, connections: () => connections };
}
const allow = [{ cidr: "127.0.0.0/8" }];
const of = (community_id: number) => callOf({ context: { community_id } });

it("serve calls that follow each other, and are each community's own", async () => {
  const { port, connections } = await counted();
  const egress = createEgress({ allow });
  for (let index = 0; index < 5; index += 1) await egress(request(`http://127.0.0.1:${port}/`), of(1));
  const own = connections();
  expect(own).toBeLessThanOrEqual(2); // the second call may come before the first one's connection is free again
  await egress(request(`http://127.0.0.1:${port}/`), of(2));
  expect(connections()).toBe(own + 1);
  egress.close();
});

it("are used after a check of every call: a name that changes its mind is refused, or leads to where it leads now", async () => {
  const { port, connections } = await counted();
  const answers = [["127.0.0.1"], ["10.0.0.1"], ["127.0.0.2"], ["127.0.0.1"]];
  const egress = createEgress({ allow, resolve: async () => answers.shift() ?? [] });
  const ask = () => egress(request(`http://api.test:${port}/`), of(1));
  expect(await ask()).toMatchObject({ ok: true });
  expect(await ask()).toMatchObject({ ok: false, failure: { code: "EGRESS_BLOCKED" } });
  expect(await ask()).toMatchObject({ ok: false, failure: { code: "HTTP_UNREACHABLE" } });
  expect(await ask()).toMatchObject({ ok: true });
  expect(connections()).toBe(1);
  egress.close();
});

it("are closed when they have been idle, and when an answer was not read to its end", async () => {
  const open = new Set<unknown>();
  const server = createServer((asked, response) =>
    response.end(asked.url === "/large" ? "x".repeat(3_000_000) : "fine"),
  );
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  const port = await listen(server);
  const egress = createEgress({ allow });
  expect(await egress(request(`http://127.0.0.1:${port}/large`), of(1))).toMatchObject({
    failure: { code: "RESPONSE_TOO_LARGE" },
  });
  await expect.poll(() => open.size).toBe(0);
  await egress(request(`http://127.0.0.1:${port}/`), of(1));
  expect(open.size).toBe(1);
  await expect.poll(() => open.size, { timeout: 3000 }).toBe(0);
});
