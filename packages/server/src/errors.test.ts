import { describe, expect, test } from "vitest";
import { AppError, appError, cut, type ErrorCode, errors, errorsPage, isAppError } from "./errors.js";

// What the interface promises, copied by hand so that an accidental change of the table is noticed.
const promised: Record<number, ErrorCode[]> = {
  400: ["BAD_REQUEST", "INVALID_JSON", "EXECUTION_ERROR", "VALIDATION_FAILED"],
  401: ["UNAUTHORIZED"],
  402: ["PAYMENT_REQUIRED"],
  403: [
    "FORBIDDEN",
    "PERMISSION_DENIED",
    "WEBHOOK_DISABLED",
    "IP_NOT_ALLOWED",
    "SIGNATURE_REQUIRED",
    "SIGNATURE_INVALID",
  ],
  404: ["NOT_FOUND", "WORKFLOW_NOT_FOUND", "WEBHOOK_NOT_FOUND"],
  405: ["METHOD_NOT_ALLOWED"],
  408: ["REQUEST_TIMEOUT"],
  409: ["CONFLICT"],
  413: ["PAYLOAD_TOO_LARGE"],
  414: ["URI_TOO_LONG"],
  415: ["UNSUPPORTED_MEDIA_TYPE"],
  429: ["RATE_LIMIT_EXCEEDED"],
  431: ["HEADERS_TOO_LARGE"],
  500: ["INTERNAL_ERROR"],
  503: ["SERVICE_UNAVAILABLE"],
  504: ["EXECUTION_TIMEOUT"],
};

test("the table holds every promised code with its status, and no other", () => {
  const table = Object.entries(errors).map(([code, { status }]) => `${status} ${code}`);
  const wanted = Object.entries(promised).flatMap(([status, codes]) => codes.map((code) => `${status} ${code}`));
  expect(table.sort()).toEqual(wanted.sort());
});

test("every sentence is one, and every code is in the page", () => {
  for (const [code, { sentence }] of Object.entries(errors)) {
    expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(errorsPage()).toContain(`| \`${code}\` |`);
  }
});

describe("appError", () => {
  test("takes the table's sentence, status and gRPC status", () => {
    const error = appError("WORKFLOW_NOT_FOUND");
    expect(error).toMatchObject({ code: "WORKFLOW_NOT_FOUND", status: 404, grpc: "NOT_FOUND" });
    expect(error.message).toBe(errors.WORKFLOW_NOT_FOUND.sentence);
    expect(error).not.toHaveProperty("details");
    expect(error).not.toHaveProperty("headers");
  });

  test("carries message, details, headers and cause", () => {
    const cause = new Error("deeper");
    const error = appError("RATE_LIMIT_EXCEEDED", "Slow down.", {
      details: { limit: 60 },
      headers: { "Retry-After": "5" },
      cause,
    });
    expect(error).toMatchObject({
      message: "Slow down.",
      details: { limit: 60 },
      headers: { "Retry-After": "5" },
      cause,
    });
  });

  test("cuts long messages to 1,000 characters", () => {
    expect(appError("BAD_REQUEST", "x".repeat(5000)).message).toHaveLength(1000);
  });

  test("is told from a bug", () => {
    expect(isAppError(new AppError("CONFLICT"))).toBe(true);
    expect(isAppError(new Error("CONFLICT"))).toBe(false);
    expect(isAppError({ name: "AppError", code: "CONFLICT" })).toBe(false);
  });
});

test("a cut never leaves half a character", () => {
  const text = cut(`${"x".repeat(8)}😀😀`, 10);
  expect(text).toBe("xxxxxxxx…");
  expect(() => encodeURIComponent(text)).not.toThrow();
});
