import { expect, it } from "vitest";
import { answered, named, perform, recorder } from "./trial.js";

const webhook = named("action_webhook", "action");
const answer = (status_code: number, retryAfter: string) =>
  answered({ status_code, response_body: null, response_headers: { "retry-after": retryAfter } });

it.each([
  [200, undefined],
  [399, undefined],
  [400, false],
  [404, false],
  [408, true],
  [429, true],
  [500, true],
  [503, true],
])("a status of %i when errors fail the node: retryable %s", async (status, retryable) => {
  const { outside } = recorder(() => answer(status, "3"));
  const result = await perform(webhook, { url: "https://a.example", fail_on_error: true }, outside);
  expect(result.ok ? undefined : result.failure.retryable).toBe(retryable);
});

it.each([
  ["7", 7],
  ["0", 0],
  ["Wed, 21 Oct 2026 07:28:00 GMT", undefined],
  ["-1", undefined],
  ["1e3", undefined],
])("Retry-After: %s", async (header, seconds) => {
  const { outside } = recorder(() => answer(503, header));
  const result = await perform(webhook, { url: "https://a.example", fail_on_error: true }, outside);
  expect(result.ok ? "no failure" : result.failure.retryAfterSeconds).toBe(seconds);
});

it("sends no body with GET and HEAD", async () => {
  const { asked, outside } = recorder(() => answer(200, ""));
  for (const method of ["GET", "HEAD", "DELETE"])
    await perform(webhook, { url: "https://a.example", method, body: {} }, outside);
  expect(asked.map(({ what }) => Object.hasOwn(Object(what), "body"))).toEqual([false, false, true]);
});

it.each([
  [{ url: "https://api.example.com/x?key={{ k }}", method: "GET" }, "GET api.example.com/x"],
  [{ url: "{{ base }}/x" }, "POST {{ base }}/x"],
  [{}, "POST …"],
])("%j is labelled %s", (config, label) => expect(webhook.label(config)).toBe(label));
