// Counts what happens to executions in this process: at the one way in, at the journal, and where actions are performed.
import type { perform as performing } from "@workflow-core/core";
import type { Clock } from "../clock.js";
import { isAppError } from "../errors.js";
import type { Engine, EngineOptions } from "../execution/engine.js";
import { OverlapError } from "../execution/overlap.js";
import type { Start } from "../execution/start.js";
import type { Instrument } from "./family.js";
import type { Metrics } from "./metrics.js";

/** The way in, counted: what was accepted, by its source, and what was refused, by reason. */
export const countStarts =
  (metrics: Metrics, start: Start): Start =>
  async (request) => {
    try {
      const result = await start(request);
      if (!result.duplicate) metrics.accepted.of(request.source).add();
      return result;
    } catch (error) {
      metrics.refused.of(refusal(error)).add();
      throw error;
    }
  };

const refusal = (error: unknown): string => {
  if (error instanceof OverlapError) return "overlap";
  if (!isAppError(error)) return "error";
  return error.code === "SERVICE_UNAVAILABLE" ? "back_pressure" : "invalid";
};

/** What the engine tells of itself. */
export const engineHooks = (metrics: Metrics): Required<Pick<EngineOptions, "onFlight" | "onFinish">> => {
  const records = metrics.flightRecords.of();
  const seconds = metrics.flightSeconds.of();
  const lives = metrics.executionSeconds.of();
  return {
    onFlight: (entries, _bytes, milliseconds) => {
      records.add(entries);
      seconds.add(milliseconds / 1000);
    },
    onFinish: ({ status, execution_time_seconds }) => {
      metrics.finished.of(status).add();
      lives.add(execution_time_seconds);
    },
  };
};

/** Performs owed actions, each timed under its node type. */
export function timeActions(metrics: Metrics, clock: Clock, perform: typeof performing): typeof performing {
  const byType = new Map<string, { performed: Instrument; failed: Instrument }>();
  const of = (type: string) => {
    const known = byType.get(type);
    if (known !== undefined) return known;
    const made = {
      performed: metrics.nodeSeconds.of(type, "performed"),
      failed: metrics.nodeSeconds.of(type, "failed"),
    };
    byType.set(type, made);
    return made;
  };
  return async (plan, state, owed, outside, signal) => {
    const begun = clock.monotonic();
    const answer = await perform(plan, state, owed, outside, signal);
    const { performed, failed } = of(plan.nodes[owed.node]?.type.type ?? "unknown");
    (answer.ok ? performed : failed).add((clock.monotonic() - begun) / 1000);
    return answer;
  };
}

/** Sets what only the engine knows at each scrape. */
export function observeEngine(metrics: Metrics, { worker, journal }: Pick<Engine, "worker" | "journal">): void {
  metrics.onScrape(() => {
    const { taken, slots } = worker.status;
    metrics.slots.of("taken").set(taken);
    metrics.slots.of("free").set(Math.max(0, slots - taken));
    const { entries, bytes } = journal.depth;
    metrics.journalEntries.of().set(entries);
    metrics.journalBytes.of().set(bytes);
  });
}
