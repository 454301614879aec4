// Filters of event triggers. A filter names a path in the event's data and what must be there.
//
// 1. A literal, and a template that gives no truth value, is compared with the value at the path, strictly by type.
// 2. A template that gives true or false where the data hold no truth value is a condition: viewers: "{{ viewers > 9 }}".
// 3. What cannot be evaluated does not hold.
import { compileConfig, type Env, type FieldProblem, type Json, operators, readPath, value } from "@workflow-core/core";
import { eventData } from "./data.js";
import type { IncomingEvent } from "./incoming.js";

export interface Filter {
  path: string;
  /** Why the event does not pass; undefined when it does. */
  refuses(event: IncomingEvent, now: number): string | undefined;
}

const must = { must: value("Must be") };

/** Compiles one filter; one that cannot be compiled lets nothing pass. */
export const compileFilter = (path: string, drawn: Json): Filter => {
  const problems: FieldProblem[] = [];
  const binder = compileConfig(must, { must: drawn }, problems);
  return {
    path,
    refuses: (event, now) => {
      const [problem] = problems;
      if (problem !== undefined) return problem.message;
      const data = event.data ?? {};
      const found = readPath(data, path);
      let wanted: Json;
      try {
        wanted = binder.bind(environment(event, data, now)).must as Json; // its field gives Json
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
      if (typeof drawn === "string" && typeof wanted === "boolean" && typeof found !== "boolean")
        return wanted ? undefined : `${drawn.trim()} does not hold`;
      if (found === undefined) return "it is not there";
      return operators.equals.test(found, wanted) ? undefined : `it is ${shown(found)}, not ${shown(wanted)}`;
    },
  };
};

const shown = (json: Json): string => {
  const text = JSON.stringify(json);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
};

const environment = (event: IncomingEvent, data: Record<string, Json>, now: number): Env => {
  const given: Record<string, Json> = eventData(event, data);
  return {
    lookup: (name) => (Object.hasOwn(given, name) ? given[name] : undefined),
    now,
    random: Math.random,
    names: () => Object.keys(given),
  };
};
