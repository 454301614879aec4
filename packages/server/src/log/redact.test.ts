import { expect, test } from "vitest";
import { describeError, maskText, redact, redactField, registerSecret } from "./redact.js";

const token = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjo0Mn0.bXe-20mn6OfQy5tm4zngQi5shk9y9EkM5nuBmcgA3Ns";

test.each([
  "secret",
  "token",
  "authorization",
  "Authorization",
  "password",
  "api_key",
  "apiKey",
  "x-api-key",
  "X-API-Key",
  "signature",
  "x-webhook-signature",
  "cookie",
  "Set-Cookie",
  "webhook_secret",
])("a field named %s is never written, at any depth", (name) => {
  expect(redactField(name, "plain")).toBe("[redacted]");
  expect(redact({ a: [{ [name]: "plain" }] })).toEqual({ a: [{ [name]: "[redacted]" }] });
  expect(JSON.stringify(redact({ [name]: { deeper: ["plain"] } }))).not.toContain("plain");
});

test("what only speaks about a secret stays", () => {
  expect(redact({ require_signature: true, tokens: 3, secret: null })).toEqual({
    require_signature: true,
    tokens: 3,
    secret: null,
  });
});

test.each([
  ["postgresql://bot:hunter2@h/db failed", "postgresql://bot:[redacted]@h/db failed"],
  ["redis://:hunter2@h", "redis://:[redacted]@h"],
  ["sent Authorization: Bearer abc.def-ghi", "sent Authorization: Bearer [redacted]"],
  [`token ${token} expired`, "token [redacted] expired"],
  [`sha256=${"ab".repeat(32)}`, "sha256=[redacted]"],
  ["POST /api/v1/workflows/webhooks/0123456789abcdef?x=1", "POST /api/v1/workflows/webhooks/[redacted]?x=1"],
  ["http://example.org/a@b", "http://example.org/a@b"],
])("%s", (text, masked) => {
  expect(maskText(text)).toBe(masked);
});

test("a registered secret is removed wherever it turns up, the longer one first", () => {
  registerSecret("correct-horse");
  registerSecret("correct-horse-battery");
  registerSecret("ab");
  registerSecret(undefined);
  expect(maskText("x correct-horse-battery y correct-horse ab")).toBe("x [redacted] y [redacted] ab");
  expect(redact({ "key correct-horse": [{ note: "is correct-horse!" }] })).toEqual({
    "key [redacted]": [{ note: "is [redacted]!" }],
  });
  expect(JSON.stringify(describeError(new Error("boom correct-horse", { cause: "correct-horse" })))).not.toContain(
    "correct-horse",
  );
});

test("an error keeps 1,000 characters, 50 frames and three causes", () => {
  const error = new Error("x".repeat(5000));
  error.stack = `Error: ${error.message}\n${"    at somewhere (file.js:1:1)\n".repeat(500)}`;
  const described = describeError(error);
  expect(described.message).toHaveLength(1000);
  expect(String(described.stack).split("\n")).toHaveLength(50);
  const circle = new Error("round");
  circle.cause = circle;
  expect(JSON.stringify(describeError(circle)).match(/round/g)?.length).toBeGreaterThan(1);
});

test("whatever is logged comes out as bounded plain data", () => {
  const circle: Record<string, unknown> = {
    n: 1n,
    f: () => 1,
    when: new Date(0),
    never: new Date(Number.NaN),
    bytes: new Uint8Array(3),
    map: new Map([["k", "v"]]),
  };
  circle.self = circle;
  const plain = redact(circle);
  expect(plain).toMatchObject({
    n: "1",
    f: "[function]",
    when: "1970-01-01T00:00:00.000Z",
    never: "invalid date",
    bytes: "[3 bytes]",
    map: { k: "v" },
  });
  expect(() => JSON.stringify(plain)).not.toThrow();

  const wide = Array.from({ length: 100 }, () =>
    Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => "deep")),
  );
  expect(JSON.stringify(redact(wide)).length).toBeLessThan(20_000);
  const hostile = Object.defineProperty({}, "trap", {
    enumerable: true,
    get: () => {
      throw new Error("no");
    },
  });
  expect(redact(hostile)).toBe("[unreadable]");
  expect(redact("y".repeat(5000))).toHaveLength(1000);
});

test("texts made to be slow are not", () => {
  const started = performance.now();
  for (const text of ["a.".repeat(50_000), "eyJ-".repeat(50_000), "bearer ".repeat(50_000), "x://:".repeat(50_000)])
    maskText(text);
  expect(performance.now() - started).toBeLessThan(1000);
});
