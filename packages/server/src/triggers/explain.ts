// Why did !hug not answer @ada, or a raid start nothing? The question is put to every trigger that could have meant it,
// live or not, and each gate says what it would say now; beside it stands what the log remembers.
//
// 1. Only workflows that the asker may view are looked at, in the log too.
// 2. Nothing is taken, started or written. What met no trigger is in no log: that nothing listens to it is found here.
import type { Json } from "@workflow-core/core";
import { firstStop, type Gate, parseCommand, pass, stop } from "@workflow-core/core/triggers";
import type { Database } from "../store/database.js";
import { listTriggerLog, type TriggerEntry } from "../store/trigger-log.js";
import { type DrawnTrigger, drawnTriggers } from "../store/triggers.js";
import type { Viewer } from "../store/workflows.js";
import { commandQuestion } from "./explain-command.js";
import { eventQuestion } from "./explain-event.js";
import { readTrigger, type Trigger } from "./index/trigger.js";
import type { Asked, Person } from "./question.js";

export interface Question {
  communityId: number;
  /** The whole message, as it was written; or else an event's name. */
  message?: string;
  event_type?: string;
  /** Of an event. */
  data?: Record<string, Json>;
  /** Name or id of who wrote it. */
  user?: string;
  /** Their roles; unless given, those that came with their last event. */
  roles?: readonly string[];
  platform?: string;
}

export interface Explained {
  workflow_id: string;
  workflow_name: string;
  node_id: string;
  version: string;
  would_start: "yes" | "no" | "unknown";
  gates: Pick<Gate, "gate" | "verdict" | "detail">[];
}

export interface Explanation {
  /** One sentence. */
  answer: string;
  asked: { command: string; args: string[]; event_type?: string; user: Person | null };
  candidates: Explained[];
  recent: TriggerEntry[];
}

interface Candidate<T extends Trigger> {
  drawn: DrawnTrigger;
  trigger: T;
}

/** Answers the question for somebody who may view some workflows of the community. */
export const explain = async (database: Database, viewer: Viewer, question: Question): Promise<Explanation> => {
  const { message = "", event_type, data } = question;
  const person = await personOf(database, viewer, question);
  if (event_type !== undefined) {
    const asked = { command: "", args: [], event_type, user: person };
    return { asked, ...(await answered(database, viewer, question, eventQuestion(event_type, data), person)) };
  }
  const command = parseCommand(message);
  const asked = { command: command?.written ?? message, args: command?.args ?? [], user: person };
  if (command === undefined)
    return { answer: "That is no command: one begins with ! or /.", asked, candidates: [], recent: [] };
  return { asked, ...(await answered(database, viewer, question, commandQuestion(command), person)) };
};

const answered = async <T extends Trigger>(
  database: Database,
  viewer: Viewer,
  { communityId, user, platform }: Question,
  asked: Asked<T>,
  person: Person | null,
): Promise<Omit<Explanation, "asked">> => {
  const all = candidatesOf(asked, await drawnTriggers(database, { communityId, viewer, kind: asked.kind }));
  const meant = withoutDoubles(all.filter(({ trigger }) => asked.means(trigger)));
  const candidates = await Promise.all(meant.map((each) => evaluate(database, each, asked, person)));
  const { rows: recent } = await listTriggerLog(database, {
    ...{ viewer, communityId, triggers: asked.logged(meant.map(({ trigger }) => trigger)), page: 1, perPage: 20 },
    ...(user === undefined ? {} : { user }),
    ...(platform === undefined ? {} : { platform }),
  });
  const answer = answerOf(asked.written, candidates) ?? asked.nothing(all.map(({ trigger }) => trigger));
  return { answer, candidates, recent };
};

