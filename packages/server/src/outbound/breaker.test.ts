import type { Answer } from "@workflow-core/core";
import { beforeEach, describe, expect, it } from "vitest";
import type { Clock } from "../clock.js";
import { failed, ok } from "./answers.js";
import { type Breaker, type Called, createBreaker } from "./breaker.js";

let now = 0;
const wall = Date.UTC(2026, 10, 30, 12);
const clock: Clock = { now: () => wall + now, monotonic: () => now, setTimer: () => () => {} };
let breaker: Breaker;
let told: string[];

beforeEach(() => {
  now = 1_000;
  told = [];
  const log = { info: (text: string) => void told.push(text), warn: (text: string) => void told.push(text) };
  breaker = createBreaker(clock, { log });
});

const of = (host: string, community = 1): Called => ({ port: "http", community, host });
const a = of("a:443");
const answers = (status: number): Answer<number> => ok(status);
const lost = failed("HTTP_UNREACHABLE", "gone", { retryable: true });

/** The call's answer, and whether it was made. */
const call = async (name = a, answer: Answer<number> | Promise<Answer<number>> = answers(200)) => {
  let made = false;
  const got = await breaker.through(
    name,
    async () => {
      made = true;
      return answer;
    },
    (status) => status,
  );
  return { made, got, failure: got.ok ? undefined : got.failure };
};
const breaks = async (times: number, name = a) => {
  for (let n = 0; n < times; n++) await call(name, lost);
};
const isOpen = async (name = a) => !(await call(name, failed("ABORTED", ""))).made;

/** A call that is under way until it is told how it ends. */
const pending = (name = a) => {
  let end: (answer: Answer<number>) => void = () => {};
  const over = call(
    name,
    new Promise((resolve) => {
      end = resolve;
    }),
  );
  return { end, over };
};

describe("a circuit", () => {
  it("opens after five calls in a row that broke, for its host only", async () => {
    await breaks(4);
    await call();
    await breaks(4);
    expect(await isOpen()).toBe(false);
    await breaks(1);
    expect(await isOpen()).toBe(true);
    expect(await isOpen(of("a:80"))).toBe(false);
  });

  it("is one community's: others call the host as before", async () => {
    await breaks(5);
    expect(await isOpen(of("a:443", 2))).toBe(false);
    expect(await isOpen({ ...a, port: "router" })).toBe(false);
    await call(of("a:443", 2));
    expect(await isOpen()).toBe(true);
  });

  it("lets one trial through after ten seconds and closes when it works", async () => {
    await breaks(5);
    now += 9_999;
    expect(await isOpen()).toBe(true);
    now += 1;
    const trial = pending();
    expect((await call()).failure).toMatchObject({ code: "CIRCUIT_OPEN", details: { state: "half-open" } });
    trial.end(answers(200));
    expect((await trial.over).made).toBe(true);
    expect(breaker.states()).toEqual([{ ...a, state: "closed", failures: 0, retryAt: undefined }]);
    await breaks(4);
    expect(await isOpen()).toBe(false);
  });

  it("is open anew when the trial breaks", async () => {
    await breaks(5);
    now += 10_000;
    await breaks(1);
    expect(breaker.states()).toMatchObject([{ state: "open", failures: 6, retryAt: wall + now + 10_000 }]);
    expect(await isOpen()).toBe(true);
  });

  it.each(["ABORTED", "EGRESS_BLOCKED"])("tries again when the trial told nothing: %s", async (code) => {
    await breaks(5);
    now += 10_000;
    await call(a, failed(code, ""));
    expect(breaker.states()).toMatchObject([{ state: "half-open", failures: 5 }]);
    expect((await call()).made).toBe(true);
    expect(breaker.states()).toMatchObject([{ state: "closed" }]);
  });

  it("tries again when the trial could not even be made, because of a bug", async () => {
    await breaks(5);
    now += 10_000;
    const bug = new Error("bug");
    await expect(call(a, Promise.reject(bug))).rejects.toBe(bug);
    expect((await call()).made).toBe(true);
  });

  it("makes one trial at a time, also when an older call ends meanwhile", async () => {
    const old = pending();
    await breaks(5);
    now += 10_000;
    const trial = pending();
    old.end(failed("ABORTED", ""));
    await old.over;
    expect((await call()).made).toBe(false);
    trial.end(answers(200));
    await trial.over;
  });

  it("makes another trial when one takes longer than ten seconds", async () => {
    await breaks(5);
    now += 10_000;
    const slow = pending();
    now += 9_999;
    expect((await call()).made).toBe(false);
    now += 1;
    const second = pending();
    slow.end(failed("ABORTED", ""));
    await slow.over;
    expect((await call()).made).toBe(false);
    second.end(answers(200));
    await second.over;
    expect((await call()).made).toBe(true);
  });

  it("stays open no longer because of calls that were under way when it opened", async () => {
    const late = pending();
    await breaks(5);
    now += 5_000;
    late.end(lost);
    await late.over;
    expect(breaker.states()).toMatchObject([{ state: "open", retryAt: wall + now + 5_000 }]);
  });

  it("is told of once when it opens and once when it works again", async () => {
    await breaks(5);
    now += 10_000;
    await breaks(1);
    now += 10_000;
    await call();
    await call();
    expect(told).toEqual([
      "a:443, as community 1 calls it, broke 5 calls in a row; it is left alone for 10 s.",
      "a:443, as community 1 calls it, answers again.",
    ]);
  });
});

