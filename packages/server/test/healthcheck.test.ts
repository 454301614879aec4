// bin/healthcheck.js as HEALTHCHECK calls it: a process of its own that tells by its exit code.
import { spawn } from "node:child_process";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("../bin/healthcheck.js", import.meta.url));

const check = (address: string) =>
  new Promise<{ code: number | null; said: string }>((resolve) => {
    const child = spawn(process.execPath, [program, address, "1500"], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (part) => {
      said += part;
    });
    child.once("close", (code) => resolve({ code, said }));
  });

test.each<[string, RequestListener | undefined, number, RegExp]>([
  ["well", (_, response) => response.end("{}"), 0, /^$/],
  ["unwell", (_, response) => response.writeHead(503).end(), 1, /answered 503/],
  ["elsewhere", (_, response) => response.writeHead(302, { location: "/" }).end(), 1, /answered 302/],
  ["hanging up", (request) => request.socket.destroy(), 1, /socket hang up/],
  ["silent", () => undefined, 1, /no answer within 1500 ms/],
  ["not there", undefined, 1, /ECONNREFUSED/],
])("a service that is %s", async (_, answer, code, words) => {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const end = () => new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections());
  if (answer === undefined) await end();
  expect(await check(`http://127.0.0.1:${port}/health`)).toEqual({ code, said: expect.stringMatching(words) });
  if (answer !== undefined) await end();
});

test("an address that is none", async () => {
  expect(await check("nowhere")).toEqual({ code: 1, said: expect.stringContaining("Invalid URL") });
});
