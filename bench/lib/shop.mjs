// The everyday job: a shop's order comes in, something is put aside, it is decided whether the order is large, its total
// is worked out in code, another API is told over HTTP. Here are the orders, and that other API.
import { createServer } from "node:http";

export const order = (index) =>
  JSON.stringify({
    id: index,
    customer: { name: "Ada Lovelace", mail: "ada@example.com" },
    items: [
      { name: "tea", price: 4.5, count: 2 },
      { name: "cup", price: 12, count: 1 },
      { name: "pot", price: 30, count: index % 3 },
    ],
  });

/** What a contestant's code node computes, as JavaScript over `items`. */
export const totalOf = "items.reduce((sum, each) => sum + each.price * each.count, 0)";

/** The other API on a port of its own; gives its address and how often it has been called. */
export const openApi = async () => {
  let calls = 0;
  const answer = JSON.stringify({ accepted: true, reference: "r-1" });
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      calls += 1;
      response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(answer) });
      response.end(answer);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return { port, url: `http://127.0.0.1:${port}/orders`, calls: () => calls, close: () => server.close() };
};
