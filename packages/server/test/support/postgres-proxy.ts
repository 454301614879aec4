// A door before Postgres that fails in the ways of networks. Our journal sends single statements, so the moments that
// count are before the server got one and after it carried it out.
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Socket } from "node:net";

/** What is done with connections; `cut-…` waits for a statement and happens `times` times. */
export type ProxyMode =
  | { mode: "pass" }
  /** Nothing comes through any more in either direction, though connections stay open. */
  | { mode: "blackhole" }
  /** New connections are reset. */
  | { mode: "refuse" }
  /** The connection breaks before the server gets a statement whose name or text holds `statement`. */
  | { mode: "cut-before"; statement: string; times: number; everySecond?: boolean }
  /** It breaks after the server has carried the statement out, before its answer comes through. */
  | { mode: "cut-after"; statement: string; times: number; everySecond?: boolean }
  /** The answer is kept back until `release`; what else the connection carries in that direction waits behind it. */
  | { mode: "hold-answer"; statement: string; times: number }
  /** The connection breaks for the client; the server gets the statement all the same, but only on `release`. */
  | { mode: "deliver-late"; statement: string; times: number };

export interface PostgresProxy {
  port: number;
  /** Breaks all connections. */
  reset(): void;
  /** Nothing comes through the connections that are open now, ever, though they stay open; new ones are well. */
  lose(): void;
  set(mode: ProxyMode): void;
  /** Lets through what was kept back. */
  release(): void;
  /** How often each fault has happened. */
  readonly faults: {
    reset: number;
    refused: number;
    swallowed: number;
    cutBefore: number;
    cutAfter: number;
    held: number;
    late: number;
    /** Of the late statements: how many the server has carried out. */
    arrived: number;
  };
  close(): Promise<void>;
}

interface Pair {
  client: Socket;
  server: Socket;
  /** The answer to come is not let through; the connection breaks when it is whole. */
  losing: boolean;
  /** What was kept back. */
  held: Buffer[] | undefined;
  /** Nothing comes through any more. */
  lost: boolean;
}

/** "Ready for query": the last message of every answer. */
const isWhole = (chunk: Buffer): boolean => chunk.length >= 6 && chunk.at(-6) === 0x5a && chunk.at(-2) === 5;

/** Opens a proxy on a free port of 127.0.0.1. */
export async function postgresProxy(target: NetConnectOpts): Promise<PostgresProxy> {
  const pairs = new Set<Pair>();
  const faults = { reset: 0, refused: 0, swallowed: 0, cutBefore: 0, cutAfter: 0, held: 0, late: 0, arrived: 0 };
  /** Statements that are on their way though their clients have given them up. */
  const late = new Map<Socket, Buffer>();
  let current: ProxyMode = { mode: "pass" };
  let seen = 0;

  const end = (pair: Pair): void => {
    pairs.delete(pair);
    if (!pair.client.destroyed) pair.client.resetAndDestroy();
    if (!late.has(pair.server)) pair.server.destroy();
  };
  const takes = (chunk: Buffer): boolean => {
    if (!("statement" in current) || current.times <= 0 || !chunk.includes(current.statement)) return false;
    seen += 1;
    if ("everySecond" in current && current.everySecond === true && seen % 2 === 0) return false;
    current.times -= 1;
    return true;
  };
  const fromClient = (pair: Pair, chunk: Buffer): void => {
    if (current.mode === "blackhole" || pair.lost) {
      faults.swallowed += 1;
      return;
    }
    const { mode } = current;
    if (takes(chunk)) {
      if (mode === "cut-before") {
        faults.cutBefore += 1;
        return end(pair);
      }
      if (mode === "deliver-late") {
        faults.late += 1;
        late.set(pair.server, chunk);
        pair.client.resetAndDestroy();
        return;
      }
      if (mode === "cut-after") pair.losing = true;
      else pair.held = [];
    }
    pair.server.write(chunk);
  };
  const fromServer = (pair: Pair, chunk: Buffer): void => {
    if (late.has(pair.server)) {
      if (isWhole(chunk)) faults.arrived += 1;
      return;
    }
    if (current.mode === "blackhole" || pair.lost) return;
    if (pair.held) {
      pair.held.push(chunk);
      if (isWhole(chunk)) faults.held += 1;
      return;
    }
    if (!pair.losing) return void pair.client.write(chunk);
    if (!isWhole(chunk)) return;
    faults.cutAfter += 1;
    end(pair);
  };

  const listener = createServer((client) => {
    if (current.mode === "refuse") {
      faults.refused += 1;
      return void client.resetAndDestroy();
    }
    const pair: Pair = { client, server: connect(target), losing: false, held: undefined, lost: false };
    pairs.add(pair);
    for (const side of [client, pair.server]) {
      side.setNoDelay(true);
      side.on("error", () => end(pair));
      side.on("close", () => end(pair));
    }
    client.on("data", (chunk: Buffer) => fromClient(pair, chunk));
    pair.server.on("data", (chunk: Buffer) => fromServer(pair, chunk));
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo; // listening on TCP, so it is no pipe's name
  const reset = () => {
    faults.reset += pairs.size;
    for (const pair of [...pairs]) end(pair);
  };
  return {
    port,
    faults,
    reset,
    release: () => {
      for (const [server, chunk] of late) server.write(chunk);
      for (const pair of pairs) {
        for (const chunk of pair.held ?? []) pair.client.write(chunk);
        pair.held = undefined;
      }
    },
    lose: () => {
      for (const pair of pairs) pair.lost = true;
    },
    set: (mode) => {
      current = { ...mode };
      seen = 0;
    },
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        for (const server of late.keys()) server.destroy();
        for (const pair of [...pairs]) end(pair);
      }),
  };
}
