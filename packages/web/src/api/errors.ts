// Why a request did not give what was asked: the server's envelope as a value that pages can show.

export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status; 0 when there was no answer at all. */
  readonly status: number;
  readonly code: string;
  readonly details: unknown;
  readonly requestId: string | undefined;

  constructor(status: number, code: string, message: string, details?: unknown, requestId?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
    this.requestId = requestId;
  }
}

export const isOffline = (error: unknown): boolean => error instanceof ApiError && error.status === 0;
export const isMissing = (error: unknown): boolean => error instanceof ApiError && error.status === 404;
/** Somebody else changed it first. */
export const isStale = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 409 || error.status === 412);

/** Any thrown value as a sentence for people. */
export const sentenceOf = (error: unknown): string =>
  error instanceof Error ? error.message : "Something unexpected happened.";
