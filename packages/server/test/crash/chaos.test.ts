// Two replicas under load while a nemesis kills and freezes them, restarts the database, breaks connections, and the
// Router fails now and then. Then everything is healed, and what is left must be right. CHAOS_SECONDS makes it longer,
// CHAOS_SEED repeats one.
import { draw } from "@workflow-core/core/testing";
import { expect, it } from "vitest";
import { canaries } from "../support/canaries.js";
import { chance as chanceOf } from "../support/chance.js";
import { check, type Finding, outcome } from "../support/checker.js";
import type { Behaviour } from "../support/fake-router-answers.js";
import { startLoad } from "../support/load.js";
import { nemesis as nemesisOf } from "../support/nemesis.js";
import { ownPostgres } from "../support/own-postgres.js";
import { postgresProxy } from "../support/postgres-proxy.js";
import { apiKey } from "../support/replicas.js";
import { behind, callDelayCall, diamond, executeMany, line, loop, type Scene, scene } from "../support/scene.js";
import { until } from "../support/until.js";

const seconds = Number(process.env.CHAOS_SECONDS ?? 60);
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000);
const leaseSeconds = 2;
/** Few, so that most executions wait for their turn. */
const slots = 3;

const call = (name: string) => ["action_module", { module_name: name, action: "run", timeout_seconds: 2 }] as const;
const parallel = draw("start -> all; all -one-> a; all -two-> b; all -three-> c", {
  start: "trigger_webhook",
  all: ["flow_parallel", { max_parallel: 2 }],
  a: call("a"),
  b: call("b"),
  c: call("c"),
});
const choosing = draw("start -> set -> check; check -true-> a -> end; check -false-> b -> end", {
  start: "trigger_webhook",
  set: ["data_variable_set", { variable_name: "x", value: "{{ [1, 2, 3].length }}" }],
  check: ["condition_if", { condition: "x > 2" }],
  a: call("a"),
  b: call("b"),
  end: ["flow_end", { output_data: { x: "{{ x }}" } }],
});
// Code is worked out before what led to it is stored: what was lost comes out otherwise the next time, but nothing that
// was lost may have been sent.
const guessing = draw("start -> guess -> tell -> each -loop_body-> more -> again; each -> forget -> end", {
  start: "trigger_webhook",
  guess: ["data_transform", { transform_code: "return Math.random()", output_variable: "guess" }],
  tell: ["action_module", { module_name: "tell", action: "run", timeout_seconds: 2, params: { guess: "{{ guess }}" } }],
  each: ["loop_foreach", { collection: "{{ [1, 2] }}" }],
  more: ["data_transform", { transform_code: "return variables.guess + Math.random()", output_variable: "guess" }],
  again: [
    "action_module",
    { module_name: "again", action: "run", timeout_seconds: 2, params: { guess: "{{ guess }}" } },
  ],
  forget: ["data_variable_set", { variable_name: "guess", value: "none" }],
  end: ["flow_end", { output_data: { guess: "{{ guess }}" } }],
});
const shapes = [line, diamond, loop, callDelayCall(2), parallel, choosing, guessing].map((graph) => ({
  ...graph,
  metadata: { retry_failed_nodes: true },
}));

const well: Behaviour = { do: "ok", body: { success: true, data: { said: "yes" } } };
const badly: readonly Behaviour[] = [
  { do: "status", status: 503 },
  { do: "status", status: 429, headers: { "retry-after": "1" } },
  { do: "reset-before" },
  { do: "reset-after" },
  { do: "truncate" },
];

/** Runs each shape once, undisturbed, and gives what came out. */
async function calmly(stage: Scene, workflows: readonly string[]): Promise<Map<string, string>> {
  const [replica] = stage.replicas;
  if (replica === undefined) throw new Error("no replica");
  const ids = (await Promise.all(workflows.map((workflow) => executeMany(replica, workflow, 1)))).flat();
  await stage.over(ids);
  const { rows } = await stage.database.primary.query("SELECT * FROM workflow_executions");
  return new Map(rows.map((row) => [row.workflow_id, outcome(row)]));
}

/** What is known of executions that do not end: their events, and the last that the replicas had to say. */
async function stuck({ database, replicas }: Scene): Promise<string> {
  const { rows } = await database.primary.query(
    `SELECT e.execution_id, e.fence, e.claimed_by, e.available_at, v.sequence, v.at, v.type, left(v.data, 200) AS data
     FROM workflow_executions AS e JOIN workflow_execution_events AS v USING (execution_id)
     WHERE e.end_time IS NULL AND v.sequence > 1 ORDER BY execution_id, sequence LIMIT 30`,
  );
  const said = replicas.filter(({ alive }) => alive).map((replica) => replica.said().split("\n").slice(-15).join("\n"));
  return [...rows.map((row) => JSON.stringify(row)), ...said].join("\n");
}

