// What clocks show in a time zone, and when they are put forward or back. A reading is what a clock shows, written as
// the milliseconds that UTC would have at that date and time: readings are compared and counted like instants.

const second = 1000;
const hour = 3_600_000;
/** No clock differs from UTC by more, nor was one ever put forward or back by more. */
const farthest = 26 * hour;
/** Clocks are never put forward and back again within this time. */
const calm = 7 * 24 * hour;

const formatters = new Map<string, Intl.DateTimeFormat>();

/** A zone of the zone database. Throws RangeError when there is none of this name. */
export class Zone {
  readonly #format: Intl.DateTimeFormat;

  constructor(name: string) {
    this.#format = formatterOf(name);
  }

  /** Milliseconds by which clocks are ahead of UTC at an instant. */
  offset(instant: number): number {
    const whole = Math.floor(instant / second) * second;
    const parts = this.#format.format(whole).split(/\D+/).map(Number);
    const [month = 1, day = 1, year = 1970, hours = 0, minutes = 0, seconds = 0] = parts;
    return Date.UTC(year, month - 1, day, hours, minutes, seconds) - whole;
  }

  /** The first instant after `from` and not after `to` at which clocks are put forward or back. */
  change(from: number, to: number): number | undefined {
    const before = this.offset(from);
    for (let low = from; low < to; low += calm) {
      const high = Math.min(low + calm, to);
      if (this.offset(high) !== before) return this.#turn(low, high, before);
    }
    return undefined;
  }

  /** The latest reading that clocks have shown by an instant: while an hour is repeated, the end of its first time. */
  latestReading(instant: number): number {
    const now = this.offset(instant);
    const before = this.offset(instant - farthest);
    if (before <= now) return instant + now;
    return Math.max(instant + now, this.#turn(instant - farthest, instant, before) + before - 1);
  }

  /** The first instant at which clocks show a reading, or leave it out. */
  firstReached(reading: number): number {
    const [low, high] = [reading - farthest, reading + farthest];
    const [before, after] = [this.offset(low), this.offset(high)];
    if (before === after) return reading - after;
    const turn = this.#turn(low, high, before);
    return reading - before < turn ? reading - before : Math.max(turn, reading - after);
  }

  /** Where the offset ceases to be `before`, to the second. */
  #turn(from: number, to: number, before: number): number {
    let [low, high] = [Math.floor(from / second), Math.ceil(to / second)];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offset(middle * second) === before) low = middle;
      else high = middle;
    }
    return high * second;
  }
}

function formatterOf(name: string): Intl.DateTimeFormat {
  const known = formatters.get(name);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    ...{ timeZone: name, hourCycle: "h23", calendar: "gregory", numberingSystem: "latn" },
    ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" },
  });
  formatters.set(name, format); // there are a few hundred zones
  return format;
}

/** How the zone database writes a name, whatever its case here. The zone must exist. */
export function zoneName(zone: string): string {
  const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions();
  return timeZone.toLowerCase() === zone.toLowerCase() ? timeZone : zone;
}

/** What clocks show at an instant, as ISO-8601 with the zone's offset: 2026-11-01T01:30:00-04:00. */
export function localTime(zone: Zone, instant: number): string {
  const offset = zone.offset(instant);
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const two = (number: number) => String(number).padStart(2, "0");
  const sign = offset < 0 ? "-" : "+";
  const shown = new Date(instant + offset).toISOString().slice(0, 19);
  return `${shown}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
