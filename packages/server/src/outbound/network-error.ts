// What went wrong on the way, in words for the person who drew the workflow. Addresses are never told.
import { errors } from "undici";

const certificate = /^(CERT_|ERR_TLS_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_SSL_|EPROTO)/;

export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.cause === undefined ? "" : errorCode(error.cause);
}

/** The other side broke the rules of HTTP; an answer that merely ends too early is the network's doing. */
export const isBrokenHttp = (error: unknown): boolean =>
  error instanceof errors.HTTPParserError && !error.message.includes("EOF");

export const isHeaderOverflow = (error: unknown): boolean =>
  ["UND_ERR_HEADERS_OVERFLOW", "HPE_HEADER_OVERFLOW"].includes(errorCode(error));

/** One half sentence, as in "it …". */
export function describeNetworkError(error: unknown): string {
  const code = errorCode(error);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "ENODATA") return "its name could not be resolved";
  if (code === "ECONNREFUSED") return "it refused the connection";
  if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT") return "it did not accept the connection in time";
  if (code === "EHOSTUNREACH" || code === "ENETUNREACH") return "there is no way to it";
  if (certificate.test(code)) return `its certificate or TLS was not accepted (${code})`;
  return "the connection broke before the answer was complete";
}
