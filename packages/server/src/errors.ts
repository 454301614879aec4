// Why a request cannot be served. The table below is the only list of error codes: the REST envelope, the gRPC
// status, the OpenAPI document and docs/errors.md are all read from it. Everything thrown that is not an AppError
// is a bug, answered as INTERNAL_ERROR by the doors.

/** The gRPC status names that the table uses. */
export type GrpcStatus =
  | "ABORTED"
  | "DEADLINE_EXCEEDED"
  | "FAILED_PRECONDITION"
  | "INTERNAL"
  | "INVALID_ARGUMENT"
  | "NOT_FOUND"
  | "PERMISSION_DENIED"
  | "RESOURCE_EXHAUSTED"
  | "UNAUTHENTICATED"
  | "UNAVAILABLE"
  | "UNIMPLEMENTED";

interface ErrorRow {
  /** HTTP status. */
  readonly status: number;
  readonly grpc: GrpcStatus;
  /** What people read when the place that refused has nothing more precise to say. */
  readonly sentence: string;
}

const row = (status: number, grpc: GrpcStatus, sentence: string): ErrorRow => ({ status, grpc, sentence });

export const errors = {
  BAD_REQUEST: row(400, "INVALID_ARGUMENT", "The request is not right."),
  INVALID_JSON: row(400, "INVALID_ARGUMENT", "The body is not valid JSON."),
  VALIDATION_FAILED: row(400, "INVALID_ARGUMENT", "The workflow has mistakes; the details list them."),
  EXECUTION_ERROR: row(400, "FAILED_PRECONDITION", "The execution does not allow this."),
  UNAUTHORIZED: row(401, "UNAUTHENTICATED", "Valid credentials are required."),
  PAYMENT_REQUIRED: row(402, "FAILED_PRECONDITION", "The community's licence does not include this feature."),
  FORBIDDEN: row(403, "PERMISSION_DENIED", "This is not allowed."),
  PERMISSION_DENIED: row(403, "PERMISSION_DENIED", "You do not have the permission that this needs."),
  WEBHOOK_DISABLED: row(403, "FAILED_PRECONDITION", "The webhook is switched off."),
  IP_NOT_ALLOWED: row(403, "PERMISSION_DENIED", "The webhook does not accept calls from this address."),
  SIGNATURE_REQUIRED: row(403, "PERMISSION_DENIED", "The webhook takes signed calls only."),
  SIGNATURE_INVALID: row(403, "PERMISSION_DENIED", "The webhook signature does not fit the body."),
  NOT_FOUND: row(404, "NOT_FOUND", "There is nothing here."),
  WORKFLOW_NOT_FOUND: row(404, "NOT_FOUND", "There is no such workflow."),
  WEBHOOK_NOT_FOUND: row(404, "NOT_FOUND", "There is no such webhook."),
  METHOD_NOT_ALLOWED: row(405, "UNIMPLEMENTED", "This address does not take this method."),
  REQUEST_TIMEOUT: row(408, "DEADLINE_EXCEEDED", "The request did not arrive in time."),
  CONFLICT: row(409, "ABORTED", "It was changed in the meantime; read it again and repeat the change."),
  PAYLOAD_TOO_LARGE: row(413, "RESOURCE_EXHAUSTED", "The body is too large."),
  URI_TOO_LONG: row(414, "INVALID_ARGUMENT", "The address is too long."),
  UNSUPPORTED_MEDIA_TYPE: row(415, "INVALID_ARGUMENT", "The body must be sent as application/json."),
  RATE_LIMIT_EXCEEDED: row(429, "RESOURCE_EXHAUSTED", "Too many requests; try again later."),
  HEADERS_TOO_LARGE: row(431, "INVALID_ARGUMENT", "The headers are too large."),
  INTERNAL_ERROR: row(500, "INTERNAL", "Something went wrong on our side; the request id leads to the log."),
  SERVICE_UNAVAILABLE: row(503, "UNAVAILABLE", "The service cannot do this at the moment; try again later."),
  EXECUTION_TIMEOUT: row(504, "DEADLINE_EXCEEDED", "The execution has not finished in time; it goes on."),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errors;

/** The longest message that an error carries, in characters. */
const messageLimit = 1000;

export interface AppErrorOptions {
  /** Structured particulars for the caller, sent as they are: never secrets, SQL or paths. */
  details?: unknown;
  /** Response headers, for example Retry-After. */
  headers?: Readonly<Record<string, string>>;
  /** What led to it, for the log only. */
  cause?: unknown;
}

/** A request that cannot be served. `code` is a row of the table; `message` is shown to the caller. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly status: number;
  readonly grpc: GrpcStatus;
  declare readonly details?: unknown; // only declared: absent when there are none
  declare readonly headers?: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, message?: string, options: AppErrorOptions = {}) {
    super(cut(message || errors[code].sentence), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = errors[code].status;
    this.grpc = errors[code].grpc;
    if (options.details !== undefined) this.details = options.details;
    if (options.headers !== undefined) this.headers = options.headers;
  }
}

/** An AppError with the table's sentence, unless `message` says it better. */
export function appError(code: ErrorCode, message?: string, options?: AppErrorOptions): AppError {
  return new AppError(code, message, options);
}

/** Whether something caught is a refusal (true) or a bug (false). */
export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError;
}

/** A text of at most `messageLimit` characters, never ending in half a surrogate pair. */
export function cut(text: string, limit: number = messageLimit): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** The text of docs/errors.md. */
export function errorsPage(): string {
  const lines = Object.entries(errors).map(
    ([code, { status, grpc, sentence }]) => `| \`${code}\` | ${status} | \`${grpc}\` | ${sentence} |`,
  );
  return `# Errors

A request that cannot be served is answered with
\`{"success": false, "error": {"code", "message", "details"?, "request_id"}}\` and the HTTP status below, over gRPC with
the status beside it. The message may be more precise than the one given here; the code is what programs go by.

| Code | HTTP | gRPC | Message |
|---|---|---|---|
${lines.join("\n")}
`;
}
