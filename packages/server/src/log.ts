// The log: one JSON object a line in the guide's AAA shape, to standard output and to LOG_DIR/workflow_core.log.
// log/record.ts makes the lines, log/redact.ts keeps secrets out of them, log/destinations.ts never fails.

import { writeSync } from "node:fs";
import { pino } from "pino";
import { type Destination, logFile, standardOutput } from "./log/destinations.js";
import { prettyLine } from "./log/pretty.js";
import { type Line, type LogFields, type LogLevel, logLevels, record } from "./log/record.js";
import { explain, troubles } from "./settings/troubleshooting.js";

export type { LogFields, LogLevel, LogResult } from "./log/record.js";
export { maskText, redact, registerSecret } from "./log/redact.js";

export interface LogOptions {
  /** Lines below it are not written. */
  level: LogLevel;
  /** Where workflow_core.log is kept; without it no file is written. */
  directory?: string | undefined;
  /** Lines to standard output (true unless said otherwise), or to another open descriptor. */
  stdout?: boolean | number;
  /** Standard output for people instead of JSON; the file stays JSON. */
  pretty?: boolean;
}

export interface Log {
  /** Who somebody is: sign-in, tokens, keys. Level INFO, or WARNING unless the result is SUCCESS (the default). */
  auth(action: string, fields?: LogFields): void;
  /** What somebody may do. Levels as for auth. */
  authz(action: string, fields?: LogFields): void;
  /** What somebody did. Levels as for auth. */
  audit(action: string, fields?: LogFields): void;
  /** What the program itself does. Level INFO unless given. */
  system(action: string, fields?: LogFields): void;
  system(level: LogLevel, action: string, fields?: LogFields): void;
  /** What failed; `error` in the fields gives message and stack. Level ERROR, result FAILURE. */
  error(action: string, fields?: LogFields): void;
  /** Whether lines of this level are written: for what costs something to put together. */
  writes(level: LogLevel): boolean;
  /** The same log with these fields in every line. */
  with(fields: LogFields): Log;
  /** Opens the file anew, after it was moved away (SIGHUP). */
  reopen(): void;
  /** Closes the file. Lines logged afterwards go to standard output only. */
  close(): void;
  /** Lines that a destination could not take so far. */
  lost(): number;
}

/** A log with its destinations open. Never throws: a directory that cannot be written is a warning in the log itself. */
export function createLog({ level, directory, stdout = true, pretty = false }: LogOptions): Log {
  const descriptor = typeof stdout === "number" ? stdout : 1;
  const output = stdout === false ? undefined : standardOutput(pretty ? prettyLine : undefined, descriptor);
  const file =
    directory === undefined
      ? undefined
      : logFile(directory, (error) =>
          warn(
            "log_write",
            `The log file in ${directory} cannot be written (${error.message}); lines go to standard output only.`,
          ),
        );
  const destinations = [output, file].filter((each) => each !== undefined);
  const write = writer(level, destinations);

  // Said even where LOG_LEVEL would hide it, and on standard error where there is no standard output.
  const warn = (action: string, message: string): void => {
    if (output === undefined) complain(message);
    else
      writer("WARNING", [output]).write({
        ...{ level: "WARNING", type: "SYSTEM", action, result: "FAILURE" },
        ...{ fields: { message }, fixed: {} },
      });
  };
  const reopen = (): void => {
    const error = file?.reopen();
    if (error !== undefined) warn("log_open", denied(directory ?? "", error));
  };
  reopen();

  return facade(
    write,
    {},
    {
      reopen,
      close() {
        for (const each of destinations) each.close();
      },
      lost: () => destinations.reduce((sum, each) => sum + each.lost, 0),
    },
  );
}

interface Writer {
  write(line: Line): void;
  writes(level: LogLevel): boolean;
}

function facade(writer: Writer, fixed: LogFields, rest: Pick<Log, "reopen" | "close" | "lost">): Log {
  const { write, writes } = writer;
  const event =
    (type: Line["type"]) =>
    (action: string, fields: LogFields = {}) => {
      const result = fields.result ?? "SUCCESS";
      write({ level: result === "SUCCESS" ? "INFO" : "WARNING", type, action, result, fields, fixed });
    };
  return {
    writes,
    auth: event("AUTH"),
    authz: event("AUTHZ"),
    audit: event("AUDIT"),
    system(first: string, second: string | LogFields = {}, third: LogFields = {}) {
      const level = logLevels.find((each) => each === first);
      const [action, given] = level === undefined || typeof second !== "string" ? [first, second] : [second, third];
      const fields = typeof given === "string" ? {} : given;
      const usual = level === undefined || level === "DEBUG" || level === "INFO" ? "SUCCESS" : "FAILURE";
      const result = fields.result ?? fixed.result ?? usual;
      write({ level: level ?? "INFO", type: "SYSTEM", action, result, fields, fixed });
    },
    error: (action, fields = {}) => {
      const result = fields.result ?? fixed.result ?? "FAILURE";
      write({ level: "ERROR", type: "ERROR", action, result, fields, fixed });
    },
    with: (fields) => facade(writer, { ...fixed, ...fields }, rest),
    ...rest,
  };
}

/** pino, told to leave the order of the keys to the record: nothing of its own but the time in front. */
function writer(level: LogLevel, destinations: readonly Destination[]): Writer {
  const logger = pino<PinoLevel>(
    {
      level: pinoLevel(level),
      customLevels: { debug: 20, info: 30, warning: 40, error: 50, critical: 60 },
      useOnlyCustomLevels: true,
      base: null,
      // pino writes its level before the time and the guide the time before the level: so pino writes no level,
      // the time has no comma in front, and the level is the first field of the record.
      formatters: { level: () => ({}) },
      timestamp: () => `"timestamp":"${new Date().toISOString()}"`,
    },
    {
      write(line: string) {
        for (const each of destinations) each.write(line);
      },
    },
  );
  const writes = (at: LogLevel) => logger.isLevelEnabled(pinoLevel(at));
  return {
    writes,
    write: (line) => {
      if (writes(line.level)) logger[pinoLevel(line.level)](record(line));
    },
  };
}

/** pino wants its levels in lower case. */
type PinoLevel = Lowercase<LogLevel>;

function pinoLevel(level: LogLevel): PinoLevel {
  return level.toLowerCase() as PinoLevel; // the library's type for toLowerCase is only string
}

function denied(directory: string, error: Error): string {
  const code = "code" in error ? ` (${String(error.code)})` : "";
  const advice = explain(troubles.logs, `${directory}${code}`).replaceAll("/var/log/waddlebotlog", directory);
  return `${advice} Until then lines go to standard output only.`;
}

function complain(message: string): void {
  try {
    writeSync(2, `${message}\n`);
  } catch {
    // Nobody is left to tell.
  }
}
