// What an expression sees at one place of an execution: the iteration's variables, those around it, the execution's,
// and the names that are always there. Time is the event's, chance comes from the execution's seed.
import type { Env } from "../expression/index.js";
import type { Json } from "../json.js";
import { secretPlaceholder, secretPrefix } from "../secrets.js";
import { type Draft, scopeOf } from "./draft.js";
import type { Scope } from "./state.js";

/** A small generator (mulberry32) seeded by text: the same text gives the same numbers, everywhere. */
const chance = (seed: string): (() => number) => {
  let state = 2166136261;
  for (let index = 0; index < seed.length; index += 1) state = Math.imul(state ^ seed.charCodeAt(index), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

const builtin = (draft: Draft, name: string): Json | undefined => {
  const { started } = draft;
  if (name === "nodes") return draft.outputs;
  if (name === "trigger") return { ...started.data, ...started.variables };
  if (name === "execution")
    return {
      id: started.context.execution_id,
      workflow_id: started.context.workflow_id,
      community_id: started.context.community_id,
      started_at: new Date(started.at).toISOString(),
    };
  return undefined;
};

/** The value of a name as seen from a scope; undefined when it is not there. */
export const lookup = (draft: Draft, scope: Scope, name: string): Json | undefined => {
  if (name.startsWith(secretPrefix))
    return secretPlaceholder(draft.started.secret_mark, name.slice(secretPrefix.length));
  for (
    let place: Scope | undefined = scope;
    place;
    place = place.parent === undefined ? undefined : scopeOf(draft, place.parent)
  )
    if (Object.hasOwn(place.variables, name)) return place.variables[name];
  return builtin(draft, name);
};

/** All variables that can be seen from a scope, as one object. */
const visibleVariables = (draft: Draft, scope: Scope): Record<string, Json> => {
  const outer = scope.parent === undefined ? {} : visibleVariables(draft, scopeOf(draft, scope.parent));
  return { ...outer, ...scope.variables };
};

/** The Env for expressions at one place; `place` keeps chance apart between nodes. */
export const environment = (draft: Draft, scope: Scope, place: string): Env => {
  let next: (() => number) | undefined;
  return {
    lookup: (name) => lookup(draft, scope, name),
    now: draft.at,
    random: () => {
      next ??= chance(`${draft.started.seed}:${place}:${scope.id}`);
      return next();
    },
    budget: draft.budget,
    names: () => Object.keys(visibleVariables(draft, scope)),
  };
};
