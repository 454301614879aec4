// Requests on one connection that came before the ones before them were answered. Answers wait for their reader in
// memory, and a few bytes may ask for a large one, so only few may wait; who sends more is cut off.
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

const mostWaiting = 16;

/** Puts the limit on a server; before all other hooks, so that nothing is done for requests over it. */
export function limitPipelining(app: FastifyInstance): void {
  const waiting = new WeakMap<Socket, number>();
  app.addHook("onRequest", async ({ raw: { socket } }, reply) => {
    const count = (waiting.get(socket) ?? 0) + 1;
    waiting.set(socket, count);
    reply.raw.once("close", () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1));
    if (count <= mostWaiting) return;
    reply.hijack();
    socket.destroy();
  });
}
