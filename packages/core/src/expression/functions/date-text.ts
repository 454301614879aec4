// Dates as text. Only ISO 8601 is read, and what names no zone is UTC: the engine's own reading of dates depends on
// the machine it runs on.

const isoDate =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** Milliseconds since 1970 of an ISO date with or without time; undefined when it is none, or no day of the calendar. */
export const parseDate = (text: string): number | undefined => {
  const match = text.length <= 50 ? isoDate.exec(text.trim()) : null;
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!isDay || hour > 23 || minute > 59 || second > 59) return undefined;
  const milliseconds = Math.floor(Number(`0.${match[7] ?? "0"}`) * 1_000);
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1_000 + milliseconds - offsetOf(match[8]) * 60_000;
};

/** Minutes that a zone such as +02:00 is ahead of UTC. */
const offsetOf = (zone: string | undefined): number => {
  if (zone === undefined || /^z$/i.test(zone)) return 0;
  const digits = zone.replaceAll(/\D/g, "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return zone.startsWith("-") ? -minutes : minutes;
};
