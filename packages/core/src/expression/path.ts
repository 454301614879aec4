// Paths as people write them in event filters and property names: `payload.user.name`, `items[0].x`, `a["b c"]`.
// Own properties only; what does not lead anywhere is undefined, never an error.
import type { Json } from "../json.js";
import { ownProperty, type Value } from "./values.js";

const maxPathLength = 1_000;
/** One step: a name (after a dot, or at the start), an index in brackets, or a quoted key in brackets. */
const stepPattern = /\.?([^.[\]"'\s]+)|\[(\d{1,9})\]|\["([^"]*)"\]|\['([^']*)'\]/y;

/** A path split into keys and indexes; undefined when the text is no path. */
export const parsePath = (path: string): readonly (string | number)[] | undefined => {
  if (path.length === 0 || path.length > maxPathLength || path.startsWith(".")) return undefined;
  const steps: (string | number)[] = [];
  let position = 0;
  while (position < path.length) {
    stepPattern.lastIndex = position;
    const match = stepPattern.exec(path);
    if (match === null) return undefined;
    const [whole, name, index, double, single] = match;
    // Two names stand apart by a dot: the pattern takes names whole, so one without a dot follows a bracket, as in a[0]b.
    if (name !== undefined && position > 0 && !whole.startsWith(".")) return undefined;
    steps.push(index === undefined ? (name ?? double ?? single ?? "") : Number(index));
    position += whole.length;
  }
  return steps;
};

/** Follows steps into a value. */
export const follow = (value: Value, steps: readonly (string | number)[]): Value => {
  let current = value;
  for (const step of steps) {
    if (Array.isArray(current)) current = isIndex(step) ? current[Number(step)] : undefined;
    else current = ownProperty(current, String(step));
  }
  return current;
};

const isIndex = (step: string | number): boolean => typeof step === "number" || /^\d{1,9}$/.test(step);

/** The value at a path such as `payload.user.name` or `items[0].x`; undefined when there is none. */
export const readPath = (value: Json, path: string): Json | undefined => {
  const steps = parsePath(path);
  return steps === undefined ? undefined : follow(value, steps);
};
