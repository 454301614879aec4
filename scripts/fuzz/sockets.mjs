// Raw connections: broken HTTP, broken HTTP/2, and clients so slow that they never finish.
import { connect } from "node:net";
import { apiKey } from "./world.mjs";

const crlf = "\r\n";
const head = (lines) => `${lines.join(crlf)}${crlf}${crlf}`;
const lines = [
  (random) => Buffer.from(random.times(1 + random.below(3000), () => random.below(256))),
  () => "GET / HTTP/9.9\r\n\r\n",
  () => head(["GET /health HTTP/1.1"]),
  () => head(["POST /api/v1/events HTTP/1.1", "Host: x", "Content-Length: 5", "Transfer-Encoding: chunked", "", "0"]),
  () =>
    head([
      "POST /api/v1/events HTTP/1.1",
      "Host: x",
      `X-API-Key: ${apiKey}`,
      "Content-Type: application/json",
      "Transfer-Encoding: chunked",
      "",
      "FFFFFFFFFFFFFFFF",
      "x",
    ]),
  () => head(["POST /api/v1/events HTTP/1.1", "Host: x", "Content-Length: -5", "", "x"]),
  () =>
    head([
      "POST /api/v1/workflows HTTP/1.1",
      "Host: x",
      `X-API-Key: ${apiKey}`,
      "Content-Type: application/json",
      "Content-Encoding: gzip",
      "Content-Length: 4",
      "",
      "\x1f\x8b\x08\x00",
    ]),
  () => head(["GET /health HTTP/1.1", "Host: x", "Host: y", " folded: header"]),
  () => head(["GET /health HTTP/1.1", "Host: x", "X: \0"]),
  () => head([`GET /${"a".repeat(20_000)} HTTP/1.1`, "Host: x"]),
  () => `${"GET /health HTTP/1.1\r\nHost: x\r\n\r\n".repeat(50)}`,
  () => head(["GET /health HTTP/1.1", "Host: x", ...Array.from({ length: 3000 }, (_, index) => `X-${index}: y`)]),
  () => head(["CONNECT evil.invalid:80 HTTP/1.1", "Host: evil.invalid:80"]),
  () => head(["GET / HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade"]),
  () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  (random) =>
    Buffer.concat([
      Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
      Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
      Buffer.from(random.times(random.below(400), () => random.below(256))),
    ]),
  () => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
];

/** Sends something broken; resolves when the other side closes, or soon. */
export const breakIn = (random, ports) =>
  new Promise((resolve) => {
    const socket = connect(random.pick(ports), "127.0.0.1", () => socket.write(random.pick(lines)(random)));
    const end = () => {
      clearTimeout(patience);
      socket.destroy();
      resolve();
    };
    const patience = setTimeout(end, 200 + random.below(800));
    socket
      .on("data", () => undefined)
      .on("error", end)
      .on("close", end);
  });

/** Clients that send a byte a second and never finish; `end` gives how many the server has closed. */
export function slowClients(ports, count) {
  const starts = [
    "GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    `POST /api/v1/events HTTP/1.1\r\nHost: x\r\nX-API-Key: ${apiKey}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
  ];
  let closed = 0;
  const sockets = Array.from({ length: count }, (_, index) => {
    const socket = connect(ports[index % ports.length], "127.0.0.1", () => socket.write(starts[index % starts.length]));
    const drip = setInterval(() => socket.writable && socket.write("a"), 1000);
    socket.on("error", () => undefined).on("data", () => undefined);
    socket.on("close", () => {
      clearInterval(drip);
      closed += 1;
    });
    return socket;
  });
  return {
    end: () => {
      const byServer = closed;
      for (const socket of sockets) socket.destroy();
      return byServer;
    },
  };
}
