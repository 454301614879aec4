// Sliding windows in Postgres: for limits that hold over all processes where there is no Redis, or none that answers.
// The counting itself is the function workflow_rate_hits of the migrations: one turn per key, in the server's time.
import type pg from "pg";
import { arrayLiteral } from "./array-literal.js";
import { inBatches } from "./batches.js";
import { type Database, unsynced } from "./database.js";
import { retryConflicts } from "./database-failure.js";

/** A hit that was let through before. */
export interface KnownHit {
  id: string;
  /** Seconds. */
  age: number;
}

export interface RateHit {
  key: string;
  /** The most hits in any window; 0 only tells what is known. */
  max: number;
  seconds: number;
  /** Its own name, of letters, digits, `:` and `-`. */
  id: string;
  /** Hits that were let through elsewhere; told twice, each counts once. */
  known: readonly KnownHit[];
}

export interface RateCount {
  allowed: boolean;
  /** How many more would be let through at this moment. */
  remaining: number;
  /** Seconds until the oldest hit leaves the window. */
  resetSeconds: number;
}

interface Row {
  allowed: boolean;
  remaining: number;
  reset_seconds: number;
}

/** Counts hits; those of one moment travel together. The function is for the life of the process: it gathers. */
export function rateHits(database: Database): (hit: RateHit) => Promise<RateCount> {
  return inBatches((hits) => retryConflicts(() => countHits(database.primary, hits)));
}

/** Hits of one limit that came together, and their places in the batch. */
interface Group extends Omit<RateHit, "id"> {
  ids: string[];
  places: number[];
}

/** Keys are locked in their order, whoever asks, so that two batches never wait for each other. */
async function countHits(pool: pg.Pool, hits: readonly RateHit[]): Promise<RateCount[]> {
  const groups = grouped(hits);
  const { rows } = await pool.query<Row>({
    name: "rate-hits",
    text: `SELECT c.allowed, c.remaining, c.reset_seconds
      FROM ${unsynced}, unnest($1::text[], $2::integer[], $3::float8[], $4::text[], $5::text[], $6::text[])
          WITH ORDINALITY AS h(key, max, seconds, hits, ids, ages, place),
        LATERAL workflow_rate_hits(h.key, h.max, h.seconds, h.hits::text[], h.ids::text[], h.ages::float8[]) AS c
      ORDER BY h.place, c.hit_number`,
    values: [
      groups.map(({ key }) => key),
      groups.map(({ max }) => max),
      groups.map(({ seconds }) => seconds),
      groups.map(({ ids }) => arrayLiteral(ids)),
      groups.map(({ known }) => arrayLiteral(known.map(({ id }) => id))),
      groups.map(({ known }) => arrayLiteral(known.map(({ age }) => age))),
    ],
  });
  const places = groups.flatMap((group) => group.places);
  const counts: RateCount[] = [];
  rows.forEach(({ allowed, remaining, reset_seconds: resetSeconds }, index) => {
    counts[places[index] ?? index] = { allowed, remaining, resetSeconds };
  });
  return counts;
}

const grouped = (hits: readonly RateHit[]): Group[] => {
  const groups = new Map<string, Group>();
  for (const [place, { key, max, seconds, id, known }] of hits.entries()) {
    const name = `${max} ${seconds} ${key}`;
    const group = groups.get(name) ?? { key, max, seconds, known: [], ids: [], places: [] };
    groups.set(name, { ...group, known: known.length === 0 ? group.known : [...group.known, ...known] });
    group.ids.push(id);
    group.places.push(place);
  }
  return [...groups.values()].sort((a, b) => compare(a.key, b.key));
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The hits that the database has let through in the last `seconds`. */
export async function knownRateHits({ primary }: Database, key: string, seconds: number): Promise<KnownHit[]> {
  const { rows } = await primary.query<KnownHit>({
    name: "rate-hits-known",
    text: `SELECT id, extract(epoch FROM clock_timestamp() - at)::float8 AS age FROM workflow_rate_hits
      WHERE key = $1 AND at > statement_timestamp() - make_interval(secs => $2) ORDER BY number`,
    values: [key, seconds],
  });
  return rows;
}

/** Removes hits of windows that nobody asks for any more, at most ten thousand at a time; gives how many. Waits for nobody. */
export async function forgetRateHits({ primary }: Database): Promise<number> {
  const { rowCount } = await primary.query(
    `WITH past AS (SELECT key, number FROM workflow_rate_hits WHERE expires_at < statement_timestamp() LIMIT 10000 FOR UPDATE SKIP LOCKED)
     DELETE FROM workflow_rate_hits AS h USING past WHERE h.key = past.key AND h.number = past.number`,
  );
  return rowCount ?? 0;
}
