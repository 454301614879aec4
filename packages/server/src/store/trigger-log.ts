// The trigger log: what became of each event that met a trigger. It is bounded: lines go after some days, and a
// community that fills it displaces only its own.
import { type Database, iso, likeText, type Pool, unsynced } from "./database.js";
import { type Viewer, visibleTo } from "./workflows.js";

export const triggerOutcomes = ["started", "duplicate", "cooldown", "not_permitted", "filtered", "limit"] as const;
export type TriggerOutcome = (typeof triggerOutcomes)[number];

export interface TriggerLine {
  /** ISO-8601 */
  at: string;
  community_id: number;
  workflow_id: string;
  node_id: string;
  /** What was said or happened: "!hug", "raid". */
  trigger: string;
  platform: string;
  user_id: string;
  user_name: string;
  roles: readonly string[];
  outcome: TriggerOutcome;
  detail: string | null;
  delivery_id: string;
  execution_id: string | null;
}

/** As people read it, with the workflow's name. */
export interface TriggerEntry extends TriggerLine {
  workflow_name: string;
}

const columns = [
  "at",
  "community_id",
  "workflow_id",
  "node_id",
  "trigger",
  "platform",
  "user_id",
  "user_name",
  "roles",
  "outcome",
  "detail",
  "delivery_id",
  "execution_id",
] as const;

/** Writes lines, in their order, in one statement. */
export const addTriggerLines = async (pool: Pool, lines: readonly TriggerLine[]): Promise<void> => {
  await pool.query({
    name: "trigger-log-add",
    text: `INSERT INTO workflow_trigger_log (${columns.join(", ")})
      SELECT at, community_id, workflow_id, node_id, trigger, platform, user_id, user_name, roles, outcome, detail, delivery_id, execution_id
      FROM jsonb_to_recordset($1::jsonb) AS r(at timestamptz, community_id integer, workflow_id uuid, node_id text, trigger text, platform text,
        user_id text, user_name text, roles text[], outcome text, detail text, delivery_id text, execution_id uuid), ${unsynced}`,
    values: [JSON.stringify(lines)],
  });
};

export interface TriggerLogQuery {
  viewer: Viewer;
  workflowId?: string;
  communityId?: number;
  outcome?: TriggerOutcome;
  /** A name or an id on the platform, in any case, with or without "@". */
  user?: string;
  platform?: string;
  /** Text in trigger, detail, person or the workflow's name. */
  q?: string;
  /** What was said, in any case. */
  triggers?: readonly string[];
  /** ISO-8601 */
  since?: string;
  page: number;
  perPage: number;
}

type Row = Omit<TriggerEntry, "at"> & { at: Date };

/** A page of what the viewer may see, newest first, and how many there are in all. */
export const listTriggerLog = async (
  database: Database,
  query: TriggerLogQuery,
): Promise<{ rows: TriggerEntry[]; total: number }> => {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const conditions = ["true"];
  if (query.viewer.all !== true) conditions.push(visibleTo(query.viewer, value));
  if (query.workflowId !== undefined) conditions.push(`l.workflow_id = ${value(query.workflowId)}`);
  if (query.communityId !== undefined) conditions.push(`l.community_id = ${value(query.communityId)}::bigint`);
  if (query.outcome !== undefined) conditions.push(`l.outcome = ${value(query.outcome)}`);
  if (query.platform !== undefined) conditions.push(`l.platform = ${value(query.platform)}`);
  if (query.since !== undefined) conditions.push(`l.at >= ${value(query.since)}::timestamptz`);
  if (query.triggers !== undefined) conditions.push(`lower(l.trigger) = ANY(${value(query.triggers)}::text[])`);
  if (query.user !== undefined) {
    const user = value(plainName(query.user));
    conditions.push(`(lower(ltrim(l.user_name, '@')) = ${user} OR lower(l.user_id) = ${user})`);
  }
  if (query.q !== undefined && query.q !== "") {
    const text = value(likeText(query.q));
    conditions.push(
      `(l.trigger ILIKE ${text} OR l.detail ILIKE ${text} OR l.user_name ILIKE ${text} OR w.name ILIKE ${text})`,
    );
  }
  const from = `FROM workflow_trigger_log AS l JOIN workflows AS w ON w.workflow_id = l.workflow_id WHERE ${conditions.join(" AND ")}`;
  const counted = database.read().query<{ total: number }>(`SELECT count(*) AS total ${from}`, [...values]);
  const page = `LIMIT ${value(query.perPage)} OFFSET ${value((query.page - 1) * query.perPage)}`;
  const listed = database
    .read()
    .query<Row>(
      `SELECT ${columns.map((column) => `l.${column}`).join(", ")}, w.name AS workflow_name ${from} ORDER BY l.at DESC, l.log_id DESC ${page}`,
      values,
    );
  const [count, list] = await Promise.all([counted, listed]);
  return { rows: list.rows.map((row) => ({ ...row, at: iso(row.at) })), total: count.rows[0]?.total ?? 0 };
};

/** A person's name as it is compared. */
const plainName = (name: string): string => name.replace(/^@+/, "").toLowerCase();

export interface TriggerLogBounds {
  days: number;
  /** The most lines of one community. */
  perCommunity: number;
}

/** Removes lines that are too old, and of the named communities those that are too many. */
export const sweepTriggerLog = async (
  pool: Pool,
  communities: readonly number[],
  bounds: TriggerLogBounds,
): Promise<number> => {
  const old = await pool.query(
    `DELETE FROM workflow_trigger_log WHERE log_id IN (SELECT log_id FROM workflow_trigger_log
       WHERE at < statement_timestamp() - make_interval(days => $1) ORDER BY at LIMIT 10000 FOR UPDATE SKIP LOCKED)`,
    [bounds.days],
  );
  let removed = old.rowCount ?? 0;
  for (const community of communities) {
    const many = await pool.query(
      `DELETE FROM workflow_trigger_log WHERE log_id IN (SELECT log_id FROM workflow_trigger_log WHERE community_id = $1
         ORDER BY at DESC, log_id DESC OFFSET $2 LIMIT 50000)`,
      [community, bounds.perCommunity],
    );
    removed += many.rowCount ?? 0;
  }
  return removed;
};
