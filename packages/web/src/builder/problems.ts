// The same compiler as the server's, as people draw: what is wrong, by node, a moment after each act.
import { type Compiled, compileDocument, type Plan, type Problem } from "@workflow-core/core";
import { create } from "zustand";
import type { Draft } from "./document.js";
import type { SkinStore } from "./skin.js";
import { useBuilder } from "./store.js";

interface Checked {
  /** What was checked. */
  draft: Draft | undefined;
  plan: Plan | undefined;
  problems: readonly Problem[];
}

export const useChecked = create<Checked>(() => ({ draft: undefined, plan: undefined, problems: [] }));

/** Checks what is drawn; large drafts may take some milliseconds. */
export const checkNow = (draft: Draft): Compiled => {
  const { checked, compiled } = last;
  if (checked === draft && compiled) return compiled;
  const { nodes, connections, global_variables, metadata } = draft;
  last.checked = draft;
  last.compiled = compileDocument({ nodes, connections, global_variables, metadata });
  return last.compiled;
};
const last: { checked: Draft | undefined; compiled: Compiled | undefined } = {
  checked: undefined,
  compiled: undefined,
};

const byNode = (problems: readonly Problem[]): Record<string, Problem[]> => {
  const map: Record<string, Problem[]> = {};
  for (const problem of problems) {
    if (problem.node_id === undefined) continue;
    map[problem.node_id] ??= [];
    map[problem.node_id]?.push(problem);
  }
  return map;
};

/** Keeps `useChecked` and the cards' badges in step with the document; the returned function ends it. */
export const watchProblems = (skin: SkinStore): (() => void) => {
  let timer: number | undefined;
  const check = () => {
    const draft = useBuilder.getState().history.present;
    if (useChecked.getState().draft === draft) return;
    const { plan, problems } = checkNow(draft);
    useChecked.setState({ draft, plan, problems });
    skin.setState({ problems: byNode(problems) });
  };
  const later = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(check, 150);
  };
  useChecked.setState({ draft: undefined, plan: undefined, problems: [] });
  check();
  const stop = useBuilder.subscribe((now, before) => {
    if (now.history.present !== before.history.present) later();
  });
  return () => {
    stop();
    window.clearTimeout(timer);
  };
};
