// The corpus of schedules, and what it cannot say: properties, other zones, the machine's own zone.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { CronError, readCron } from "./cron.js";
import { localTime, Zone, zoneName } from "./zone.js";

interface Case {
  id: string;
  expression: string;
  timezone: string;
  from: string;
  count: number;
  expected: string[] | "invalid" | "never";
  note: string;
}

const corpusFile = fileURLToPath(new URL("../../test/corpus/cron-cases.json", import.meta.url));
const { cases }: { cases: Case[] } = JSON.parse(readFileSync(corpusFile, "utf8"));

const iso = (time: number): string => new Date(time).toISOString().replace(".000Z", "Z");
const times = (expression: string, zone: string, from: string, count: number): string[] =>
  readCron(expression, zone).upcoming(Date.parse(from), count).map(iso);

describe("the corpus", () => {
  it.each(cases)("$id $expression in $timezone: $note", ({ expression, timezone, from, count, expected }) => {
    const begun = performance.now();
    if (typeof expected === "string") expect(() => readCron(expression, timezone)).toThrow(CronError);
    else {
      expect(times(expression, timezone, from, count)).toEqual(expected);
      const cron = readCron(expression, timezone);
      const [first = 0] = cron.upcoming(Date.parse(from), 1);
      expect(iso(first)).toBe(expected[0]);
    }
    expect(performance.now() - begun).toBeLessThan(100);
  });

  it("was read whole", () => expect(cases.length).toBeGreaterThan(50));
});

describe("clocks that are put forward and back", () => {
  it.each([
    // São Paulo put its clocks forward at midnight until 2019.
    ["0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z", ["2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"]],
    ["30 23 * * *", "America/Sao_Paulo", "2018-02-17T12:00:00Z", ["2018-02-18T01:30:00Z", "2018-02-19T02:30:00Z"]],
    // 30 December 2011 was left out in Apia: its times fire once, as the 31st begins.
    [
      "0 9,17 * * *",
      "Pacific/Apia",
      "2011-12-29T12:00:00Z",
      ["2011-12-29T19:00:00Z", "2011-12-30T03:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T19:00:00Z"],
    ],
    ["0 12 * * fri", "Pacific/Apia", "2011-12-29T00:00:00Z", ["2011-12-30T10:00:00Z", "2012-01-05T22:00:00Z"]],
    [
      "0 */12 * * *",
      "Pacific/Apia",
      "2011-12-29T12:00:00Z",
      ["2011-12-29T22:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z"],
    ],
    // Lord Howe repeats half an hour.
    ["45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", ["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"]],
    [
      "*/15 * * * *",
      "Australia/Lord_Howe",
      "2026-04-04T14:20:00Z",
      ["2026-04-04T14:30:00Z", "2026-04-04T14:45:00Z", "2026-04-04T15:00:00Z", "2026-04-04T15:15:00Z"],
    ],
    // Kwajalein left out 21 August 1993.
    [
      "0 9 * * *",
      "Pacific/Kwajalein",
      "1993-08-19T12:00:00Z",
      ["1993-08-19T21:00:00Z", "1993-08-20T21:00:00Z", "1993-08-21T12:00:00Z", "1993-08-21T21:00:00Z"],
    ],
    // A list that is not a wildcard, and a wildcard that is one.
    [
      "0-59/30 1 * * *",
      "America/New_York",
      "2026-11-01T04:00:00Z",
      ["2026-11-01T05:00:00Z", "2026-11-01T05:30:00Z", "2026-11-02T06:00:00Z"],
    ],
    [
      "*/30 1 * * *",
      "America/New_York",
      "2026-11-01T04:00:00Z",
      [
        "2026-11-01T05:00:00Z",
        "2026-11-01T05:30:00Z",
        "2026-11-01T06:00:00Z",
        "2026-11-01T06:30:00Z",
        "2026-11-02T06:00:00Z",
      ],
    ],
    ["*/30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", ["2026-03-09T06:00:00Z"]],
    [
      "0 */2 * * *",
      "Europe/London",
      "2026-03-28T23:00:00Z",
      ["2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z"],
    ],
  ])("%s in %s from %s", (expression, zone, from, expected) => {
    expect(times(expression, zone, from, expected.length)).toEqual(expected);
  });

  it("asked from within a repeated hour, goes on after it", () => {
    // 01:45 comes at 05:45Z and again at 06:45Z.
    expect(times("45 1 * * *", "America/New_York", "2026-11-01T06:10:00Z", 1)).toEqual(["2026-11-02T06:45:00Z"]);
    expect(times("15 2 * * *", "America/New_York", "2026-11-01T06:59:59Z", 1)).toEqual(["2026-11-01T07:15:00Z"]);
  });
});

