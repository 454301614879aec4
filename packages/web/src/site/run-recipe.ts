// Running a recipe of the cookbook: what comes in passes the triggers' gates, then the interpreter itself runs the
// workflow on a clock that jumps. The page's button and the test of every recipe call this.
import { compileDocument, executionPath, graphSchema, type Json, perform, simulate } from "@workflow-core/core";
import type { Draft } from "../api/types.js";
import { matchCommand, matchEvent, matchPlain, type Role, roles, type Verdict } from "../practice/match.js";
import { type Pins, practiceOutside, type Sent } from "../practice/outside.js";

/** What comes in: as POST /api/v1/events takes it, a webhook's call, or a time. */
export interface Start {
  event?: {
    type: "command" | "event";
    platform: string;
    user: { id: string; name: string; roles: string[] };
    message?: string;
    event_type?: string;
    data?: Record<string, Json>;
  };
  webhook?: { headers: Record<string, Json>; payload: Json };
  schedule?: string;
}

/** What the world answers, by node: a value, or the words with which it fails. */
export type Answers = Readonly<Record<string, { gives: Json } | { fails: string }>>;

export interface Outcome {
  status: string;
  /** Ids of nodes in the order in which they ended. */
  path: string;
  /** Chat messages: where, and the text. */
  says: string[];
  /** Everything else that is sent outside. */
  does?: string[];
  output: Json;
  /** Of the clock that jumps. */
  seconds?: number;
}

/** The moment of every run in these pages: a Monday evening. */
const runAt = Date.UTC(2026, 10, 23, 18);

const roleOf = (held: readonly string[]): Role =>
  [...roles].reverse().find((role) => held.includes(role)) ?? "everyone";

const verdicts = (draft: Draft, { event, webhook, schedule }: Start): Verdict[] => {
  if (event !== undefined) {
    const person = { id: event.user.id, name: event.user.name, role: roleOf(event.user.roles) };
    return event.type === "command"
      ? matchCommand(draft, event.message ?? "", person, event.platform, {}, runAt)
      : matchEvent(draft, event.event_type ?? "", event.data ?? {}, person, event.platform);
  }
  if (webhook !== undefined)
    return matchPlain(draft, "trigger_webhook", { ...webhook, webhook: { id: "docs", name: "From these pages" } });
  return matchPlain(draft, "trigger_schedule", { scheduled_time: schedule ?? new Date(runAt).toISOString() });
};

/** A message or call as a line of the outcome. */
const chatLine = ({ where, text }: Sent): string => `${where === "" ? "" : `${where}: `}${text}`;
const otherLine = ({ title, text }: Sent): string => (text === "" ? title : `${title} ${text}`);

const pinsOf = (answers: Answers): Pins =>
  Object.fromEntries(
    Object.entries(answers).map(([node, each]) => [
      node,
      "gives" in each ? { ok: true, value: each.gives } : { ok: false, message: each.fails },
    ]),
  );

const never = { aborted: false, addEventListener: () => {}, removeEventListener: () => {} };

/** Runs a workflow document; throws Error with a sentence when it cannot start. */
export const runRecipe = async (document: unknown, start: Start, answers: Answers = {}): Promise<Outcome> => {
  const { plan, problems } = compileDocument(document);
  if (plan === undefined)
    throw new Error(problems.map(({ message, node_id }) => `${node_id ?? "workflow"}: ${message}`).join("; "));
  const draft: Draft = { name: "", description: null, ...graphSchema.parse(document) };
  const [verdict] = verdicts(draft, start);
  if (verdict === undefined) throw new Error("No trigger of this workflow waits for that.");
  if (verdict.outcome !== "started") throw new Error(`It does not start (${verdict.outcome}): ${verdict.detail}`);
  const sent: Sent[] = [];
  const outside = practiceOutside(pinsOf(answers), (each) => sent.push(each));
  const { state } = await simulate(plan, {
    ...{ trigger: verdict.trigger, data: verdict.data, at: runAt, seed: "docs" },
    answer: (owed, now) => perform(plan, now, owed, outside, never),
  });
  const does = sent.filter(({ kind }) => kind !== "chat" && kind !== "code").map(otherLine);
  const seconds = ((state.finishedAt ?? runAt) - runAt) / 1000;
  return {
    status: state.failure === undefined ? state.status : `${state.status}: ${state.failure.message}`,
    path: executionPath(plan, state).join(" "),
    says: sent.filter(({ kind, failed }) => kind === "chat" && !failed).map(chatLine),
    ...(does.length > 0 ? { does } : {}),
    output: state.finalOutput ?? null,
    ...(seconds > 0 ? { seconds } : {}),
  };
};
