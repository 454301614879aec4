import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { refusedSignature, type SignedCall } from "./signature.js";

interface HmacCase {
  id: string;
  level: string;
  token: string;
  secret: string;
  /** base64 */
  body: string;
  header: string | null;
  expected: "accept" | "reject";
  note: string;
}
const corpus: { cases: HmacCase[] } = JSON.parse(
  readFileSync(new URL("../../test/corpus/hmac-cases.json", import.meta.url), "utf8"),
);

const now = Date.parse("2026-11-23T12:00:00Z");
const token = "3f9a1c0d5e7b42688a6d0c9f1e2b3a47";
const secret = "c0ffee00c0ffee00c0ffee00c0ffee00";
const body = Buffer.from('{"event":"user_joined","user_id":123}');
const hmac = (key: string | Buffer, ...parts: (string | Buffer)[]) => {
  const made = createHmac("sha256", key);
  for (const part of parts) made.update(part);
  return made.digest();
};

const call = (more: Partial<SignedCall>): SignedCall => ({
  ...{ scheme: "workflow_core", windowSeconds: null, secrets: [secret], token, headers: {}, body, now },
  ...more,
});

describe("the corpus", () => {
  test.each(corpus.cases.map((each) => [`${each.id} ${each.note}`, each] as const))("%s", (_, each) => {
    const headers = each.header === null ? {} : { "x-webhook-signature": each.header };
    const refusal = refusedSignature(
      call({ token: each.token, secrets: [each.secret], body: Buffer.from(each.body, "base64"), headers }),
    );
    expect(refusal === undefined ? "accept" : "reject").toBe(each.expected);
    if (each.header === null) expect(refusal?.code).toBe("SIGNATURE_REQUIRED");
  });
});

describe("our own signature", () => {
  const signed = (key: string) => ({ "x-webhook-signature": `sha256=${hmac(key, token, body).toString("hex")}` });

  it("holds with the old secret during a rotation, whichever comes first", () => {
    for (const secrets of [
      [secret, "the-old-one"],
      ["the-old-one", secret],
    ])
      expect(refusedSignature(call({ secrets, headers: signed("the-old-one") }))).toBeUndefined();
    expect(refusedSignature(call({ headers: signed("the-old-one") }))?.code).toBe("SIGNATURE_INVALID");
  });

  it("never holds without a secret", () => {
    expect(refusedSignature(call({ secrets: [], headers: signed("") }))?.code).toBe("SIGNATURE_INVALID");
    expect(refusedSignature(call({ secrets: [""], headers: signed("") }))?.code).toBe("SIGNATURE_INVALID");
  });

  it("takes the time into what is signed where the webhook asks for it", () => {
    const at = (milliseconds: number) => {
      const seconds = String(Math.floor(milliseconds / 1000));
      const signature = hmac(secret, token, `${seconds}.`, body).toString("hex");
      return { "x-webhook-timestamp": seconds, "x-webhook-signature": `sha256=${signature}` };
    };
    const refused = (headers: SignedCall["headers"]) => refusedSignature(call({ windowSeconds: 300, headers }))?.reason;
    expect(refused(at(now))).toBeUndefined();
    expect(refused(at(now - 300_000))).toBeUndefined();
    // Times are signed as whole seconds, so the last one counts to its end.
    const late = (more: number) =>
      refusedSignature(call({ windowSeconds: 300, headers: at(now - 300_000), now: now + more }));
    expect([late(999), late(1000)?.code]).toEqual([undefined, "SIGNATURE_INVALID"]);
    expect(refused(at(now - 301_000))).toContain("300 seconds ago");
    expect(refused(at(now + 301_000))).toContain("ahead of time");
    expect(refused(signed(secret)), "signed without a time").toContain("not in the right form");
    expect(refused({ ...at(now - 301_000), "x-webhook-timestamp": String(now / 1000) })).toContain("does not fit");
    // Without a window the scheme is the guide's, whatever the caller sends beside it.
    expect(refusedSignature(call({ headers: at(now) }))?.reason).toContain("does not fit");
  });

  it("knows no scheme that it does not know", () => {
    expect(refusedSignature(call({ scheme: "constructor", headers: signed(secret) }))?.code).toBe("SIGNATURE_INVALID");
  });
});

