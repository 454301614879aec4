// The envelope that every JSON answer comes in, and the answers that handlers give.
import type { Readable } from "node:stream";
import { type AppError, cut } from "../errors.js";

export interface Pagination {
  page: number;
  per_page: number;
  total: number;
  total_pages: number;
  has_next: boolean;
  has_prev: boolean;
}

/** What a handler gives: a status, headers, and a body that is sent as it is (text, stream) or as JSON. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

export interface AnswerOptions {
  /** 200 unless given. */
  status?: number;
  message?: string;
  headers?: Record<string, string>;
  pagination?: Pagination;
}

/** A success in the envelope. */
export const ok = (data: unknown, { status = 200, message, headers = {}, pagination }: AnswerOptions = {}): Answer => ({
  status,
  headers,
  body: {
    success: true,
    ...(message === undefined ? {} : { message }),
    data,
    ...(pagination === undefined ? {} : { meta: { pagination } }),
  },
});

/** Something that is not in the envelope: a page, metrics, a stream of events. */
export const raw = (
  contentType: string,
  body: string | Buffer | Readable,
  headers: Record<string, string> = {},
): Answer => ({
  status: 200,
  headers: { "content-type": contentType, ...headers },
  body,
});

export interface FailureBody {
  success: false;
  error: { code: string; message: string; details?: unknown; request_id: string };
}

/** A failure in the envelope. */
export const failureBody = ({ code, message, details }: AppError, requestId: string): FailureBody => ({
  success: false,
  error: { code, message: cut(message), ...(details === undefined ? {} : { details }), request_id: requestId },
});

/** Where a page stands among all. */
export const pagination = (page: number, perPage: number, total: number): Pagination => {
  const pages = Math.ceil(total / perPage);
  return {
    ...{ page, per_page: perPage, total, total_pages: pages },
    ...{ has_next: page < pages, has_prev: page > 1 },
  };
};
