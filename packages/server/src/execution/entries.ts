// What an execution wants to store, how large it is, and how entries become a flight.
import type { AcceptRecord, EventRecord, Fence, FinishRecord, Flight, ParkRecord } from "../store/flight-records.js";

/** Under which lease, and by which claim, an execution is held. */
export interface Holding extends Fence {
  lease: string;
}

/** What one execution wants to store: its acceptance, or a few events and perhaps its rest or end. */
export interface Entry {
  accept?: AcceptRecord;
  events?: readonly EventRecord[] | undefined;
  park?: ParkRecord | undefined;
  finish?: FinishRecord | undefined;
  /** The claim that `park` or `finish` ends. */
  fence?: number;
}

/** About how many bytes an entry takes in a flight. */
export const sizeOf = ({ accept, events = [], finish }: Entry): number =>
  200 +
  (accept ? 400 + lengthOf(accept.events) + (accept.finish ? finishSize(accept.finish) : 0) : 0) +
  lengthOf(events) +
  (finish ? finishSize(finish) : 0);

const lengthOf = (events: readonly EventRecord[]): number =>
  events.reduce((sum, { data }) => sum + data.length + 80, 0);

const finishSize = (finish: FinishRecord): number =>
  300 +
  finish.node_states.length +
  finish.final_variables.length +
  finish.execution_path.length +
  (finish.final_output?.length ?? 0);

export const toFlight = (batch: readonly { entry: Entry }[]): Flight => ({
  accepts: batch.flatMap(({ entry }) => entry.accept ?? []),
  events: batch.flatMap(({ entry }) => entry.events ?? []),
  parks: batch.flatMap(({ entry: { park, fence = 0 } }) => (park ? { park, fence } : [])),
  finishes: batch.flatMap(({ entry: { finish, fence = 0 } }) => (finish ? { finish, fence } : [])),
});
