// Plans of published versions, compiled once per process and kept while they are used. Versions never change, so
// nothing here can be stale.
import { compiling, graphSchema, type Limits, type Plan } from "@workflow-core/core";
import { inTurns } from "../in-turns.js";
import type { Database } from "../store/database.js";
import { getVersion } from "../store/versions.js";

const kept = 500;

export interface Plans {
  /** The plan of a version; undefined when there is no such version or it no longer compiles. */
  of(workflowId: string, version: string): Promise<Plan | undefined>;
}

/** Compiles with the process's limits for depth: what was published once stays runnable, limits are met at run time. */
export const createPlans = (database: Database, limits: Limits): Plans => {
  const plans = new Map<string, Promise<Plan | undefined>>();
  const load = async (workflowId: string, version: string): Promise<Plan | undefined> => {
    const document = await getVersion(database, workflowId, version);
    if (!document) return undefined;
    const anyDepth = { ...limits, maxLoopDepth: Number.POSITIVE_INFINITY };
    return (await inTurns(compiling(graphSchema.parse(document), anyDepth))).plan;
  };
  return {
    of: (workflowId, version) => {
      const key = `${workflowId} ${version}`;
      const known = plans.get(key);
      plans.delete(key);
      const plan = known ?? load(workflowId, version);
      plans.set(key, plan);
      // A failed load is not kept: the database may be back at the next try.
      plan.catch(() => plans.delete(key));
      if (plans.size > kept)
        for (const oldest of plans.keys()) {
          plans.delete(oldest);
          break;
        }
      return plan;
    },
  };
};