const report = (findings: readonly Finding[]): string =>
  findings
    .map(({ id, sentence, checked, offenders }) => {
      const first = offenders.slice(0, 3).map((offender) => `\n        ${offender}`);
      return `${offenders.length === 0 ? "holds " : "BROKEN"} ${id}: ${sentence} (${checked} checked, ${offenders.length} broken)${first.join("")}`;
    })
    .join("\n");

it(
  `loses and doubles nothing in ${seconds} s of chaos (seed ${seed})`,
  async ({ onTestFinished }) => {
    const chance = chanceOf(seed);
    const postgres = await ownPostgres("chaos");
    onTestFinished(() => postgres.close()); // last: what is registered later is done first
    const stage = await scene({ uri: postgres.uri("chaos") });
    const { target, through } = behind(stage.uri);
    const proxy = await postgresProxy(target);
    onTestFinished(() => proxy.close());
    onTestFinished(async () => {
      await postgres.start();
      await stage.close();
    });
    const env = { WFCORE_LEASE_SECONDS: String(leaseSeconds), MAX_CONCURRENT_WORKFLOWS: String(slots) };
    const nemesis = nemesisOf({
      ...{ stage, postgres, proxy, chance, leaseSeconds, env },
      ...{ seats: 2, uri: through(proxy.port) },
    });
    stage.router.plan([{ behaviour: well }]);
    await nemesis.begin();
    const workflows = await Promise.all(shapes.map((shape) => stage.publish(shape)));
    const calm = await calmly(stage, workflows);

    let faults = 0;
    const sometimes = badly.map((behaviour) => ({
      behaviour,
      when: () => {
        const now = chance.next() < 0.01;
        faults += now ? 1 : 0;
        return now;
      },
    }));
    stage.router.plan([...sometimes, { behaviour: well }]);
    let turn = 0;
    const load = startLoad({ workflows, perSecond: 10, replica: () => nemesis.seats[turn++ % 2] });
    await nemesis.rage(seconds);
    const healed = Date.now();
    stage.router.plan([{ behaviour: well }]);

    const probe = async () => {
      const answers = await Promise.all(
        nemesis.seats.map((seat) => seat?.call("GET", "/ready").catch(() => undefined)),
      );
      return answers.every((answer) => answer?.status === 200);
    };
    await until(probe, "all replicas to be ready", 30_000);
    const ready = Date.now() - healed;
    await load.end();
    await stage.over(undefined, 60_000).catch(async (error: unknown) => {
      console.info(await stuck(stage));
      throw error;
    });
    const over = Date.now() - healed;
    const probes = await Promise.all(Array.from({ length: 5 }, probe));

    const { done } = nemesis;
    const disturbances = done.kill + done.freeze + done.postgres + done.cut;
    const graphs = new Map(workflows.map((id, index) => [id, shapes[index]]));
    const most = nemesis.seats.length * slots * 2; // no shape does more than two things at once
    const findings = await check({
      ...{ stage, load, graphs, calm, disturbances, slots: most },
      canaries: [apiKey, canaries.replicaSecretKey],
    });
    const alive = [
      ...(ready < 10_000 ? [] : [`ready after ${ready} ms`]),
      ...(probes.every(Boolean) ? [] : ["probes"]),
    ];
    const happened = { ...done, router: faults, lost: proxy.faults.cutAfter, broken: proxy.faults.reset };
    const never = Object.entries(happened).flatMap(([name, count]) => (count > 0 ? [] : [name]));
    findings.push(
      { id: "I21", sentence: "all replicas serve within 10 s of the last fault", checked: 5, offenders: alive },
      { id: "I22", sentence: "every fault has happened", checked: disturbances + faults, offenders: never },
    );
    const { deliveries, effects, duplicates } = stage.router.stats();
    console.info(
      `seed ${seed}; faults ${JSON.stringify(happened)}; told ${JSON.stringify(Object.fromEntries(load.told))}; ` +
        `${load.accepted.size} accepted, ${deliveries} deliveries, ${effects} effects, ${duplicates} again; ` +
        `ready ${ready} ms and all over ${over} ms after the last fault\n${report(findings)}`,
    );
    expect(findings.filter(({ offenders }) => offenders.length > 0)).toEqual([]);
  },
  (seconds + 180) * 1000,
);
