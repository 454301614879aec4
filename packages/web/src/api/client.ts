// The one way to the server: JSON in the envelope of the interface, the session's cookie, and the token against forged
// requests. Everything that is not a success is thrown as an ApiError.
import { noteReachable } from "./connection.js";
import { ApiError } from "./errors.js";

export interface Pagination {
  page: number;
  per_page: number;
  total: number;
  total_pages: number;
  has_next: boolean;
  has_prev: boolean;
}

export interface Reply<T> {
  data: T;
  pagination: Pagination | undefined;
  etag: string | undefined;
}

export type Query = Record<string, string | number | boolean | undefined>;

export interface Options {
  query?: Query;
  body?: unknown;
  /** Sent as If-Match: the change is refused when somebody was faster. */
  etag?: string | undefined;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** The request may outlive the page. */
  keepalive?: boolean;
}

const base = "/api/v1";
let csrfToken: string | undefined;
let onSignedOut: () => void = () => {};

export const setCsrfToken = (token: string | undefined): void => {
  csrfToken = token;
};

/** Who is told when the server no longer knows the session. */
export const whenSignedOut = (listener: () => void): void => {
  onSignedOut = listener;
};

const withQuery = (path: string, query: Query = {}): string => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return `${base}${path}${text ? `?${text}` : ""}`;
};

interface Envelope {
  success?: boolean;
  data?: unknown;
  meta?: { pagination?: Pagination };
  error?: { code?: string; message?: string; details?: unknown; request_id?: string };
}

const readEnvelope = async (response: Response): Promise<Envelope> => {
  const text = await response.text();
  if (text === "") return {};
  try {
    return JSON.parse(text) as Envelope;
  } catch {
    throw new ApiError(response.status || 500, "BAD_ANSWER", "The server's answer could not be read.");
  }
};

const send = async (url: string, init: RequestInit): Promise<Response> => {
  try {
    const response = await fetch(url, init);
    noteReachable(true);
    return response;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    noteReachable(false);
    throw new ApiError(0, "OFFLINE", "The server cannot be reached.");
  }
};

/** Calls an address under /api/v1. `T` is what the interface's contract says about it. */
export const call = async <T>(method: string, path: string, options: Options = {}): Promise<Reply<T>> => {
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  if (options.etag !== undefined) headers["If-Match"] = options.etag;
  if (csrfToken !== undefined && method !== "GET") headers["X-CSRF-Token"] = csrfToken;
  const response = await send(withQuery(path, options.query), {
    method,
    headers,
    credentials: "same-origin",
    cache: "no-store",
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.keepalive ? { keepalive: true } : {}),
  });
  const envelope = await readEnvelope(response);
  if (!response.ok || envelope.success === false) {
    if (response.status === 401 && path !== "/session") onSignedOut();
    const { code = "HTTP_ERROR", message, details, request_id } = envelope.error ?? {};
    const sentence = message ?? `The server answered with status ${response.status}.`;
    throw new ApiError(response.status, code, sentence, details, request_id);
  }
  // The answer is taken to be what the contract says: the server's own tests hold it to that.
  return {
    data: envelope.data as T,
    pagination: envelope.meta?.pagination,
    etag: response.headers.get("ETag") ?? undefined,
  };
};

export const get = <T>(path: string, query?: Query, signal?: AbortSignal): Promise<Reply<T>> =>
  call<T>("GET", path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) });
