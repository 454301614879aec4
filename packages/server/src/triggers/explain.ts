// Why did !hug not answer @ada? The question is put to every trigger that could have meant it, live or not, and each gate
// says what it would say now; beside it stands what the log remembers.
//
// 1. Only workflows that the asker may view are looked at, in the log too.
// 2. Nothing is taken and nothing is started.
import { didYouMean } from "@workflow-core/core";
import { heldCooldowns } from "../store/cooldowns.js";
import type { Database } from "../store/database.js";
import { listTriggerLog, type TriggerEntry } from "../store/trigger-log.js";
import { type DrawnTrigger, drawnCommands } from "../store/triggers.js";
import type { Viewer } from "../store/workflows.js";
import { cooldownDetail, cooldownKeys } from "./admit.js";
import { commandGates, meansWord } from "./command-gates.js";
import { type Command, parseCommand, wordKey } from "./commands.js";
import { firstStop, type Gate, pass, stop } from "./gates.js";
import { type CommandTrigger, readTrigger } from "./index/trigger.js";

export interface Question {
  communityId: number;
  /** The whole message, as it was written. */
  message: string;
  /** Name or id of who wrote it. */
  user?: string;
  /** Their roles; unless given, those that came with their last event. */
  roles?: readonly string[];
  platform?: string;
}

/** The person as far as they are known. */
interface Person {
  name: string;
  id: string | null;
  roles: readonly string[] | null;
  platform: string | null;
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
  asked: { command: string; args: string[]; user: Person | null };
  candidates: Explained[];
  recent: TriggerEntry[];
}

interface Candidate {
  drawn: DrawnTrigger;
  trigger: CommandTrigger;
}

/** Answers the question for somebody who may view some workflows of the community. */
export const explain = async (database: Database, viewer: Viewer, question: Question): Promise<Explanation> => {
  const { communityId, message } = question;
  const command = parseCommand(message);
  const person = await personOf(database, viewer, question);
  const asked = { command: command?.written ?? message, args: command?.args ?? [], user: person };
  if (command === undefined)
    return { answer: "That is no command: one begins with ! or /.", asked, candidates: [], recent: [] };
  const all = candidatesOf(await drawnCommands(database, { communityId, viewer }));
  const meant = withoutDoubles(all.filter(({ trigger }) => trigger.keys.includes(wordKey(command.word))));
  const candidates = await Promise.all(meant.map((each) => evaluate(database, each, command, person)));
  const words = [command.word, ...meant.flatMap(({ trigger }) => trigger.keys)].map(wordKey);
  const { rows: recent } = await listTriggerLog(database, {
    ...{ viewer, communityId, triggers: words.flatMap((word) => [`!${word}`, `/${word}`]), page: 1, perPage: 20 },
    ...(question.user === undefined ? {} : { user: question.user }),
    ...(question.platform === undefined ? {} : { platform: question.platform }),
  });
  return { answer: answerOf(command, candidates, all), asked, candidates, recent };
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

const candidatesOf = (drawn: readonly DrawnTrigger[]): Candidate[] =>
  drawn.flatMap((each) => {
    const trigger = readTrigger(each);
    return trigger?.kind === "command" ? [{ drawn: each, trigger }] : [];
  });

/** What is drawn counts only where the published version has nothing that means the word. */
const withoutDoubles = (candidates: readonly Candidate[]): Candidate[] => {
  const published = new Set(candidates.filter(({ drawn }) => drawn.published).map(({ drawn }) => drawn.workflow_id));
  return candidates.filter(({ drawn }) => drawn.published || !published.has(drawn.workflow_id));
};

const evaluate = async (
  database: Database,
  { drawn, trigger }: Candidate,
  command: Command,
  person: Person | null,
): Promise<Explained> => {
  const platform = person?.platform ?? null;
  const roles = person?.roles ?? undefined;
  const asked = commandGates(trigger, command, { platform: platform ?? "", roles });
  const gates: Gate[] = [
    publishedGate(drawn),
    drawn.enabled
      ? pass("enabled", "the workflow is switched on")
      : stop("enabled", "filtered", "the workflow is switched off"),
    drawn.node_enabled
      ? pass("node_enabled", "the trigger is switched on")
      : stop("node_enabled", "filtered", "the trigger is switched off in the workflow"),
    meansWord(trigger, command.word)
      ? pass("command", `means ${trigger.words.map((word) => `!${word}`).join(", ")}`)
      : stop(
          "command",
          "filtered",
          `capital letters matter: it is ${trigger.words.map((word) => `!${word}`).join(", ")}`,
        ),
    ...asked.map((gate) => (gate.gate === "platform" && platform === null ? platformUnknown(trigger, gate) : gate)),
    ...(await cooldownGates(database, trigger, person)),
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

const platformUnknown = ({ platforms }: CommandTrigger, gate: Gate): Gate =>
  platforms.length === 0
    ? gate
    : { gate: "platform", verdict: "unknown", detail: `only on ${platforms.join(", ")}; the platform is not known` };

const cooldownGates = async (database: Database, trigger: CommandTrigger, person: Person | null): Promise<Gate[]> => {
  const { cooldownSeconds, userCooldownSeconds } = trigger;
  const known = person !== null && person.id !== null && person.platform !== null;
  const keys = cooldownKeys(trigger, { platform: person?.platform ?? "", id: person?.id ?? "" });
  const wanted = [
    ...(cooldownSeconds > 0 ? [keys.workflow] : []),
    ...(userCooldownSeconds > 0 && known ? [keys.user] : []),
  ];
  if (wanted.length === 0 && userCooldownSeconds === 0) return [];
  const held = wanted.length === 0 ? [] : await heldCooldowns(database.primary, wanted);
  const gate = (name: string, key: string, seconds: number): Gate => {
    const mine = held.filter((each) => each.key === key);
    if (mine.length > 0) return stop(name, "cooldown", cooldownDetail(mine, person?.name ?? ""));
    return pass(name, `${seconds} s, over`);
  };
  const userGate: Gate = known
    ? gate("user_cooldown", keys.user, userCooldownSeconds)
    : {
        gate: "user_cooldown",
        verdict: "unknown",
        detail: `${userCooldownSeconds} s per person; the person is not known`,
      };
  return [
    ...(cooldownSeconds > 0 ? [gate("cooldown", keys.workflow, cooldownSeconds)] : []),
    ...(userCooldownSeconds > 0 ? [userGate] : []),
  ];
};

const answerOf = ({ written, word }: Command, candidates: readonly Explained[], all: readonly Candidate[]): string => {
  const ready = candidates.find(({ would_start }) => would_start === "yes");
  if (ready) return `${written} would start "${ready.workflow_name}" now.`;
  const [first] = candidates.filter(({ would_start }) => would_start === "unknown").concat(candidates);
  if (first === undefined) {
    const known = new Set(all.flatMap(({ trigger }) => trigger.words.map((each) => `!${each}`)));
    return `No workflow here has the command ${written}${didYouMean(`!${word}`, known) || "."}`;
  }
  const verdict = first.would_start === "no" ? "stop" : "unknown";
  const reasons = first.gates.filter((gate) => gate.verdict === verdict).map(({ detail }) => detail);
  const would = first.would_start === "no" ? "does not start" : "may start";
  return `${written} ${would} "${first.workflow_name}": ${reasons.join("; ")}.`;
};
