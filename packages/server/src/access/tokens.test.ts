import { readFileSync } from "node:fs";
import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { isAppError } from "../errors.js";
import { signToken, verifyToken } from "./tokens.js";

const corpus: {
  key: string;
  cases: { id: string; note: string; token: string; expected: string; user_id?: string }[];
  ambiguous: { token: string; why: string }[];
} = JSON.parse(readFileSync(new URL("../../test/corpus/jwt-cases.json", import.meta.url), "utf8"));

const secret = "test-secret";
const sign = (payload: Record<string, unknown>, header: Record<string, unknown> = {}, key = secret) =>
  new SignJWT(payload).setProtectedHeader({ alg: "HS256", ...header }).sign(new TextEncoder().encode(key));

async function refusal(token: string, secrets: readonly string[] = [secret]): Promise<unknown> {
  const result = await verifyToken(token, secrets).catch((error: unknown) => error);
  if (!isAppError(result)) throw new Error(`accepted: ${JSON.stringify(result)}`);
  const { code, status, message, details, headers } = result;
  return { code, status, message, details, headers };
}

const expected = {
  code: "UNAUTHORIZED",
  status: 401,
  message: "Valid credentials are required.",
  details: undefined,
  headers: { "WWW-Authenticate": "Bearer" },
};

describe("the corpus", () => {
  test("is there", () => {
    expect(corpus.cases.length).toBeGreaterThan(30);
    expect(corpus.key).toBe(secret);
  });

  test.each(corpus.cases)("$id: $note", async ({ token, expected: outcome, user_id }) => {
    if (outcome === "accept")
      expect(await verifyToken(token, [corpus.key])).toMatchObject({ user_id: Number(user_id) });
    else expect(await refusal(token)).toEqual(expected);
  });
});

describe("claims", () => {
  test.each([
    [{ user_id: 42, exp: 0 }],
    [{ user_id: 42, exp: "never" }],
    [{ user_id: 42, exp: "4102444800" }],
    [{ user_id: 42, exp: [4102444800] }],
    [{ user_id: 42, exp: true }],
    [{ user_id: 42, exp: Math.floor(Date.now() / 1000) - 1 }],
    [{ user_id: 42, nbf: "0" }],
    [{ user_id: 42, iat: "0" }],
    [{ user_id: 42, nbf: 4102444800 }],
    [{ user_id: 2 ** 53 }],
    [{ user_id: 2_147_483_648 }],
    [{ user_id: 0 }],
    [{ user_id: 1.5 }],
    [{ user_id: "42" }],
    [{ user_id: true }],
    [{ user_id: {} }],
    [{}],
    [{ user_id: 42, username: 5 }],
    [{ user_id: 42, username: "a\u0000b" }],
    [{ user_id: 42, username: "a\ud800b" }],
    [{ user_id: 42, username: "x".repeat(256) }],
    [{ user_id: 42, community_ids: ["1"] }],
    [{ user_id: 42, community_ids: 1 }],
    [{ user_id: 42, role_ids: [1.5] }],
    [{ user_id: 42, role_ids: [-1] }],
    [{ user_id: 42, role_ids: Array.from({ length: 1001 }, (_, index) => index + 1) }],
    [{ user_id: 42, aud: "another-service" }],
    [{ user_id: null, service: "router" }],
    [{ service: "" }],
    [{ service: 5 }],
  ])("refuses %j", async (payload) => {
    expect(await refusal(await sign(payload))).toEqual(expected);
  });

  test("refuses a time that is infinite", async () => {
    const payload = Buffer.from('{"user_id":42,"exp":1e400}').toString("base64url");
    const head = Buffer.from('{"alg":"HS256"}').toString("base64url");
    const { createHmac } = await import("node:crypto");
    const signature = createHmac("sha256", secret).update(`${head}.${payload}`).digest("base64url");
    expect(await refusal(`${head}.${payload}.${signature}`)).toEqual(expected);
  });

  test("gives back what a person's token says, lists empty where it says nothing", async () => {
    const exp = Math.floor(Date.now() / 1000) + 60;
    const full = { user_id: 42, username: "Ada", community_ids: [1, 2], role_ids: [3], exp };
    expect(await verifyToken(await signToken(full, secret), [secret])).toEqual(full);
    expect(await verifyToken(await sign({ user_id: 42, username: null, role_ids: null, other: 1 }), [secret])).toEqual({
      user_id: 42,
      community_ids: [],
      role_ids: [],
    });
  });

  test("allows another machine's clock to be a few seconds ahead", async () => {
    expect(
      await verifyToken(await sign({ user_id: 42, nbf: Math.floor(Date.now() / 1000) + 3 }), [secret]),
    ).toMatchObject({ user_id: 42 });
  });

  test("knows a service by a service claim alone; with a user_id it is a person", async () => {
    expect(await verifyToken(await sign({ service: "router" }), [secret])).toEqual({ service: "router" });
    expect(await verifyToken(await sign({ service: "router", user_id: 42 }), [secret])).toEqual({
      user_id: 42,
      community_ids: [],
      role_ids: [],
    });
  });
});

describe("keys", () => {
  test("the previous key counts during rotation, any other does not, an empty one never", async () => {
    const old = await sign({ user_id: 42 }, {}, "old-secret");
    expect(await verifyToken(old, ["new-secret", "old-secret"])).toMatchObject({ user_id: 42 });
    expect(await refusal(old, ["new-secret", ""])).toEqual(expected);
    expect(await refusal(old, [])).toEqual(expected);
    expect(await refusal(old, [""])).toEqual(expected);
  });

  test("a key that a token brings along is of no account, and an extension is refused", async () => {
    expect(
      await verifyToken(await sign({ user_id: 42 }, { kid: "../../etc/passwd", jku: "http://evil.example" }), [secret]),
    ).toMatchObject({ user_id: 42 });
    expect(await refusal(await sign({ user_id: 42 }, { crit: ["b64"], b64: true }))).toEqual(expected);
  });

  test("one text alone is the token: not one with other bits in the place of nothing", async () => {
    const token = await sign({ user_id: 42 });
    const last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const other = last[last.indexOf(token.at(-1) ?? "") + 1];
    expect(await refusal(token.slice(0, -1) + other)).toEqual(expected);
    expect(await refusal(`${token}=`)).toEqual(expected);
  });

  test("a token of monstrous length is not even read", async () => {
    expect(await refusal(`${await sign({ user_id: 42, note: "x".repeat(9000) })}`)).toEqual(expected);
  });
});

test("what the interface leaves open never ends in an error of ours", async () => {
  for (const { token } of corpus.ambiguous) {
    const result: unknown = await verifyToken(token, [secret]).catch((error: unknown) => error);
    expect(result instanceof Error ? isAppError(result) : true).toBe(true);
  }
});
