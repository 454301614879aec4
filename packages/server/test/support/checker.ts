// After a chaos run: what must be true of client log, database, ledger and logs, one line an invariant. The numbers are
// those of the list of invariants that the fault tests share.
import {
  commands,
  compile,
  defaultLimits,
  graphSchema,
  isFinal,
  type Plan,
  replay,
  type State,
  transition,
} from "@workflow-core/core";
import { fromEventRecord, toFinishRecord } from "../../src/execution/records.js";
import { readEvents } from "../../src/store/claims.js";
import type { EventRecord } from "../../src/store/flight-records.js";
import type { Delivery } from "./fake-router.js";
import type { Load } from "./load.js";
import type { Replica } from "./replicas.js";
import type { Scene } from "./scene.js";
import { until } from "./until.js";

export interface Finding {
  id: string;
  sentence: string;
  checked: number;
  offenders: string[];
}

interface Row {
  execution_id: string;
  workflow_id: string;
  status: string;
  dedupe_key: string | null;
  trigger: { metadata?: { mark?: string } };
  claimed_by: string | null;
  available_at: Date | null;
  start_time: Date;
  end_time: Date | null;
  execution_time_seconds: number;
  nodes_executed: number;
  execution_path: unknown;
  node_states: unknown;
  final_variables: unknown;
  final_output: unknown;
}

export interface CheckOptions {
  stage: Scene;
  load: Load;
  /** The plans of the workflows, by id. */
  graphs: ReadonlyMap<string, unknown>;
  /** What an undisturbed execution of each workflow gave. */
  calm: ReadonlyMap<string, string>;
  slots: number;
  /** Faults after which a delivery may come once more. */
  disturbances: number;
  /** Texts that must not be found anywhere. */
  canaries: readonly string[];
}

/** What an execution gave, as text that can be compared. */
export const outcome = (row: { final_variables: unknown; final_output: unknown }): string =>
  JSON.stringify(sorted([row.final_variables, row.final_output]));

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
};
const same = (left: unknown, right: unknown): boolean => JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));

const groups = <T>(list: readonly T[], keyOf: (each: T) => string): Map<string, T[]> => {
  const map = new Map<string, T[]>();
  for (const each of list) map.set(keyOf(each), [...(map.get(keyOf(each)) ?? []), each]);
  return map;
};

/** Checks everything that can be read from what was left. */
export async function check(options: CheckOptions): Promise<Finding[]> {
  const { stage, load } = options;
  const { rows } = await stage.database.primary.query<Row>("SELECT * FROM workflow_executions");
  const events = await readEvents(
    stage.database.primary,
    rows.map(({ execution_id }) => execution_id),
  );
  const plans = new Map(
    [...options.graphs].map(([id, graph]) => [id, compile(graphSchema.parse(graph), defaultLimits).plan as Plan]),
  );
  const owed: Owed = new Map();
  return [
    ...acknowledged(rows, load),
    ...ended(rows),
    ...replayed(rows, events, plans, owed),
    caused(stage.router.ledger, owed),
    ...sent(stage.router.ledger, options),
    unchanged(rows, options.calm),
    quiet(stage.replicas, rows, events, options.canaries),
    ...(await tidy(stage)),
  ];
}

const finding = (id: string, sentence: string, checked: number, offenders: string[]): Finding => ({
  ...{ id, sentence, checked, offenders },
});

function acknowledged(rows: readonly Row[], { accepted, told, once, changed }: Load): Finding[] {
  const byKey = groups(
    rows.filter(({ dedupe_key }) => dedupe_key !== null),
    ({ dedupe_key }) => String(dedupe_key),
  );
  const lost = [...accepted].filter(([key, id]) => byKey.get(key)?.[0]?.execution_id !== id).map(([key]) => key);
  const doubled = [...byKey].filter(([, list]) => list.length > 1).map(([key]) => key);
  const byMark = groups(rows, ({ trigger }) => String(trigger.metadata?.mark));
  const marks = (wrong: (told: number | "broken", count: number) => boolean) =>
    [...once].filter(([mark, status]) => wrong(status, byMark.get(mark)?.length ?? 0)).map(([mark]) => mark);
  lost.push(...marks((status, count) => status === 202 && count !== 1));
  doubled.push(...marks((status, count) => status === "broken" && count > 1));
  const refused = marks((status, count) => status === 503 && count > 0);
  const strange = [...told.keys()].filter((status) => status !== 202 && status !== 503 && status !== "broken");
  return [
    finding("I1", "every acknowledged start has exactly one execution", accepted.size + once.size, [
      ...lost,
      ...changed,
    ]),
    finding("I3", "every key, and every start without an answer, has at most one", byKey.size + once.size, doubled),
    finding("I4", "a refused start has none, and all others are told yes", once.size, [
      ...refused,
      ...strange.map(String),
    ]),
  ];
}

