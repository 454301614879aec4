// How one read replica is doing: whether it may be read now, and what becomes of it when it fails.
//
// It rests after a failure, longer each time; then one look at it decides, while reads still go elsewhere. The look also
// tells how far it is behind: the newest heartbeat of a worker in the primary against the newest one in the replica.
import type pg from "pg";
import type { Clock } from "../clock.js";
import type { StoreLog } from "./log.js";

export interface Replica {
  pool: pg.Pool;
  /** For the log: host and port. */
  place: string;
}

export interface ReplicaStatus {
  place: string;
  state: "ready" | "resting" | "behind" | "unknown";
}

export interface Standing {
  readonly pool: pg.Pool;
  /** Whether it may be read now; from time to time it is looked at, in the background. */
  usable(): boolean;
  /** A query to it failed. */
  broke(error: unknown): void;
  status(): ReplicaStatus;
}

const firstRestMs = 5_000;
const longestRestMs = 60_000;
const lookMs = 5_000;
/** A replica further behind is not read. */
export const mostBehindMs = 8_000;

interface StandingOptions {
  primary: pg.Pool;
  clock: Clock;
  log?: StoreLog | undefined;
}

/** The standing of a replica that nobody has looked at yet. */
export function createStanding({ pool, place }: Replica, { primary, clock, log }: StandingOptions): Standing {
  let restUntil = 0;
  let rest = firstRestMs;
  let behindMs: number | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking = false;

  const resting = () => restUntil > clock.monotonic();
  const broke = (error: unknown): void => {
    if (resting()) return;
    const reason = error instanceof Error ? error.message : String(error);
    log?.warn(`the read replica ${place} fails (${reason}); it is left alone for ${rest / 1000} s`);
    restUntil = clock.monotonic() + rest;
    rest = Math.min(rest * 2, longestRestMs);
  };
  const works = (behind: number): void => {
    if (restUntil > 0) log?.info(`the read replica ${place} answers again`);
    if (behind > mostBehindMs && (behindMs ?? 0) <= mostBehindMs)
      log?.warn(`the read replica ${place} is more than ${mostBehindMs / 1000} s behind and is not read`);
    behindMs = behind;
    restUntil = 0;
    rest = firstRestMs;
  };
  const look = async (): Promise<void> => {
    looking = true;
    lookedAt = clock.monotonic();
    try {
      const newest = await heartbeatIn(primary);
      const replayed = await heartbeatIn(pool);
      works(newest === null ? 0 : newest - (replayed ?? Number.NEGATIVE_INFINITY));
    } catch (error) {
      broke(error);
    } finally {
      looking = false;
    }
  };
  const state = (): ReplicaStatus["state"] => {
    if (restUntil > 0) return "resting";
    if (behindMs === undefined) return "unknown";
    return behindMs > mostBehindMs ? "behind" : "ready";
  };

  return {
    pool,
    broke,
    usable() {
      if (resting()) return false;
      if (!looking && clock.monotonic() - lookedAt >= lookMs) void look();
      return state() === "ready";
    },
    status: () => ({ place, state: state() }),
  };
}

/** The newest heartbeat of a worker, ms since 1970. */
async function heartbeatIn(pool: pg.Pool): Promise<number | null> {
  const { rows } = await pool.query<{ at: number | null }>(
    "SELECT (extract(epoch FROM max(heartbeat_at)) * 1000)::float8 AS at FROM workflow_workers",
  );
  return rows[0]?.at ?? null;
}