describe("other senders", () => {
  const seconds = String(now / 1000);
  const old = String(now / 1000 - 301);
  const standardKey = Buffer.from("0123456789abcdef01234567");
  const hex = (key: string | Buffer, ...parts: (string | Buffer)[]) => hmac(key, ...parts).toString("hex");
  const time = "2026-11-23T11:59:58.123456789Z";
  const oldTime = "2026-11-23T11:49:59Z";
  const twitch = (at: string) => ({
    "twitch-eventsub-message-id": "e76c6bd4-55c9-4987-8304-da1588d8988b",
    "twitch-eventsub-message-timestamp": at,
    "twitch-eventsub-message-signature": `sha256=${hex(secret, "e76c6bd4-55c9-4987-8304-da1588d8988b", at, body)}`,
  });
  const standard = (at: string, more = "") => ({
    ...{ "webhook-id": "msg_1", "webhook-timestamp": at },
    "webhook-signature": `${more}v1,${hmac(standardKey, `msg_1.${at}.`, body).toString("base64")}`,
  });
  const stripe = (at: string) => ({ "stripe-signature": `t=${at},v0=00,v1=${hex(secret, `${at}.`, body)}` });
  const slack = (at: string) => ({
    "x-slack-request-timestamp": at,
    "x-slack-signature": `v0=${hex(secret, `v0:${at}:`, body)}`,
  });

  test.each<[string, string, SignedCall["headers"], boolean, string?]>([
    ["github", "its own", { "x-hub-signature-256": `sha256=${hex(secret, body)}` }, true],
    ["github", "the weak one", { "x-hub-signature": `sha1=${"0".repeat(40)}` }, false],
    ["github", "ours", { "x-webhook-signature": `sha256=${hex(secret, token, body)}` }, false],
    ["stripe", "its own", stripe(seconds), true],
    ["stripe", "too old", stripe(old), false],
    ["stripe", "two times", { "stripe-signature": `t=${old},${stripe(seconds)["stripe-signature"]}` }, false],
    ["stripe", "no time", { "stripe-signature": `v1=${hex(secret, ".", body)}` }, false],
    ["slack", "its own", slack(seconds), true],
    ["slack", "too old", slack(old), false],
    ["slack", "another time than was signed", { ...slack(old), "x-slack-request-timestamp": seconds }, false],
    ["twitch", "its own", twitch(time), true],
    ["twitch", "too old", twitch(oldTime), false],
    ["twitch", "no time at all", twitch("now"), false],
    ["standard_webhooks", "its own", standard(seconds), true, `whsec_${standardKey.toString("base64")}`],
    ["standard_webhooks", "several", standard(seconds, "v1a,x "), true, standardKey.toString("base64")],
    ["standard_webhooks", "too old", standard(old), false, standardKey.toString("base64")],
    ["standard_webhooks", "a secret that is none", standard(seconds), false, "not base64!"],
  ])("%s: %s", (scheme, _, headers, holds, key = secret) => {
    expect(refusedSignature(call({ scheme, headers, secrets: [key] })) === undefined).toBe(holds);
  });

  it("verifies the example of the Standard Webhooks specification", () => {
    const headers = {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    };
    const example = call({
      ...{ scheme: "standard_webhooks", secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], headers },
      ...{ body: Buffer.from('{"test": 2432232314}'), now: 1_614_265_330_000 },
    });
    expect(refusedSignature(example)).toBeUndefined();
  });

  it("takes a window of the webhook's own", () => {
    expect(refusedSignature(call({ scheme: "slack", headers: slack(old), windowSeconds: 600 }))).toBeUndefined();
  });
});