const personOf = async (database: Database, viewer: Viewer, question: Question): Promise<Person | null> => {
  const { communityId, user, roles = null, platform } = question;
  if (user === undefined)
    return roles === null ? null : { name: "somebody", id: null, roles, platform: platform ?? null };
  const { rows } = await listTriggerLog(database, {
    ...{ viewer, communityId, user, page: 1, perPage: 1 },
    ...(platform === undefined ? {} : { platform }),
  });
  const seen = rows[0];
  return {
    name: seen?.user_name ?? user,
    id: seen?.user_id ?? null,
    roles: roles ?? seen?.roles ?? null,
    platform: platform ?? seen?.platform ?? null,
  };
};

const candidatesOf = <T extends Trigger>({ kind }: Asked<T>, drawn: readonly DrawnTrigger[]): Candidate<T>[] =>
  drawn.flatMap((each) => {
    const trigger = readTrigger(each);
    return trigger?.kind === kind ? [{ drawn: each, trigger: trigger as T }] : []; // its kind is T's
  });

/** What is drawn counts only where the published version has nothing that means it. */
const withoutDoubles = <T extends Trigger>(candidates: readonly Candidate<T>[]): Candidate<T>[] => {
  const published = new Set(candidates.filter(({ drawn }) => drawn.published).map(({ drawn }) => drawn.workflow_id));
  return candidates.filter(({ drawn }) => drawn.published || !published.has(drawn.workflow_id));
};

const evaluate = async <T extends Trigger>(
  database: Database,
  { drawn, trigger }: Candidate<T>,
  asked: Asked<T>,
  person: Person | null,
): Promise<Explained> => {
  const own = await asked.gates(database, trigger, person);
  const platformKnown = (person?.platform ?? null) !== null;
  const gates: Gate[] = [
    publishedGate(drawn),
    drawn.enabled
      ? pass("enabled", "the workflow is switched on")
      : stop("enabled", "filtered", "the workflow is switched off"),
    drawn.node_enabled
      ? pass("node_enabled", "the trigger is switched on")
      : stop("node_enabled", "filtered", "the trigger is switched off in the workflow"),
    ...own.map((gate) => (gate.gate === "platform" && !platformKnown ? platformUnknown(trigger, gate) : gate)),
  ];
  const unknown = gates.some(({ verdict }) => verdict === "unknown");
  return {
    workflow_id: drawn.workflow_id,
    workflow_name: drawn.name,
    node_id: drawn.node_id,
    version: drawn.version,
    would_start: firstStop(gates) ? "no" : unknown ? "unknown" : "yes",
    gates: gates.map(({ gate, verdict, detail }) => ({ gate, verdict, detail })),
  };
};

const publishedGate = ({ status, published, published_version }: DrawnTrigger): Gate => {
  if (status === "archived") return stop("published", "filtered", "the workflow is archived");
  if (status !== "published") return stop("published", "filtered", "the workflow is a draft; publish it");
  if (published) return pass("published", `version ${published_version} is published`);
  return stop(
    "published",
    "filtered",
    `it is drawn, but not in the published version ${published_version}; publish it again`,
  );
};

const platformUnknown = ({ platforms }: Trigger, gate: Gate): Gate =>
  platforms.length === 0
    ? gate
    : { gate: "platform", verdict: "unknown", detail: `only on ${platforms.join(", ")}; the platform is not known` };

/** Undefined when nothing means it. */
const answerOf = (written: string, candidates: readonly Explained[]): string | undefined => {
  const ready = candidates.find(({ would_start }) => would_start === "yes");
  if (ready) return `${written} would start "${ready.workflow_name}" now.`;
  const [first] = candidates.filter(({ would_start }) => would_start === "unknown").concat(candidates);
  if (first === undefined) return undefined;
  const verdict = first.would_start === "no" ? "stop" : "unknown";
  const reasons = first.gates.filter((gate) => gate.verdict === verdict).map(({ detail }) => detail);
  const would = first.would_start === "no" ? "does not start" : "may start";
  return `${written} ${would} "${first.workflow_name}": ${reasons.join("; ")}.`;
};