function ended(rows: readonly Row[]): Finding[] {
  const isOver = ({ status }: Row) => isFinal(status as Parameters<typeof isFinal>[0]);
  const open = rows.filter((row) => !isOver(row) || row.claimed_by !== null || row.available_at !== null);
  const failed = rows.filter(({ status }) => status !== "completed");
  const name = ({ execution_id, status }: Row) => `${execution_id} ${status}`;
  return [
    finding("I2", "every execution is over, and nobody holds it", rows.length, open.map(name)),
    finding("I2b", "every execution has completed", rows.length, failed.map(name)),
  ];
}

/** What the stored events lead to be sent: by key, its parameters. */
type Owed = Map<string, unknown>;

function noteOwed(plan: Plan, state: State, owed: Owed): void {
  for (const command of commands(plan, state)) {
    if (command.type !== "perform") continue;
    const waiting = state.tokens.get(command.token)?.waiting;
    if (waiting?.for === "answer") owed.set(command.idempotencyKey, waiting.config.params);
  }
}

/** I6, I11, I14, I19: the events alone tell everything that the columns say, and each of them counted. */
function replayed(
  rows: readonly Row[],
  events: Map<string, EventRecord[]>,
  plans: Map<string, Plan>,
  owed: Owed,
): Finding[] {
  const [twice, idle, differing, beyond]: string[][] = [[], [], [], []];
  for (const row of rows) {
    const id = row.execution_id;
    const plan = plans.get(row.workflow_id) as Plan;
    const [first, ...rest] = (events.get(id) ?? []).map(fromEventRecord);
    if (first === undefined) continue;
    let state = replay(plan, [first]);
    noteOwed(plan, state, owed);
    const answered = new Set<string>();
    for (const [index, event] of rest.entries()) {
      if (event.type === "started") continue;
      if (event.type === "performed" && answered.size === answered.add(event.token).size)
        twice?.push(`${id} ${event.token}`);
      const next = transition(plan, state, event);
      if (next === state) idle?.push(`${id} event ${index + 2} ${event.type}`);
      state = next;
      noteOwed(plan, state, owed);
    }
    const columns = toFinishRecord(id, plan, state);
    const told = [row.status, row.nodes_executed, row.execution_path, row.node_states, row.final_variables];
    const meant = [
      columns.status,
      columns.nodes_executed,
      ...[columns.execution_path, columns.node_states, columns.final_variables].map((text) => JSON.parse(text)),
    ];
    const order = row.end_time !== null && row.end_time >= row.start_time && row.execution_time_seconds >= 0;
    if (!same(told, meant) || !order) differing?.push(id);
    if (row.nodes_executed > defaultLimits.maxTotalOperations || commands(plan, state).length > 0) beyond?.push(id);
  }
  return [
    finding("I6", "a visit has at most one successful attempt", rows.length, twice ?? []),
    finding("I11", "no limit is passed, and nothing is owed", rows.length, beyond ?? []),
    finding("I14", "the columns say what the events say", rows.length, differing ?? []),
    finding("I19", "every stored event had an effect: no late writer's is among them", rows.length, idle ?? []),
  ];
}

/** I9: what led to a delivery is stored, and leads to that very content: nothing was sent ahead of it. */
const caused = (ledger: readonly Delivery[], owed: Owed): Finding =>
  finding(
    "I9",
    "everything that was sent is what stored events lead to",
    ledger.length,
    ledger.flatMap(({ key, body }) => {
      if (key === null || !owed.has(key)) return [`${key} is not owed`];
      return same(body?.params ?? {}, owed.get(key)) ? [] : [`${key} sent ${JSON.stringify(body?.params)}`];
    }),
  );

