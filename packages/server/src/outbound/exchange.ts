// One HTTP exchange: a request is sent and its answer read to its end, as bytes. undici's own way makes a stream of each
// answer; nobody here reads one piece by piece, and it costs more than the rest of the exchange.
//
// 1. No more of an answer is read than the limit; a connection with half an answer on it is closed.
// 2. Whoever no longer wants the answer is told so at once, whether the request has been sent by then or not.
import type { IncomingHttpHeaders } from "node:http";
import type { AbortSignalLike } from "@workflow-core/core";
import type { Dispatcher } from "undici";
import { BodyTooLarge } from "./unpack-body.js";

/** Names in lower case; one that came more than once has all its values. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface Exchanged {
  statusCode: number;
  headers: AnswerHeaders;
  /** As they came, packed or not. */
  bytes: Buffer;
}

/** Rejects with BodyTooLarge, with what the connection threw, and with an error of its own when the signal is aborted. */
export const exchange = (
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  limit: number,
  signal: AbortSignalLike,
): Promise<Exchanged> =>
  new Promise((resolve, reject) => {
    dispatcher.dispatch(request, new Exchange(limit, signal, resolve, reject));
  });

/** The header as one text. */
export const headerOf = (headers: AnswerHeaders, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
};

class Exchange implements Dispatcher.DispatchHandler {
  readonly #limit: number;
  readonly #signal: AbortSignalLike;
  readonly #resolve: (exchanged: Exchanged) => void;
  readonly #reject: (error: unknown) => void;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #statusCode = 0;
  #headers: AnswerHeaders = {};
  #controller: Dispatcher.DispatchController | undefined;
  #unwanted: Error | undefined;

  constructor(
    limit: number,
    signal: AbortSignalLike,
    resolve: (exchanged: Exchanged) => void,
    reject: (error: unknown) => void,
  ) {
    this.#limit = limit;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    if (signal.aborted) this.#giveUp();
    else signal.addEventListener("abort", this.#giveUp);
  }

  readonly #giveUp = (): void => {
    this.#unwanted = new Error("nobody wants the answer any more");
    this.#controller?.abort(this.#unwanted);
    this.#fail(this.#unwanted);
  };

  #fail(error: unknown): void {
    this.#signal.removeEventListener("abort", this.#giveUp);
    this.#reject(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#unwanted) controller.abort(this.#unwanted);
  }

  /** Also called for what is told before the answer (1xx), which the answer then replaces. */
  onResponseStart(_controller: Dispatcher.DispatchController, statusCode: number, headers: IncomingHttpHeaders): void {
    this.#statusCode = statusCode;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#limit) controller.abort(new BodyTooLarge(`more than ${this.#limit} bytes`));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#signal.removeEventListener("abort", this.#giveUp);
    const [only, ...more] = this.#chunks;
    const bytes = only !== undefined && more.length === 0 ? only : Buffer.concat(this.#chunks);
    this.#resolve({ statusCode: this.#statusCode, headers: this.#headers, bytes });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }
}
