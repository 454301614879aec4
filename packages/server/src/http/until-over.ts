// Waiting for the end of an execution, wherever it runs: this process tells at once, another one through the database.
import { isFinal } from "@workflow-core/core";
import { type ExecutionDetail, getExecution } from "../store/executions.js";
import type { Services } from "./services.js";

const pollMs = 250;

/**
 * The execution's row when it is over, or as it stands after `milliseconds` or when the caller has gone; undefined
 * when there is none. `begun`: it began in this very turn of the event loop, so there is nothing to see yet.
 */
export async function untilOver(
  { clock, database, live }: Pick<Services, "clock" | "database" | "live">,
  executionId: string,
  milliseconds: number,
  signal: AbortSignal,
  { begun = false }: { begun?: boolean } = {},
): Promise<ExecutionDetail | undefined> {
  const end = clock.monotonic() + milliseconds;
  let wake: (() => void) | undefined;
  const listening = live.onExecution(executionId, ({ state }) => {
    if (isFinal(state.status)) wake?.();
  });
  const gone = () => wake?.();
  signal.addEventListener("abort", gone);
  let unseen = begun;
  try {
    for (;;) {
      // Made before the look, so that an end between look and sleep is not slept through.
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const row = unseen ? undefined : await getExecution(database, executionId);
      const left = end - clock.monotonic();
      const nothing = row === undefined && !unseen;
      if (nothing || (row && isFinal(row.status)) || left <= 0 || signal.aborted) return row;
      unseen = false;
      const cancelTimer = clock.setTimer(Math.min(pollMs, left), () => wake?.());
      await woken;
      cancelTimer();
    }
  } finally {
    listening();
    signal.removeEventListener("abort", gone);
  }
}