function sent(ledger: readonly Delivery[], { disturbances, slots }: CheckOptions): Finding[] {
  const byKey = groups(ledger, ({ key }) => String(key));
  const doubled = [...byKey].filter(([, list]) => list.filter(({ effect }) => effect).length > 1).map(([key]) => key);
  const conflicts = ledger.filter(({ conflict, key }) => conflict || key === null).map(({ seq }) => `delivery ${seq}`);
  const most = 1 + defaultLimits.maxRetries + disturbances;
  const many = [...byKey].filter(([, list]) => list.length > most).map(([key, list]) => `${key} ${list.length}`);
  const hasty = [...byKey].flatMap(([key, list]) =>
    list.flatMap((each, index) => {
      const before = list[index - 1];
      if (before?.attempt == null || each.attempt == null || each.attempt <= before.attempt) return [];
      const wait = 1000 * 2 ** before.attempt;
      return each.at - before.at < wait - 100 ? [`${key} attempt ${each.attempt} after ${each.at - before.at} ms`] : [];
    }),
  );
  const beyond = ledger
    .filter(({ attempt }) => (attempt ?? 1) > 1 + defaultLimits.maxRetries)
    .map(({ seq }) => `${seq}`);
  const inFlight = Math.max(0, ...ledger.map((each) => each.inFlight));
  return [
    finding("I5", "a key has at most one effect, always with the same content", byKey.size, [...doubled, ...conflicts]),
    finding("I7", `a key is sent at most ${most} times`, byKey.size, many),
    finding("I10", `at most ${slots} actions are under way`, ledger.length, inFlight > slots ? [String(inFlight)] : []),
    finding("I12", "retries keep to their number and their waits", ledger.length, [...hasty, ...beyond]),
  ];
}

const unchanged = (rows: readonly Row[], calm: ReadonlyMap<string, string>): Finding =>
  finding(
    "I13",
    "variables and output are those of an undisturbed execution",
    rows.length,
    rows.filter((row) => calm.get(row.workflow_id) !== outcome(row)).map(({ execution_id }) => execution_id),
  );

function quiet(
  replicas: readonly Replica[],
  rows: readonly Row[],
  events: Map<string, EventRecord[]>,
  canaries: readonly string[],
): Finding {
  const bad =
    /unhandledRejection|uncaughtException|"action":"(uncaught|action_bug|execution_drive|execution_break_off|execution_resume)"|ERR_[A-Z]|deadlock/;
  const lines = replicas.flatMap((replica) => replica.said().split("\n"));
  const stored = JSON.stringify([rows, [...events.values()]]);
  const offenders = lines.filter((line) => bad.test(line) || canaries.some((canary) => line.includes(canary)));
  const leaks = canaries.filter((canary) => stored.includes(canary)).map((canary) => `stored: ${canary.slice(0, 4)}…`);
  return finding("I16, I20", "no secret and no bug in logs and rows", lines.length, [
    ...offenders.map((line) => line.slice(0, 300)),
    ...leaks,
  ]);
}

async function tidy({ database, router, replicas }: Scene): Promise<Finding[]> {
  const { rows } = await database.primary.query<{ name: string }>(
    `SELECT 'idle in transaction: ' || pid AS name FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'
     UNION ALL SELECT 'claimed: ' || execution_id FROM workflow_executions WHERE claimed_by IS NOT NULL`,
  );
  const alive = replicas.filter((replica) => replica.alive).length;
  let held = 0;
  // A replica whose lease was taken while it was frozen takes a new one within some heartbeats.
  const asMany = until(
    async () => {
      held = (await database.primary.query("SELECT 1 FROM workflow_workers")).rowCount ?? 0;
      return held === alive;
    },
    "a lease for each replica",
    10_000,
  );
  const leases = await asMany.then(
    () => [],
    () => [`${held} leases of ${alive} replicas`],
  );
  const open = router.stats().inFlight > 0 ? [`${router.stats().inFlight} calls`] : [];
  return [finding("I23", "nothing is left open", alive, [...rows.map(({ name }) => name), ...leases, ...open])];
}
