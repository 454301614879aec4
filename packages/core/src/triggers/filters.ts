// Filters of event triggers. A filter names a path in the event's data and what must be there.
//
// 1. A literal, and a template that gives no truth value, is compared with the value at the path, strictly by type.
// 2. A template that gives true or false where the data hold no truth value is a condition: viewers: "{{ viewers > 9 }}".
// 3. What cannot be evaluated does not hold.
import { compileConfig, type FieldProblem } from "../config/bind.js";
import { value } from "../config/fields.js";
import { operators } from "../config/operators.js";
import { type Env, readPath } from "../expression/index.js";
import type { Json } from "../json.js";
import { eventData, type TriggerEvent } from "./data.js";

/** Time (milliseconds since 1970) and chance, which come from outside. */
export type Moment = Pick<Env, "now" | "random">;

export interface Filter {
  path: string;
  /** Why the event does not pass; undefined when it does. */
  refuses(event: TriggerEvent, moment: Moment): string | undefined;
}

const must = { must: value("Must be") };

/** Compiles one filter; one that cannot be compiled lets nothing pass. */
export const compileFilter = (path: string, drawn: Json): Filter => {
  const problems: FieldProblem[] = [];
  const binder = compileConfig(must, { must: drawn }, problems);
  return {
    path,
    refuses: (event, moment) => {
      const [problem] = problems;
      if (problem !== undefined) return problem.message;
      const data = event.data ?? {};
      const found = readPath(data, path);
      let wanted: Json;
      try {
        wanted = binder.bind(environment(event, data, moment)).must as Json; // its field gives Json
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

const environment = (event: TriggerEvent, data: Record<string, Json>, moment: Moment): Env => {
  const given: Record<string, Json> = eventData(event, data);
  return {
    lookup: (name) => (Object.hasOwn(given, name) ? given[name] : undefined),
    ...moment,
    names: () => Object.keys(given),
  };
};
