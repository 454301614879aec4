// From anything thrown to the answer that people get: AppErrors as they are, what Fastify and the database say
// translated, and everything else a bug: logged with its stack, answered without a word about the inside.
import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { JsonError } from "@workflow-core/core";
import type { FastifyError } from "fastify";
import { z } from "zod";
import { type AppError, appError, type ErrorCode, errors, isAppError } from "../errors.js";
import { Fenced } from "../execution/journal.js";
import { databaseFailure } from "../store/database-failure.js";
import { failureBody } from "./envelope.js";

/** Codes for what Fastify and its plugins refuse, by status; whatever else they refuse is a bad request. */
const byStatus: Readonly<Record<number, ErrorCode>> = {
  404: "NOT_FOUND",
  405: "METHOD_NOT_ALLOWED",
  408: "REQUEST_TIMEOUT",
  412: "CONFLICT",
  413: "PAYLOAD_TOO_LARGE",
  414: "URI_TOO_LONG",
  415: "UNSUPPORTED_MEDIA_TYPE",
  431: "HEADERS_TOO_LARGE",
  503: "SERVICE_UNAVAILABLE",
};

/** What is wrong with one place of a request. */
export interface InputProblem {
  path: string;
  message: string;
}

/** The refusal for anything thrown. A result of INTERNAL_ERROR is a bug that should be logged, with `cause`. */
export function refusalOf(error: unknown): AppError {
  if (isAppError(error)) return error;
  if (error instanceof JsonError) return appError("BAD_REQUEST", `The data cannot be taken: ${error.message}.`);
  if (error instanceof Fenced) return unavailable(error);
  const status = isFastifyError(error) || isRefusedFile(error) ? error.statusCode : undefined;
  if (status !== undefined) {
    const code = byStatus[status] ?? (status < 500 ? "BAD_REQUEST" : undefined);
    if (code !== undefined) return appError(code, undefined, { cause: error });
  }
  return databaseFailure(error) === "other"
    ? appError("INTERNAL_ERROR", undefined, { cause: error })
    : unavailable(error);
}

const unavailable = (cause: unknown): AppError =>
  appError("SERVICE_UNAVAILABLE", undefined, { headers: { "Retry-After": "2" }, cause });

const isFastifyError = (error: unknown): error is FastifyError =>
  error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("FST_");

/** What @fastify/send throws for preconditions and ranges that do not hold. */
const isRefusedFile = (error: unknown): error is Error & { statusCode: number } =>
  error instanceof Error && "statusCode" in error && (error.statusCode === 412 || error.statusCode === 416);

/** The refusal for input that does not fit its schema: the first place in the message, all of them in the details. */
export function inputRefusal(error: z.ZodError, part: string): AppError {
  const problems = error.issues.slice(0, 100).map((issue): InputProblem => {
    const unknown = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
    const path = z.core.toDotPath([...issue.path, ...unknown].map(keyOf));
    return { path: path === "" ? part : path, message: unknown.length > 0 ? "is not known here" : issue.message };
  });
  const first = problems[0];
  return appError("BAD_REQUEST", first && `${first.path}: ${first.message}`, { details: problems });
}

const keyOf = (part: PropertyKey): string | number => (typeof part === "symbol" ? String(part) : part);

/** Answers on a socket whose request Node could not read; closes it. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket, requestId: string): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const code: ErrorCode =
    error.code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? "REQUEST_TIMEOUT"
      : error.code === "HPE_HEADER_OVERFLOW"
        ? "HEADERS_TOO_LARGE"
        : "BAD_REQUEST";
  const { status } = errors[code];
  const body = JSON.stringify(failureBody(appError(code), requestId));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    "Connection: close",
  ];
  // Half an answer may be out already on a kept connection; then closing is all that can be said.
  if (socket.writable) socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  socket.destroySoon();
}

/** Answers a request whose Expect header asks for something that nobody knows. */
export function refuseExpectation(response: ServerResponse, requestId: string): void {
  const refusal = appError("BAD_REQUEST", "Expect may only be 100-continue.");
  const body = JSON.stringify(failureBody(refusal, requestId));
  response.writeHead(refusal.status, {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
    "X-Request-Id": requestId,
    Connection: "close",
  });
  response.end(body);
}
