import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { loadSettings } from "../settings.js";
import { identify, sameKey } from "./identity.js";
import { signToken } from "./tokens.js";

const settings = loadSettings({
  SECRET_KEY: "test-secret",
  API_KEY: "test-api-key",
  SECRET_KEY_PREVIOUS: "old-secret",
});
const token = await signToken({ user_id: 42, username: "Ada", community_ids: [7] }, "test-secret");
const bearer = `Bearer ${token}`;
const service = await new SignJWT({ service: "router" })
  .setProtectedHeader({ alg: "HS256" })
  .sign(new TextEncoder().encode("test-secret"));

const person = { kind: "user", user_id: 42, username: "Ada", community_ids: [7], role_ids: [] };

describe("who is asking", () => {
  test("nobody, without credentials", async () => {
    expect(await identify({}, settings)).toBeUndefined();
    expect(await identify({ "x-on-behalf-of": "42", cookie: `token=${token}` }, settings)).toBeUndefined();
  });

  test("a person, by a bearer token", async () => {
    expect(await identify({ authorization: bearer }, settings)).toEqual(person);
    expect(await identify({ authorization: `bearer ${token}` }, settings)).toEqual(person);
    expect(
      await identify({ authorization: `Bearer ${await signToken({ user_id: 1 }, "old-secret")}` }, settings),
    ).toMatchObject({ user_id: 1 });
  });

  test("a service, by the API key", async () => {
    expect(await identify({ "x-api-key": "test-api-key" }, settings)).toEqual({ kind: "service" });
  });

  test("a person through a service, with the key and a user id", async () => {
    expect(await identify({ "x-api-key": "test-api-key", "x-on-behalf-of": "42" }, settings)).toEqual({
      kind: "user",
      user_id: 42,
      community_ids: [],
      role_ids: [],
      via: "service",
    });
  });

  test("the token wins beside a key, and X-On-Behalf-Of changes nothing then", async () => {
    for (const key of ["test-api-key", "wrong"]) {
      expect(await identify({ authorization: bearer, "x-api-key": key, "x-on-behalf-of": "1" }, settings)).toEqual(
        person,
      );
    }
  });

  test("a service token is for the doors that take it", async () => {
    const headers = { authorization: `Bearer ${service}` };
    await expect(identify(headers, settings)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    expect(await identify(headers, settings, { serviceTokens: true })).toEqual({ kind: "service", name: "router" });
  });
});

describe("refused", () => {
  test.each<[string, Record<string, string | string[]>]>([
    ["a token without its word", { authorization: token }],
    ["a token twice in one header", { authorization: `${bearer}, ${bearer}` }],
    ["two headers", { authorization: [bearer, bearer] }],
    ["a header without content", { authorization: "" }],
    ["no header at all in a list", { authorization: [] }],
    ["another scheme", { authorization: "Basic dXNlcjpwYXNz" }],
    ["a bad token beside a good key", { authorization: "Bearer nonsense", "x-api-key": "test-api-key" }],
    ["an empty token beside a good key", { authorization: "Bearer ", "x-api-key": "test-api-key" }],
    ["half a key", { "x-api-key": "test-a" }],
    ["an empty key", { "x-api-key": "" }],
    ["two keys", { "x-api-key": ["test-api-key", "test-api-key"] }],
    ["a key with something behind it", { "x-api-key": "test-api-key, x" }],
    ["the secret as key", { "x-api-key": "test-secret" }],
  ])("%s", async (_, headers) => {
    await expect(identify(headers, settings)).rejects.toMatchObject({
      code: "UNAUTHORIZED",
      status: 401,
      message: "Valid credentials are required.",
    });
  });

  test.each(["", "0", "-1", "abc", "1.5", "0x2A", "42 ", "1e3", "2147483648", "99999999999", "42, 43"])(
    "on behalf of %j",
    async (id) => {
      await expect(identify({ "x-api-key": "test-api-key", "x-on-behalf-of": id }, settings)).rejects.toMatchObject({
        code: "BAD_REQUEST",
      });
    },
  );

  test("on behalf of two", async () => {
    const headers = { "x-api-key": "test-api-key", "x-on-behalf-of": ["42", "43"] };
    await expect(identify(headers, settings)).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });
});

test("an empty configured key matches nothing", async () => {
  expect(sameKey("", "")).toBe(false);
  expect(sameKey("x", "")).toBe(false);
  expect(sameKey("x", "x")).toBe(true);
  await expect(identify({ "x-api-key": "" }, { ...settings, API_KEY: "" })).rejects.toMatchObject({
    code: "UNAUTHORIZED",
  });
});
