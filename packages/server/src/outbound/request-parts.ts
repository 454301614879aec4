// The parts of a request that a workflow writes: method, headers and body. What would change the framing of the
// message, and so what the other side takes for the next one, is refused.
import type { Call, HttpRequest } from "@workflow-core/core";
import { type Failed, failed } from "./answers.js";
import { headerText } from "./header-text.js";

export interface RequestParts {
  method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";
  headers: Record<string, string>;
  body: string | undefined;
}

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
const framing: ReadonlySet<string> = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "keep-alive",
  "upgrade",
  "te",
  "trailer",
  "expect",
  "http2-settings",
]);
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/;
/** Visible characters of Latin-1, blanks and tabs: no line ends, no other controls. */
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;
const mostHeaderBytes = 16 * 1024;

/** What is sent, with our own headers where the workflow has none of its own. */
export function requestParts(request: HttpRequest, call: Call): RequestParts | Failed {
  const wanted = request.method.toUpperCase();
  const method = methods.find((each) => each === wanted);
  if (method === undefined)
    return failed("INVALID_METHOD", `${wanted.slice(0, 20)} is not a method for HTTP requests.`);
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(request.headers)) {
    const problem = headerProblem(name, value);
    if (problem !== undefined) return failed("INVALID_HEADER", problem);
    headers.set(name.toLowerCase(), value.trim());
  }
  if (bytesOf(headers) > mostHeaderBytes) return failed("INVALID_HEADER", "The headers are larger than 16 KiB.");
  const usual = (name: string, value: string) => headers.has(name) || headers.set(name, value);
  usual("accept", "*/*");
  usual("accept-encoding", "gzip, deflate, br");
  usual("user-agent", "workflow-core");
  usual("idempotency-key", headerText(call.idempotencyKey));
  if (call.traceparent !== undefined) usual("traceparent", call.traceparent);
  const body = method === "GET" || method === "HEAD" ? undefined : bodyText(request);
  if (body !== undefined) usual("content-type", bodyType(request, body));
  return { method, headers: Object.fromEntries(headers), body };
}

function headerProblem(name: string, value: string): string | undefined {
  const shown = JSON.stringify(name.slice(0, 60));
  if (!token.test(name)) return `${shown} is no name of a header.`;
  const lower = name.toLowerCase();
  if (framing.has(lower) || lower.startsWith("proxy-"))
    return `The header ${shown} is set by the service itself; leave it out.`;
  if (!headerValue.test(value))
    return `The value of the header ${shown} holds a line end or another character that headers cannot hold.`;
  return undefined;
}

function bytesOf(headers: ReadonlyMap<string, string>): number {
  let bytes = 0;
  for (const [name, value] of headers) bytes += name.length + value.length + 4;
  return bytes;
}

/** Text is sent as it is, anything else as JSON. */
function bodyText({ body }: HttpRequest): string | undefined {
  if (body === undefined || typeof body === "string") return body;
  return JSON.stringify(body);
}

function bodyType({ body }: HttpRequest, text: string): string {
  return typeof body !== "string" || looksLikeJson(text) ? "application/json" : "text/plain; charset=utf-8";
}

function looksLikeJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
