import { expect, it } from "vitest";
import { answered, named, perform, recorder } from "./trial.js";

const webhook = named("action_webhook", "action");
const answer = (status_code: number) => answered({ status_code, response_body: null, response_headers: {} });

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
  const { outside } = recorder(() => answer(status));
  const result = await perform(webhook, { url: "https://a.example", fail_on_error: true }, outside);
  expect(result.ok ? undefined : result.failure.retryable).toBe(retryable);
});

it.each([0, 7, undefined])("waits as long as the answer asks for: %s", async (seconds) => {
  const answer = { status_code: 503, response_body: null, response_headers: {} };
  const { outside } = recorder(() =>
    answered(seconds === undefined ? answer : { ...answer, retryAfterSeconds: seconds }),
  );
  const result = await perform(webhook, { url: "https://a.example", fail_on_error: true }, outside);
  expect(result.ok ? "no failure" : result.failure.retryAfterSeconds).toBe(seconds);
});

it("sends no body with GET and HEAD", async () => {
  const { asked, outside } = recorder(() => answer(200));
  for (const method of ["GET", "HEAD", "DELETE"])
    await perform(webhook, { url: "https://a.example", method, body: {} }, outside);
  expect(asked.map(({ what }) => Object.hasOwn(Object(what), "body"))).toEqual([false, false, true]);
});

it.each([
  [{ url: "https://api.example.com/x?key={{ k }}", method: "GET" }, "GET api.example.com/x"],
  [{ url: "{{ base }}/x" }, "POST {{ base }}/x"],
  [{}, "POST …"],
])("%j is labelled %s", (config, label) => expect(webhook.label(config)).toBe(label));
