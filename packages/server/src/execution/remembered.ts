// What was accepted here and waits its turn in the database: when this process claims it, its first event need not be
// read back.
//
// M1. Only what nobody has held is remembered. By its first claim (fence 1) nothing can have happened to it.
// M2. The oldest are forgotten when there are too many; what is large is never remembered.
import type { Started } from "@workflow-core/core";
import { putLast } from "../put-last.js";
import type { ClaimedExecution } from "../store/claim-due.js";
import type { AcceptRecord } from "../store/flight-records.js";

const most = 1_000;
/** In characters of JSON. */
const largest = 16 * 1024;
const firstClaim = 1;

export class Remembered {
  readonly #started = new Map<string, Started>();

  add({ execution_id, claimed_by, events }: AcceptRecord, started: Started): void {
    const [first] = events;
    if (claimed_by !== null || first === undefined || first.data.length > largest) return;
    putLast(this.#started, execution_id, started, most);
  }

  /** The only event of an execution that is claimed, if it is remembered; it is then forgotten. */
  take({ execution_id, fence }: ClaimedExecution): Started | undefined {
    const started = this.#started.get(execution_id);
    this.#started.delete(execution_id);
    return fence === firstClaim ? started : undefined;
  }
}