describe("both day fields", () => {
  it.each([
    ["0 0 13 * 5", ["2026-11-06", "2026-11-13", "2026-11-20"]],
    ["0 0 */2 * 1", ["2026-11-09", "2026-11-23", "2026-12-07"]],
    ["0 0 1-31 * 1", ["2026-11-02", "2026-11-03", "2026-11-04"]],
    ["0 0 1 * */6", ["2027-05-01", "2027-08-01", "2028-01-01"]],
  ])("%s", (expression, days) => {
    const got = times(expression, "UTC", "2026-11-01T12:00:00Z", days.length).map((time) => time.slice(0, 10));
    expect(got).toEqual(days);
  });
});

describe("refusals", () => {
  it.each([
    ["0 0 31 2 *", "UTC", "cron_expression", /never fires/],
    ["0 0 30 2 */2", "UTC", "cron_expression", /never fires/],
    ["* * * *", "UTC", "cron_expression", /five fields/],
    [`${"0,".repeat(127)}0 * * * *`, "UTC", "cron_expression", /255 characters/],
    ["0 9 * * *", "+02:00", "timezone", /not a time zone/],
    ["0 9 * * *", "Mars/Olympus", "timezone", /Europe\/Berlin/],
    ["0 9 * * *", "", "timezone", /not a time zone/],
  ])("%s in %j", (expression, zone, field, message) => {
    expect(() => readCron(expression, zone)).toThrow(message);
    try {
      readCron(expression, zone);
    } catch (error) {
      expect(error).toMatchObject({ field });
    }
  });
});

const part = (least: number, most: number) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant("*") },
    fc.integer({ min: least, max: most }).map(String),
    fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 2, maxLength: 4 }).map((list) => list.join(",")),
    fc.integer({ min: 1, max: most }).map((step) => `*/${step}`),
    fc
      .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
      .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
  );
const expressions = fc
  .tuple(part(0, 59), part(0, 23), part(1, 28), part(1, 12), part(0, 6))
  .map((fields) => fields.join(" "));
const zones = fc.constantFrom(
  "UTC",
  "America/New_York",
  "Europe/London",
  "Australia/Lord_Howe",
  "Africa/Casablanca",
  "America/Santiago",
  "Pacific/Chatham",
  "Antarctica/Troll",
  "Asia/Kathmandu",
);
const instants = fc.integer({ min: Date.UTC(2010, 0, 1), max: Date.UTC(2035, 0, 1) });

describe("whatever the expression, zone and time", () => {
  it("goes strictly forward, never back when asked later, and lands on what it says", () => {
    fc.assert(
      fc.property(
        expressions,
        zones,
        instants,
        fc.integer({ min: 0, max: 90 * 60_000 }),
        (expression, zone, from, later) => {
          const cron = readCron(expression, zone);
          const first = cron.next(from) ?? Number.NaN;
          expect(first).toBeGreaterThan(from);
          expect(first % 60_000).toBe(0);
          expect(cron.next(from + later)).toBeGreaterThanOrEqual(first);
          expect(cron.next(first - 1)).toBe(first);
          expect(cron.upcoming(from, 3)).toEqual([first, cron.next(first), cron.next(cron.next(first) ?? 0)]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("finds the last time before another one, as counting does", () => {
    fc.assert(
      fc.property(
        expressions,
        zones,
        instants,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 1e6 }),
        (expression, zone, from, count, more) => {
          const cron = readCron(expression, zone);
          const all = cron.upcoming(from, count + 1);
          const [first = 0] = all;
          const last = all[count - 1] ?? 0;
          const limit = Math.min(last + more, (all[count] ?? 0) - 1);
          expect(cron.latest(first, limit)).toBe(last);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("the zone of this machine", () => {
  const own = process.env.TZ;
  afterEach(() => {
    process.env.TZ = own;
  });

  it.each([
    ["UTC", 12],
    ["America/New_York", 8],
    ["Asia/Kolkata", 17],
    ["Pacific/Apia", 1],
  ])("changes nothing: %s", (zone, hour) => {
    process.env.TZ = zone;
    expect(new Date("2026-07-01T12:00:00Z").getHours()).toBe(hour);
    for (const { id, expression, timezone, from, count, expected } of cases) {
      if (typeof expected === "string") expect(() => readCron(expression, timezone), id).toThrow(CronError);
      else expect(times(expression, timezone, from, count), id).toEqual(expected);
    }
  });
});

describe("zones", () => {
  it("tells local times with their offset", () => {
    const zone = new Zone("America/New_York");
    expect(localTime(zone, Date.parse("2026-11-01T05:30:00Z"))).toBe("2026-11-01T01:30:00-04:00");
    expect(localTime(zone, Date.parse("2026-11-01T06:30:00Z"))).toBe("2026-11-01T01:30:00-05:00");
    expect(localTime(new Zone("Asia/Kathmandu"), 0)).toBe("1970-01-01T05:30:00+05:30");
  });

  it("writes names as the zone database does", () => {
    expect(zoneName("europe/berlin")).toBe("Europe/Berlin");
    expect(zoneName("UTC")).toBe("UTC");
    expect(zoneName("US/Eastern")).toBe("US/Eastern");
  });
});
