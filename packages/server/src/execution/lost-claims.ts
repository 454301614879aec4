// Executions that this worker has claimed in the database but does not have in hand: the answer to a claim was lost, or
// what was done with it came to no end. Left alone they would wait for the death of this process.
import type { Clock } from "../clock.js";
import { claimedBy, giveBack } from "../store/claims.js";
import type { Pool } from "../store/database.js";

/** Longer than the answer to a claim can take: then it was lost. */
const lostAfterMs = 6000;

export interface LostClaims {
  /** Looks once and gives back what is missing for too long; gives the ids of its executions. */
  giveBack(lease: string): Promise<string[]>;
}

export const lostClaims = (pool: Pool, clock: Clock, inHand: (executionId: string) => boolean): LostClaims => {
  /** Since when (monotonic) each claim has been missing, by execution and fence. */
  let missing = new Map<string, number>();
  return {
    giveBack: async (lease) => {
      const now = clock.monotonic();
      const claimed = (await claimedBy(pool, lease)).filter(({ execution_id }) => !inHand(execution_id));
      const claims = claimed.map((claim) => ({ ...claim, key: `${claim.execution_id} ${claim.fence}` }));
      missing = new Map(claims.map(({ key }) => [key, missing.get(key) ?? now]));
      const lost = claims.filter(({ key }) => now - (missing.get(key) ?? now) > lostAfterMs);
      if (lost.length > 0) await giveBack(pool, lease, lost);
      return lost.map(({ execution_id }) => execution_id);
    },
  };
};
