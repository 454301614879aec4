// Readers that are slow, and readers that do not read.
import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { until } from "../../test/support/until.js";
import { systemClock } from "../clock.js";
import type { ExecutionEvent } from "./generated/workflow.js";
import { mostUnread, Unread } from "./unread.js";

/** A call whose reader takes `ready` messages; `drain` lets it take more. */
function reader(ready: number) {
  const emitter = new EventEmitter();
  const got: ExecutionEvent[] = [];
  let left = ready;
  const call = Object.assign(emitter, {
    write: (event: ExecutionEvent) => {
      got.push(event);
      left -= 1;
      return left > 0;
    },
  });
  return {
    call: call as unknown as Parameters<Unread["pump"]>[0], // the three functions that pump uses
    got,
    drain: (more: number) => {
      left = more;
      emitter.emit("drain");
    },
  };
}
const event = (size: number) => ({ text: "x".repeat(size) });

describe("Unread", () => {
  it("hands over in order, and no more than is taken", async () => {
    const unread = new Unread(systemClock);
    const { call, got, drain } = reader(2);
    for (let each = 1; each <= 5; each++) unread.send("elapsed", { each }, each);
    unread.end();
    const pumping = unread.pump(call);
    await until(() => got.length === 2, "two messages");
    drain(10);
    await pumping;
    expect(got.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
    expect(got[0]).toEqual({ sequence: 1, type: "elapsed", data: '{"each":1}' });
    expect(unread.closed).toBe(true);
  });

  it("makes what is stored wait for room", async () => {
    const unread = new Unread(systemClock);
    const { call, got, drain } = reader(1);
    const pumping = unread.pump(call);
    unread.send("performed", event(100_000), 1);
    let roomy = false;
    const waiting = unread.room().then(() => {
      roomy = true;
    });
    await until(() => got.length === 1, "the first message");
    expect(roomy).toBe(false);
    drain(10);
    await waiting;
    unread.end();
    await pumping;
    expect(roomy).toBe(true);
  });

  it("drops a reader that leaves too much unread, and says so", async () => {
    const unread = new Unread(systemClock);
    const pumping = unread.pump(reader(1).call);
    for (let each = 1; each <= 20; each++) unread.send("performed", event(mostUnread / 10), each);
    await expect(pumping).rejects.toMatchObject({ code: "RATE_LIMIT_EXCEEDED" });
    expect(unread.closed).toBe(true);
    unread.send("performed", event(1), 21);
    await unread.room();
  });

  it("takes one message that is larger than the bound", async () => {
    const unread = new Unread(systemClock);
    const { call, got } = reader(10);
    unread.send("state", event(2 * mostUnread));
    unread.end();
    await unread.pump(call);
    expect(got).toHaveLength(1);
  });
});