describe("what breaks", () => {
  const opens = async (answer: Answer<number>) => {
    for (let n = 0; n < 5; n++) await call(a, answer);
    return isOpen();
  };

  it.each([502, 503, 504])("a %i, which is said in a host's place", async (status) => {
    expect(await opens(answers(status))).toBe(true);
  });

  it.each([200, 302, 400, 404, 408, 429, 500, 501])("not a %i: the host works", async (status) => {
    expect(await opens(answers(status))).toBe(false);
    await breaks(4);
    await call(a, answers(status));
    await breaks(4);
    expect(await isOpen()).toBe(false);
  });

  it.each(["TIMEOUT", "HTTP_UNREACHABLE", "ROUTER_UNREACHABLE"])("%s", async (code) => {
    expect(await opens(failed(code, "", { retryable: true }))).toBe(true);
  });

  it.each(["RESPONSE_TOO_LARGE", "HTTP_ANSWER_INVALID"])("not %s: the host answers", async (code) => {
    expect(await opens(failed(code, ""))).toBe(false);
  });
});

describe("the failure of a call that is not made", () => {
  it("names the host, the state and the time of the next call, and may be tried again then", async () => {
    await breaks(5);
    now += 2_500;
    expect((await call()).failure).toEqual({
      code: "CIRCUIT_OPEN",
      message:
        "Nothing was sent: 5 calls in a row to a:443 broke, so it is left alone (circuit open) and tried again " +
        "in 8 s, at 2026-11-30T12:00:11.000Z.",
      retryable: true,
      retryAfterSeconds: 8,
      unsent: true,
      details: { host: "a:443", state: "open", failures: 5, retry_at: "2026-11-30T12:00:11.000Z" },
    });
    now += 7_500;
    const trial = pending();
    expect((await call()).failure).toEqual({
      code: "CIRCUIT_OPEN",
      message:
        "Nothing was sent: 5 calls in a row to a:443 broke, and one is finding out whether it works again " +
        "(circuit half-open).",
      retryable: true,
      retryAfterSeconds: 1,
      unsent: true,
      details: { host: "a:443", state: "half-open", failures: 5, retry_at: null },
    });
    trial.end(lost);
    await trial.over;
  });

  it("asks to wait as long again as a trial takes: one that is slow is asked about less and less", async () => {
    await breaks(5);
    now += 10_000;
    const trial = pending();
    const waits: (number | undefined)[] = [];
    for (;;) {
      const { made, failure } = await call(a, failed("ABORTED", ""));
      if (made) break;
      waits.push(failure?.retryAfterSeconds);
      now += (failure?.retryAfterSeconds ?? 0) * 1_000;
    }
    expect(waits).toEqual([1, 1, 2, 4, 2]);
    trial.end(lost);
    await trial.over;
  });
});

it("keeps no host that nothing was heard of", async () => {
  await call(a, failed("EGRESS_BLOCKED", ""));
  await call(a, failed("ABORTED", ""));
  expect(breaker.states()).toEqual([]);
});
