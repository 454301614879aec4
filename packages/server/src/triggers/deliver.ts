// Events in: each is matched against the live triggers of its place, asked through the gates, and started once.
//
// E1. What is examined are the triggers under the event's key and nothing else, however many workflows there are.
// E2. Each workflow gives one result: its first trigger that starts; if none does, its first refusal.
// E3. Commands that have a cooldown are asked in their order within a batch; all else goes at once.
// E4. A database that does not answer fails the whole request, so that it is sent again; what was started by then is
//     answered as a duplicate. Every result is logged, also of a request that failed.
import {
  anyEvent,
  type Command,
  commandGates,
  eventGates,
  firstStop,
  parseCommand,
  wordKey,
} from "@workflow-core/core/triggers";
import { appError } from "../errors.js";
import type { Admit, Admitted } from "./admit.js";
import type { IncomingEvent } from "./incoming.js";
import type { LiveIndex } from "./index/live-index.js";
import type { Trigger } from "./index/trigger.js";
import type { LogWriter } from "./log-writer.js";

export interface DeliveryResult extends Admitted {
  delivery_id: string;
  workflow_id: string;
}

export type Deliver = (events: readonly IncomingEvent[]) => Promise<DeliveryResult[]>;

export interface DeliverOptions {
  live: Pick<LiveIndex, "index" | "live">;
  admit: Admit;
  log: Pick<LogWriter, "add">;
  /** Told what became of each workflow that an event concerns. */
  onOutcome?: OnOutcome;
  now(): number;
}

export type OnOutcome = (kind: Trigger["kind"], outcome: Admitted["outcome"]) => void;

/** An event, and the triggers of one workflow that it concerns. */
interface Meeting {
  event: IncomingEvent;
  command: Command | undefined;
  triggers: [Trigger, ...Trigger[]];
}

/** Delivers events; results come in the events' order. Throws SERVICE_UNAVAILABLE while the triggers are not live. */
export const createDeliver = ({ live, admit, log, onOutcome, now }: DeliverOptions): Deliver => {
  const meet = (event: IncomingEvent): Meeting[] => {
    const command = event.type === "command" ? parseCommand(event.message ?? "") : undefined;
    const byWorkflow = new Map<string, Meeting>();
    for (const trigger of candidates(live.index, event, command)) {
      const known = byWorkflow.get(trigger.workflow_id);
      if (known) known.triggers.push(trigger);
      else byWorkflow.set(trigger.workflow_id, { event, command, triggers: [trigger] });
    }
    return [...byWorkflow.values()];
  };

  const ask = async ({ event, command, triggers }: Meeting): Promise<DeliveryResult> => {
    let result: Admitted | undefined;
    let answered = triggers[0];
    for (const trigger of triggers) {
      const stopped = firstStop(gatesOf(trigger, event, command, now()));
      const came: Admitted = stopped
        ? { outcome: stopped.outcome, detail: stopped.detail }
        : await admit({ trigger, event, command });
      const begun = came.outcome === "started" || came.outcome === "duplicate";
      if (result === undefined || begun) [result, answered] = [came, trigger];
      if (begun) break;
    }
    const told = result ?? { outcome: "filtered" as const };
    onOutcome?.(answered.kind, told.outcome);
    log.add(lineOf(answered, event, command, told, now()));
    return { delivery_id: event.delivery_id, workflow_id: answered.workflow_id, ...told };
  };

  return async (events) => {
    if (!live.live)
      throw appError("SERVICE_UNAVAILABLE", "The triggers cannot be read at the moment; try again.", {
        headers: { "Retry-After": "1" },
      });
    const lines = new Map<string, Promise<unknown>>();
    const asked = events.flatMap(meet).map((meeting) => {
      if (!meeting.triggers.some(hasCooldown)) return ask(meeting);
      const id = meeting.triggers[0].workflow_id;
      const turn = (lines.get(id) ?? Promise.resolve()).then(() => ask(meeting));
      lines.set(
        id,
        turn.catch(() => undefined),
      );
      return turn;
    });
    const settled = await Promise.allSettled(asked);
    return settled.map((each) => {
      if (each.status === "rejected") throw each.reason;
      return each.value;
    });
  };
};

const candidates = (
  index: LiveIndex["index"],
  event: IncomingEvent,
  command: Command | undefined,
): readonly Trigger[] => {
  if (event.type === "event")
    return [...index.find(event, "event", event.event_type ?? ""), ...index.find(event, "event", anyEvent)];
  return command === undefined ? [] : index.find(event, "command", wordKey(command.word));
};

const gatesOf = (trigger: Trigger, event: IncomingEvent, command: Command | undefined, now: number) => {
  if (trigger.kind === "event") return eventGates(trigger, event, { now, random: Math.random });
  return command === undefined
    ? []
    : commandGates(trigger, command, { platform: event.platform, roles: event.user.roles });
};

const hasCooldown = (trigger: Trigger): boolean =>
  trigger.kind === "command" && (trigger.cooldownSeconds > 0 || trigger.userCooldownSeconds > 0);

const lineOf = (
  trigger: Trigger,
  event: IncomingEvent,
  command: Command | undefined,
  told: Admitted,
  now: number,
): Parameters<LogWriter["add"]>[0] => ({
  at: new Date(now).toISOString(),
  community_id: trigger.community_id,
  workflow_id: trigger.workflow_id,
  node_id: trigger.node_id,
  trigger: command?.written ?? event.event_type ?? "",
  platform: event.platform,
  user_id: event.user.id,
  user_name: event.user.name,
  roles: event.user.roles,
  outcome: told.outcome,
  detail: told.detail ?? null,
  delivery_id: event.delivery_id,
  execution_id: told.execution_id ?? null,
});
