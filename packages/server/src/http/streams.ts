// Open event streams of this process: how many there may be, how much one may owe its reader, and their common end.
import { Readable } from "node:stream";
import type { Clock } from "../clock.js";
import { appError } from "../errors.js";

const mostStreams = 1000;
/** Of one person. */
const mostOfOne = 100;
/** What a reader may leave unread of what happens live. */
const mostUnread = 1024 * 1024;
/** Stored events are sent no faster than they are read. */
const comfortable = 64 * 1024;
const heartbeatMs = 15_000;
const patienceMs = 30_000;

export interface EventStream {
  /** What the reader gets. */
  readable: Readable;
  /** True when nobody reads any more. */
  readonly closed: boolean;
  /** Sends a message; drops the reader when too much is unread. */
  send(event: string, data: unknown, id?: number): void;
  /** Resolves when the reader has read enough for more, or is gone; drops one that reads nothing for 30 s. */
  room(): Promise<void>;
  /** Ends the stream in order. */
  end(): void;
  onClose(listener: () => void): void;
}

/** Tells all there is to tell, then ends the stream; `stop` follows whatever happened. */
export async function carryOut(stream: EventStream, tell: () => Promise<void>, stop: () => void): Promise<void> {
  try {
    await tell();
    stream.end();
  } catch (error) {
    // The reader comes back with its Last-Event-ID; there is no status left to tell it why.
    stream.readable.destroy();
    throw error;
  } finally {
    stop();
  }
}

export interface Streams {
  /** A new stream of somebody. Throws SERVICE_UNAVAILABLE when there are too many, RATE_LIMIT_EXCEEDED when they have. */
  open(reader?: string): EventStream;
  /** Ends all, for shutdown. */
  closeAll(): void;
  readonly count: number;
}

/** The streams of one server. */
export function createStreams(clock: Clock): Streams {
  const all = new Map<Readable, string | undefined>();
  const ofOne = (reader: string) => [...all.values()].filter((each) => each === reader).length;
  return {
    open(reader) {
      checkRoom(all.size, reader === undefined ? 0 : ofOne(reader));
      const stream = openStream(clock);
      all.set(stream.readable, reader);
      stream.onClose(() => all.delete(stream.readable));
      return stream;
    },
    closeAll() {
      for (const readable of all.keys()) readable.push(null);
    },
    get count() {
      return all.size;
    },
  };
}

/** Throws when there are as many streams as there may be: of all, or of one reader. */
export function checkRoom(all: number, ofOne: number): void {
  const headers = { "Retry-After": "10" };
  if (all >= mostStreams)
    throw appError("SERVICE_UNAVAILABLE", `This process has ${mostStreams} streams open, as many as it may.`, {
      headers,
    });
  if (ofOne >= mostOfOne)
    throw appError("RATE_LIMIT_EXCEEDED", `One person may have ${mostOfOne} streams open.`, { headers });
}

function openStream(clock: Clock): EventStream {
  let roomy: (() => void) | undefined;
  const readable = new Readable({ read: () => roomy?.() });
  const push = (text: string) => {
    if (readable.destroyed || readable.readableEnded) return;
    readable.push(text);
    if (readable.readableLength > mostUnread) readable.destroy();
  };
  let stopHeart: (() => void) | undefined;
  const beat = () => {
    push(": still here\n\n");
    stopHeart = clock.setTimer(heartbeatMs, beat);
  };
  stopHeart = clock.setTimer(heartbeatMs, beat);
  readable.once("close", () => {
    stopHeart?.();
    roomy?.();
  });
  return {
    readable,
    get closed() {
      return readable.destroyed;
    },
    // JSON holds no line break, so a message is one data line.
    send: (event, data, id) =>
      push(`${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    async room() {
      while (readable.readableLength > comfortable && !readable.destroyed) {
        await new Promise<void>((resolve) => {
          const giveUp = clock.setTimer(patienceMs, () => readable.destroy());
          roomy = () => {
            giveUp();
            resolve();
          };
        });
        roomy = undefined;
      }
    },
    end: () => {
      if (!readable.destroyed) readable.push(null);
    },
    onClose: (listener) => void readable.once("close", listener),
  };
}
