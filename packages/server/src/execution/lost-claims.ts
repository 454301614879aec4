// Executions that this worker has claimed in the database but does not have in hand: the answer to a claim was lost, or
// what was done with it came to no end. Left alone they would wait for the death of this process.
import type { Clock } from "../clock.js";
import { claimedBy, giveBack } from "../store/claims.js";
import type { Pool } from "../store/database.js";

/** Longer than the answer to a claim can take: then it was lost. */
const lostAfterMs = 6000;

export interface LostClaims {
  /** Looks once and gives back what is missing for too long; gives their ids. */
  giveBack(lease: string): Promise<string[]>;
}

export const lostClaims = (pool: Pool, clock: Clock, inHand: (executionId: string) => boolean): LostClaims => {
  /** Since when (monotonic) each has been missing. */
  let missing = new Map<string, number>();
  return {
    giveBack: async (lease) => {
      const claimed = await claimedBy(pool, lease);
      const now = clock.monotonic();
      missing = new Map(claimed.filter((id) => !inHand(id)).map((id) => [id, missing.get(id) ?? now]));
      const lost = [...missing].filter(([, since]) => now - since > lostAfterMs).map(([id]) => id);
      if (lost.length > 0) await giveBack(pool, lease, lost);
      return lost;
    },
  };
};
