// A run as it is told: each node when it is done, with what it said outside; and the run as a whole at its end.
import {
  type ExecutionStatus,
  executionPath,
  finalVariables,
  type Json,
  type Plan,
  type State,
  trace,
  type Visit,
} from "@workflow-core/core";
import { exitCodes } from "./command-failure.js";
import { isTerminal, paint, plain, print } from "./console.js";
import type { Overheard } from "./overheard.js";

export interface Report {
  state(state: State): void;
  heard(heard: Overheard): void;
  /** Prints the end. */
  over(state: State): void;
}

/** How a run's end is told by the exit code. */
export function exitCodeOf(status: ExecutionStatus): number {
  if (status === "completed") return exitCodes.done;
  if (status === "timed_out") return exitCodes.timedOut;
  return status === "cancelled" ? exitCodes.usage : exitCodes.failed;
}

/** A report for people, line by line. */
export function liveReport(plan: Plan): Report {
  const told = new Map<number, Visit["status"]>();
  const waiting: Overheard[] = [];
  const flush = (node: string | undefined) => {
    for (const each of waiting.splice(0)) {
      if (node === undefined || each.node_id === node) print(overheardLine(each));
      else waiting.push(each);
    }
  };
  return {
    heard: (heard) => void waiting.push(heard),
    state: ({ history, tokens }) => {
      const news = [...history.entries()].filter(
        ([index, { status }]) => told.get(index) !== status && status !== "running",
      );
      for (const [index, visit] of inOrder(plan, news)) {
        const waitsAgain = visit.status === "waiting" && told.has(index);
        told.set(index, visit.status);
        if (waitsAgain) continue;
        const token = tokens.get(visit.token)?.waiting;
        const due = token !== undefined && "due" in token ? token.due : undefined;
        print(visitLine(plan, visit, due));
        flush(plan.nodes[visit.node]?.id);
      }
    },
    over: (state) => {
      flush(undefined);
      tellEnd(plan, state);
    },
  };
}

type Entry = [index: number, visit: Visit];

/** Visits stand in the order in which they began; a loop began before its body and is told after it. */
function inOrder(plan: Plan, entries: readonly Entry[]): readonly Entry[] {
  const rank = ([index, { node }]: Entry): number => {
    if (plan.nodes[node]?.type.category !== "loop") return index;
    const bodies = entries.filter(([, visit]) => isWithin(plan, visit.node, node)).map(([each]) => each);
    return Math.max(index, ...bodies) + (bodies.length > 0 ? 0.5 : 0);
  };
  const ranked = entries.map((entry) => ({ entry, rank: rank(entry) }));
  return ranked.sort((a, b) => a.rank - b.rank || b.entry[0] - a.entry[0]).map(({ entry }) => entry);
}

function isWithin(plan: Plan, node: number, loop: number): boolean {
  for (let around = plan.nodes[node]?.loop ?? -1; around >= 0; around = plan.nodes[around]?.loop ?? -1)
    if (around === loop) return true;
  return false;
}

/** Which iteration a visit belongs to: [0], and [0][2] in a loop within a loop. */
const iterationOf = (token: string): string =>
  token
    .slice(token.lastIndexOf(":") + 1)
    .split(".")
    .slice(1)
    .map((each) => `[${each}]`)
    .join("");

function visitLine(plan: Plan, visit: Visit, due: number | undefined): string {
  const node = plan.nodes[visit.node];
  const name = `${node?.id ?? "?"}${iterationOf(visit.token)}${node && node.label !== node.id ? paint.dim(` ${plain(node.label)}`) : ""}`;
  const time = `${(visit.completedAt ?? visit.startedAt) - visit.startedAt} ms`;
  switch (visit.status) {
    case "completed":
      return `${paint.green("✓")} ${name} ${paint.dim(time)}`;
    case "waiting": {
      const seconds = due === undefined ? "" : `${Math.max(0, due - visit.startedAt) / 1000} s`;
      const why = visit.failure ? `: ${plain(visit.failure.message)}; another attempt follows` : "";
      return `${paint.yellow("…")} ${name} waits ${seconds}${why}`;
    }
    default: {
      const why = visit.failure ? `: ${plain(visit.failure.message)} (${visit.failure.code})` : "";
      return `${paint.red("✗")} ${name} ${paint.dim(time)}${why}`;
    }
  }
}

function overheardLine({ kind, text, where, failure }: Overheard): string {
  const reason = failure === undefined ? "" : paint.red(` ✗ ${plain(failure)}`);
  if (kind !== "chat") return `    ${paint.dim(`${kind}:`)} ${plain(text)}${reason}`;
  return `    ${paint.magenta(where === "" || where === undefined ? "chat" : plain(where))} ${paint.bold("›")} ${plain(text)}${reason}`;
}

function tellEnd(plan: Plan, state: State): void {
  const seconds = ((state.finishedAt ?? state.at) - state.started.at) / 1000;
  const color = state.status === "completed" ? paint.green : paint.red;
  print();
  print(`${color(paint.bold(state.status))} in ${seconds} s, ${state.operations} nodes visited`);
  if (state.failure) {
    const node = plan.byId.get(state.failure.node_id ?? "");
    print(
      `${paint.red("error")}${node ? ` at ${node.id}` : ""}: ${plain(state.failure.message)} (${state.failure.code})`,
    );
  }
  if (state.finalOutput !== undefined) print(`output ${safeJson(state.finalOutput)}`);
}

/** JSON escapes most control characters by itself, but not all. */
const safeJson = (value: Json): string =>
  JSON.stringify(value, null, isTerminal ? 2 : undefined).replace(/[\u007f-\u009f]/g, " ");

/** The run as one document, for programs. */
export function runDocument(plan: Plan, state: State, overheard: readonly Overheard[]): object {
  return {
    status: state.status,
    execution_time_seconds: ((state.finishedAt ?? state.at) - state.started.at) / 1000,
    execution_path: executionPath(plan, state),
    final_output: state.finalOutput ?? null,
    final_variables: finalVariables(state),
    error_message: state.failure?.message ?? null,
    error_type: state.failure?.code ?? null,
    error_node_id: state.failure?.node_id ?? null,
    messages: overheard,
    trace: trace(plan, state),
  };
}
