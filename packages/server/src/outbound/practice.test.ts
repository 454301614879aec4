import { describe, expect, it } from "vitest";
import { callOf } from "../../test/support/calls.js";
import { createPractice } from "./practice.js";

const say = (message: string) => ({ module_name: "chat", action: "send_message", params: { message } });

describe("the practice router", () => {
  it("takes a message, shows it and logs one line", async () => {
    const lines: string[] = [];
    const practice = createPractice({ log: { info: (line) => lines.push(line), warn: () => {} } });
    const answer = await practice.router("modules", say("Hello, Ada!"), 5, callOf());
    const [message] = practice.messages({ limit: 10 });
    expect(message).toMatchObject({
      kind: "modules",
      module_name: "chat",
      action: "send_message",
      params: { message: "Hello, Ada!" },
      text: "Hello, Ada!",
      community_id: 1,
      node_id: "greet",
      duplicate: false,
    });
    expect(answer).toMatchObject({
      ok: true,
      value: { success: true, data: { practice: true, message_id: message?.id } },
    });
    expect(lines).toEqual(['practice router: "Hello, Ada!"']);
  });

  it("answers a repeated key as before and marks the repetition", async () => {
    const practice = createPractice();
    const first = await practice.router("modules", say("one"), 5, callOf());
    const second = await practice.router("modules", say("one"), 5, callOf({ attempt: 2 }));
    expect(second).toEqual(first);
    expect(practice.messages({ limit: 10 }).map(({ duplicate }) => duplicate)).toEqual([true, false]);
  });

  it("keeps the last 300, newest first, and tells communities apart", async () => {
    const practice = createPractice();
    for (let n = 0; n < 310; n++) {
      const context = { community_id: n % 2 };
      await practice.router("modules", say(`m${n}`), 5, callOf({ idempotencyKey: `k${n}`, context }));
    }
    const all = practice.messages({ limit: 1_000 });
    expect(all).toHaveLength(300);
    expect([all[0]?.text, all.at(-1)?.text]).toEqual(["m309", "m10"]);
    expect(practice.messages({ community_id: 0, limit: 2 }).map(({ text }) => text)).toEqual(["m308", "m306"]);
  });

  it("tells listeners until they leave", async () => {
    const practice = createPractice();
    const heard: string[] = [];
    const leave = practice.onMessage(({ text }) => heard.push(text));
    await practice.router("commands", { command: "!hug", args: ["@ada", "now"] }, 5, callOf());
    leave();
    await practice.router("modules", { module_name: "timer", action: "start" }, 5, callOf({ idempotencyKey: "other" }));
    expect(heard).toEqual(["!hug @ada now"]);
    expect(practice.messages({ limit: 1 })[0]?.text).toBe("timer.start");
  });
});
