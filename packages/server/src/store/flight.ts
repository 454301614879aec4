// One flight of the journal: everything that many executions want to store at one moment, in one statement.
//
// F1. The worker's lease is checked in the statement itself: without it nothing of the flight is written.
// F2. An accepted execution and its first events are one: neither is there without the others.
// F3. A key (dedupe_source, dedupe_key) starts one execution: a second one is not accepted, and its events not written.
// F4. Parking and finishing end one claim, told by worker and fence: each claim raises the fence, so a statement that
//     arrives late ends no later claim, not even the same worker's. A final row is never touched again.
import type pg from "pg";
import type { Flight } from "./flight-records.js";
import { flightStatement } from "./flight-statement.js";

export interface FlightResult {
  /** False: the worker's lease is gone, nothing was written. */
  leased: boolean;
  /** Whether an execution was accepted; if not, its key was taken. */
  accepted(executionId: string): boolean;
  /** Whether an execution was parked, or finished; if not, it was no longer held by this worker. */
  parked(executionId: string): boolean;
  finished(executionId: string): boolean;
}

/** Ids are told only when some are missing. */
interface FlightRow {
  leased: boolean;
  accepted: string[] | null;
  parked: string[] | null;
  finished: string[] | null;
}

/** Writes a flight. Throws what pg throws; then it may or may not be written (see `storedOf`). */
export const writeFlight = async (pool: pg.Pool, workerId: string, flight: Flight): Promise<FlightResult> => {
  const { rows: results } = await pool.query<FlightRow>(flightStatement(workerId, flight));
  const row = results[0];
  return {
    leased: row?.leased === true,
    accepted: among(row?.accepted),
    parked: among(row?.parked),
    finished: among(row?.finished),
  };
};

const among = (told: readonly string[] | null | undefined): ((executionId: string) => boolean) => {
  if (told === null || told === undefined) return () => true;
  const ids = new Set(told);
  return (executionId) => ids.has(executionId);
};
