// Messages of a stream that wait for their reader.
//
// U1. What is stored is handed over no faster than it is read: `room` waits.
// U2. What happens live is kept up to a bound; a reader that leaves more unread, or reads nothing for too long, is
//     told to come back behind the last message that it has.
import { Readable } from "node:stream";
import type { ServerWritableStream } from "@grpc/grpc-js";
import type { Clock } from "../clock.js";
import { appError } from "../errors.js";
import type { EventStream } from "../http/streams.js";
import type { ExecutionEvent, WatchExecutionRequest } from "./generated/workflow.js";

export const mostUnread = 1024 * 1024;
const comfortable = 64 * 1024;
const patienceMs = 30_000;

const tooSlow = () => appError("RATE_LIMIT_EXCEEDED", "Too much was left unread; watch again behind the last event.");

/** What is needed of a call. */
export type Writer = Pick<ServerWritableStream<WatchExecutionRequest, ExecutionEvent>, "write" | "once" | "off">;

export class Unread implements EventStream {
  readonly readable = new Readable({ objectMode: true, read: () => undefined });
  readonly #clock: Clock;
  #bytes = 0;
  #roomy: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    // Errors are seen by `pump`; without a listener they would end the process.
    this.readable.on("error", () => undefined);
    this.readable.once("close", () => this.#roomy?.());
  }

  get closed(): boolean {
    return this.readable.destroyed;
  }

  send(type: string, data: unknown, sequence = 0): void {
    if (this.readable.destroyed || this.readable.readableEnded) return;
    const message: ExecutionEvent = { sequence, type, data: JSON.stringify(data) };
    this.#bytes += sizeOf(message);
    this.readable.push(message);
    if (this.#bytes > mostUnread && sizeOf(message) < this.#bytes) this.readable.destroy(tooSlow());
  }

  async room(): Promise<void> {
    while (this.#bytes > comfortable && !this.readable.destroyed) {
      await new Promise<void>((resolve) => {
        const giveUp = this.#clock.setTimer(patienceMs, () => this.readable.destroy(tooSlow()));
        this.#roomy = () => {
          giveUp();
          resolve();
        };
      });
      this.#roomy = undefined;
    }
  }

  end(): void {
    if (!this.readable.destroyed) this.readable.push(null);
  }

  onClose(listener: () => void): void {
    this.readable.once("close", listener);
  }

  /** Hands message after message to the reader, as fast as it takes them. Throws what the stream was destroyed with. */
  async pump(call: Writer): Promise<void> {
    for await (const message of this.readable as AsyncIterable<ExecutionEvent>) {
      if (!call.write(message)) await this.#drained(call);
      this.#bytes -= sizeOf(message);
      this.#roomy?.();
    }
  }

  #drained(call: Writer): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        call.off("drain", done);
        this.readable.off("close", done);
        resolve();
      };
      call.once("drain", done);
      this.readable.once("close", done);
    });
  }
}

const sizeOf = ({ data }: ExecutionEvent): number => data.length + 32;
