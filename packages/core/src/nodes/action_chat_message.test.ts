import { expect, it } from "vitest";
import { answered, bound, named, perform, recorder, trialCall } from "./trial.js";

const chat = named("action_chat_message", "action");
const long = { message: "word ".repeat(220), platform: "twitch" };

it("sends a long message in parts, each with a key of its own", async () => {
  const { asked, outside } = recorder(() => answered({ success: true }));
  expect(await perform(chat, long, outside)).toMatchObject({ ok: true, value: { output: { sent: 3 } } });
  expect(asked.map(({ key }) => key)).toEqual(["e1:n1:1", "e1:n1:1:2", "e1:n1:1:3"]);
  expect(asked.map(({ what }) => what)).toMatchObject([1, 2, 3].map((part) => ({ params: { part, parts: 3 } })));
});

it("fails with the part that fails, and sends nothing after it", async () => {
  const failure = { code: "HTTP_STATUS", message: "503", retryable: true };
  const { asked, outside } = recorder(({ key }) => (key.endsWith(":2") ? { ok: false, failure } : answered(null)));
  expect(await perform(chat, long, outside)).toEqual({ ok: false, failure });
  expect(asked).toHaveLength(2);
});

it("was an attempt when one part was sent, though the next one was not", async () => {
  const failure = { code: "CIRCUIT_OPEN", message: "no", retryable: true, unsent: true as const };
  const refusing = (part: string) =>
    recorder(({ key }) => (key.endsWith(part) ? { ok: false, failure } : answered(null))).outside;
  expect(await perform(chat, long, refusing(":1"))).toEqual({ ok: false, failure });
  const { unsent: _unsent, ...attempted } = failure;
  expect(await perform(chat, long, refusing(":2"))).toEqual({ ok: false, failure: attempted });
});

it("splits by the platform that the execution was started on", async () => {
  const { asked, outside } = recorder(() => answered(null));
  const text = "word ".repeat(220);
  await perform(chat, { message: text }, outside, { platform: "discord" });
  expect(asked).toHaveLength(1);
  await perform(chat, { message: text }, outside, { platform: "youtube" });
  expect(asked.length - 1).toBe(6);
});

it("does not take the trigger's channel to another platform", async () => {
  const { asked, outside } = recorder(() => answered(null));
  const variables = { platform: "twitch", channel_id: "5001" };
  await perform(chat, { message: "hi", platform: "discord" }, outside, variables);
  await perform(chat, { message: "hi", platform: "twitch" }, outside, variables);
  await perform(chat, { message: "hi", platform: "discord" }, outside, { channel_id: "77" });
  expect(asked.map(({ what }) => what)).toMatchObject([
    { params: { platform: "discord", channel_id: null } },
    { params: { platform: "twitch", channel_id: "5001" } },
    { params: { platform: "discord", channel_id: "77" } },
  ]);
});

it("takes an empty field for an absent one", async () => {
  const { asked, outside } = recorder(() => answered(null));
  await perform(chat, { message: "hi", platform: "", channel_id: "" }, outside, { platform: "kick", channel_id: 7 });
  expect(asked[0]?.what).toMatchObject({ params: { platform: "kick", channel_id: 7 } });
});

it("writes to the person who started the execution, and fails where there is none", async () => {
  const { asked, outside } = recorder(() => answered(null));
  const config = bound(chat, { message: "hi", target: "dm" });
  const anonymous = { ...trialCall, context: { ...trialCall.context, user_id: null } };
  const nobody = await chat.perform({ config, outside, call: anonymous, variables: {} });
  expect(nobody).toMatchObject({ ok: false, failure: { code: "NO_RECIPIENT", retryable: false } });
  expect(asked).toEqual([]);
  await chat.perform({ config, outside, call: trialCall, variables: {} });
  await chat.perform({ config, outside, call: anonymous, variables: { username: "ada" } });
  expect(asked.map(({ what }) => what)).toMatchObject([
    { params: { user_id: 5, username: null } },
    { params: { user_id: null, username: "ada" } },
  ]);
});
