// Many events in one request, and requests that are refused.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Caller, publish, type TestApp, testApp } from "../support/app.js";
import { command, onCommand } from "../support/replica.js";

let app: TestApp;
let ada: Caller;
beforeAll(async () => {
  app = await testApp();
  ada = await app.as({ user_id: 7, username: "ada", community_ids: [1] });
});
afterAll(() => app.close());

const send = (body: unknown) => app.service()("/api/v1/events", { method: "POST", body });

describe("a batch", () => {
  it("gives results in order, each with its delivery", async () => {
    await publish(ada, onCommand({ command_name: "batch", user_cooldown_seconds: 600 }));
    const people = Array.from({ length: 60 }, (_, n) => ({ user: { id: `${n % 30}`, name: `p${n % 30}`, roles: [] } }));
    const events = [...people.map((user) => command("!batch", user)), command("!nothing-here")];
    const reply = await send({ events: [...events, events[0]] });
    expect(reply.status, reply.text).toBe(202);
    const found: { delivery_id: string; outcome: string }[] = reply.json.data.results;
    expect(found.map(({ delivery_id }) => delivery_id)).toEqual(
      [...events.slice(0, 60), events[0]].map((each) => each?.delivery_id),
    );
    expect(found.map(({ outcome }) => outcome)).toEqual([
      ...Array(30).fill("started"),
      ...Array(30).fill("cooldown"),
      "duplicate",
    ]);
  });

  it("is refused whole, with the place of the mistake", async () => {
    const good = command("!batch");
    const refused = async (body: unknown) => (await send(body)).json.error;
    expect(await refused({ events: [good, { ...good, user: { ...good.user, id: 5 } }] })).toMatchObject({
      code: "BAD_REQUEST",
      message: expect.stringMatching(/^events\[1\]\.user\.id: /),
    });
    expect((await refused({ events: [good, good, { ...good, extra: 1 }] })).message).toBe(
      "events[2].extra: is not known here",
    );
    expect((await refused({ ...good, message: undefined })).message).toBe("message: is required when type is command");
    expect((await refused({ ...good, type: "event" })).message).toBe("event_type: is required when type is event");
    expect((await refused({ events: [] })).code).toBe("BAD_REQUEST");
    expect((await refused({ events: Array(501).fill(good) })).message).toMatch(/^events: /);
    expect((await refused(undefined)).code).toBe("BAD_REQUEST");
    expect((await refused([good])).code).toBe("BAD_REQUEST");
  });

  it("is for services only", async () => {
    expect((await ada("/api/v1/events", { method: "POST", body: command("!hug") })).status).toBe(403);
    expect((await app.service(7)("/api/v1/events", { method: "POST", body: command("!hug") })).status).toBe(403);
    expect((await (await app.as(undefined))("/api/v1/events", { method: "POST", body: command("!hug") })).status).toBe(
      401,
    );
  });
});
