// A log that tests can read: the fields of every line, with its event type and action.
import type { Log, LogFields } from "../../src/log.js";
import { lookForCanaries } from "./canaries.js";

/** Errors have no members of their own to show, and big numbers no JSON. */
const readable = (_key: string, value: unknown): unknown => {
  if (value instanceof Error) return `${value.stack} ${String(value.cause ?? "")}`;
  return typeof value === "bigint" ? String(value) : value;
};

/** A log without destinations, and the lines that were given to it. */
export function memoryLog(): { log: Log; lines: LogFields[] } {
  const lines: LogFields[] = [];
  const make = (fixed: LogFields): Log => {
    const add =
      (event_type: string) =>
      (action: string, fields: LogFields = {}) => {
        const line = { event_type, action, ...fixed, ...fields };
        lines.push(line);
        lookForCanaries(JSON.stringify(line, readable), `the log, action ${action}`);
        // A bug behind the door: the answer says nothing of it.
        if (event_type === "ERROR") console.error(action, fields.error);
      };
    return {
      ...{ auth: add("AUTH"), authz: add("AUTHZ"), audit: add("AUDIT"), error: add("ERROR") },
      system: (first: string, second?: string | LogFields, third?: LogFields) => {
        const [action, fields] = typeof second === "string" ? [second, third] : [first, second];
        add("SYSTEM")(action, { level: typeof second === "string" ? first : "INFO", ...fields });
      },
      with: (fields) => make({ ...fixed, ...fields }),
      ...{ writes: () => true, reopen: () => undefined, close: () => undefined, lost: () => 0 },
    };
  };
  return { log: make({}), lines };
}
