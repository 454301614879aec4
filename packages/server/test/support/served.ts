// Servers of other people's APIs, for tests of HTTP calls: each is closed when its test ends.
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Server as TcpServer } from "node:net";
import type { HttpRequest } from "@workflow-core/core";
import { onTestFinished } from "vitest";
import { createEgress } from "../../src/outbound/egress.js";
import { callOf } from "./calls.js";

/** The port on which the server now listens. */
export async function listen(server: Server | TcpServer, host = "127.0.0.1"): Promise<number> {
  onTestFinished(() => {
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo; // listening on TCP, so it is no pipe's name
  return port;
}

/** A GET without anything, unless more is said. */
export const request = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  url,
  method: "GET",
  headers: {},
  body: undefined,
  timeoutSeconds: 5,
  ...more,
});

/** The port that may call this one local port. */
export const egressTo = (port: number) => createEgress({ allow: [{ cidr: "127.0.0.1/32", port }] });

/** A server behind an allow rule for its own port, and a function that calls it. */
export async function served(listener: RequestListener) {
  const server = createServer(listener);
  const port = await listen(server);
  const egress = egressTo(port);
  const base = `http://127.0.0.1:${port}`;
  return {
    server,
    port,
    base,
    ask: (more: Partial<HttpRequest> = {}, call = callOf()) => egress(request(base, more), call),
  };
}
