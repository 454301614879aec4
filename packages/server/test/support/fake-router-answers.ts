// How the Router of tests answers: well, or badly in one of many ways.
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

export type Behaviour =
  | { do: "ok"; body?: unknown }
  | { do: "status"; status: number; headers?: Record<string, string>; body?: unknown }
  | { do: "slow"; milliseconds: number }
  | { do: "reset-before" | "reset-after" | "hang-before" | "hang-after" }
  | { do: "garbage" | "empty" | "wrong-type" | "null" | "nul" | "deep" | "truncate" | "headers" | "drip" }
  | { do: "huge"; bytes: number }
  | { do: "raw"; headers?: Record<string, string>; body: string | Buffer }
  | { do: "redirect"; location: string };

/** Whether nothing has happened after this answer. */
export const isRefusal = (behaviour: Behaviour): boolean =>
  behaviour.do === "reset-before" || behaviour.do === "hang-before" || behaviour.do === "status";

/** Answers a delivery; `seq` and `key` are told back where all is well. */
export async function behave(
  behaviour: Behaviour,
  { seq, key }: { seq: number; key: string | null },
  response: ServerResponse,
): Promise<void> {
  const good = { success: true, data: { echo: seq, key } };
  switch (behaviour.do) {
    case "ok":
      return json(response, 200, behaviour.body ?? good);
    case "status":
      return json(
        response,
        behaviour.status,
        behaviour.body ?? { success: false, error: { code: "INJECTED" } },
        behaviour.headers,
      );
    case "slow":
      await pause(behaviour.milliseconds);
      return json(response, 200, good);
    case "reset-before":
    case "reset-after":
      response.socket?.resetAndDestroy();
      return;
    case "hang-before":
    case "hang-after":
      return;
    case "garbage":
      return text(response, '<html>\u0000{"a":');
    case "empty":
      response.writeHead(200).end();
      return;
    case "wrong-type":
      return json(response, 200, [1, 2, 3]);
    case "null":
      return json(response, 200, null);
    case "nul":
      return text(response, '{"success":true,"data":{"x":"a\\u0000b","y":"\\ud800","__proto__":{"polluted":1}}}');
    case "deep":
      return text(response, `{"data":${"[".repeat(100_000)}${"]".repeat(100_000)}}`);
    case "headers":
      for (let n = 0; n < 500; n++) response.setHeader(`x-${n}`, "y".repeat(100));
      return json(response, 200, good);
    case "truncate":
      response.writeHead(200, { "content-type": "application/json", "content-length": 1000 }).write('{"success":true');
      await pause(20);
      response.socket?.destroy();
      return;
    case "drip":
      return drip(response);
    case "huge":
      return flood(response, behaviour.bytes);
    case "raw":
      return text(response, behaviour.body, behaviour.headers);
    case "redirect":
      response.writeHead(302, { location: behaviour.location }).end();
  }
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

function text(response: ServerResponse, body: string | Buffer, headers: Record<string, string> = {}): void {
  response.writeHead(200, { "content-type": "application/json", ...headers }).end(body);
}

/** One byte at a time, for ever. */
async function drip(response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "application/json" });
  while (!response.destroyed) {
    response.write(" ");
    await pause(20);
  }
}

async function flood(response: ServerResponse, bytes: number): Promise<void> {
  response.writeHead(200, { "content-type": "application/json" }).write('{"success":true,"data":"');
  const chunk = Buffer.alloc(64 * 1024, "a");
  const closed = once(response, "close");
  for (let left = bytes; left > 0 && !response.destroyed; left -= chunk.length) {
    if (!response.write(chunk)) await Promise.race([once(response, "drain"), closed]);
  }
  response.end('"}');
}
