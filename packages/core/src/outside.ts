// The outside world as actions see it: three ports, handed in. The server gives real ones, tests and the builder's
// simulator give their own. A port never throws for what the other side does: it answers with a failure.
import type { NodeFailure } from "./documents/execution.js";
import type { Json } from "./json.js";

export type Answer<T> = { ok: true; value: T } | { ok: false; failure: NodeFailure };

/** Who and what is calling: sent along with every call, so that the other side can tell and deduplicate. */
export interface CallContext {
  execution_id: string;
  workflow_id: string;
  community_id: number;
  entity_id: number | null;
  user_id: number | string | null;
  session_id: string | null;
}

export interface Call {
  context: CallContext;
  node_id: string;
  /** 1 for the first attempt; those that were not sent do not count. */
  attempt: number;
  /** `execution:node:visit`: the same on every attempt of the same visit. */
  idempotencyKey: string;
  /** Of an execution that uses secrets: the mark of their placeholders, which the call's values are to be put in for. */
  secretMark?: string;
  /** Of an execution that is traced: goes along as the header of that name (W3C Trace Context). */
  traceparent?: string;
  /** Aborted when the execution ends, is cancelled or no longer needs the answer. */
  signal: AbortSignalLike;
}

/** The part of AbortSignal that is needed; core knows no DOM. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

export interface HttpRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: Json | undefined;
  timeoutSeconds: number;
  /** What people are shown for the address's host, where the host itself holds a secret. */
  shownHost?: string;
}

export interface HttpResponse {
  status_code: number;
  /** Parsed when the other side says it is JSON, else text. */
  response_body: Json;
  /** Names in lower case. */
  response_headers: Record<string, string>;
  /** What Retry-After asks for, as seconds from when the answer came, where it says something that can be understood. */
  retryAfterSeconds?: number;
}

export interface GuestCode {
  language: "javascript" | "jq";
  source: string;
  input: Json;
  variables: Record<string, Json>;
  timeoutMs: number;
}

export interface Outside {
  /** Calls the Router: `modules` runs `module_name`/`action`, `commands` runs a chat command. Gives the answer's body. */
  router(
    kind: "modules" | "commands",
    body: Record<string, Json>,
    timeoutSeconds: number,
    call: Call,
  ): Promise<Answer<Json>>;
  /** Calls any HTTP API; every status is an answer. */
  http(request: HttpRequest, call: Call): Promise<Answer<HttpResponse>>;
  /** Runs a person's code in the sandbox. */
  sandbox(code: GuestCode, call: Call): Promise<Answer<{ output: Json; logs: string[] }>>;
}
