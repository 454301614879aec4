// Retry-After as servers send it: seconds, or a date.

/** Nobody is asked to wait longer than a day. */
const longestSeconds = 86_400;

/** Seconds to wait from `now` (milliseconds since 1970); undefined when the header says nothing that can be understood. */
export function retryAfterSeconds(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text), longestSeconds);
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  return Math.min(Math.max(0, Math.ceil((at - now) / 1000)), longestSeconds);
}
