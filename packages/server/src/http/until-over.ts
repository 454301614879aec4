// Waiting for the end of an execution, wherever it runs: this process tells at once, another one through the database.
import { type AbortSignalLike, isFinal } from "@workflow-core/core";
import { endedRow } from "../execution/view.js";
import { type ExecutionDetail, getExecution } from "../store/executions.js";
import type { AcceptRecord } from "../store/flight-records.js";
import type { Services } from "./services.js";

const pollMs = 250;

/**
 * The execution's row when it is over, or as it stands after `milliseconds` or when the caller has gone; undefined
 * when there is none. `begun`: it was accepted so in this very turn of the event loop and is not over, so there is nothing
 * to see yet; and if it ends in this process, the database need not be asked how.
 */
export async function untilOver(
  { clock, database, live }: Pick<Services, "clock" | "database" | "live">,
  executionId: string,
  milliseconds: number,
  signal: AbortSignalLike,
  begun?: AcceptRecord,
): Promise<ExecutionDetail | undefined> {
  const end = clock.monotonic() + milliseconds;
  let wake: (() => void) | undefined;
  let ended: ExecutionDetail | undefined;
  const listening = live.onExecution(executionId, ({ plan, state, fence }) => {
    if (!isFinal(state.status)) return;
    if (begun && fence === 0) ended = endedRow(begun, { plan, state });
    wake?.();
  });
  const gone = () => wake?.();
  signal.addEventListener("abort", gone);
  let unseen = begun !== undefined;
  try {
    for (;;) {
      // Made before the look, so that an end between look and sleep is not slept through.
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const row = unseen ? undefined : (ended ?? (await getExecution(database, executionId)));
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
