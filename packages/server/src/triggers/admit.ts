// The last gate and the start: an event that passed all other gates takes its cooldowns and starts its workflow.
//
// A1. Cooldowns are taken all or none, in the database, so they hold over all processes and restarts.
// A2. They are taken for a start that is accepted: a duplicate takes none, a refused start gives them back.
// A3. A delivery starts a workflow once, however often and at however many processes it arrives.
import { JsonError } from "@workflow-core/core";
import { type Command, commandData, cooldownDetail, cooldownsOf, eventData } from "@workflow-core/core/triggers";
import type { License } from "../access/license.js";
import { isAppError } from "../errors.js";
import type { Start } from "../execution/start.js";
import type { Log } from "../log.js";
import { type Delivery, releaseCooldowns, takeCooldowns } from "../store/cooldowns.js";
import type { Pool } from "../store/database.js";
import type { TriggerOutcome } from "../store/trigger-log.js";
import type { IncomingEvent } from "./incoming.js";
import type { Trigger } from "./index/trigger.js";

export interface Admitted {
  outcome: TriggerOutcome;
  execution_id?: string;
  detail?: string;
}

export interface AdmitOptions {
  pool: Pool;
  start: Start;
  license: License;
  audit?: Log["audit"];
}

/** What is asked to start: a trigger that an event concerns. */
export interface Asking {
  trigger: Trigger;
  event: IncomingEvent;
  /** Of a command. */
  command: Command | undefined;
}

export type Admit = (asking: Asking) => Promise<Admitted>;

/** Takes cooldowns and starts. Throws what makes the whole request fail: the database does not answer. */
export const createAdmit = ({ pool, start, license, audit }: AdmitOptions): Admit => {
  const begin = async (asking: Asking, { source, key }: Delivery): Promise<Admitted> => {
    const { trigger, event, command } = asking;
    await license.require({ communityId: trigger.community_id, feature: "workflows" });
    const { execution_id, duplicate } = await start({
      workflow: trigger,
      triggerNode: trigger.node_id,
      source: trigger.kind,
      data: command === undefined ? eventData(event) : commandData(command, event),
      about: aboutOf(asking),
      userId: event.user.id,
      principal: { kind: "service" },
      dedupe: { source, key },
    });
    audit?.("workflow_execute_start", {
      ...{ user: event.user.id, community: trigger.community_id, workflow_id: trigger.workflow_id, execution_id },
      ...{ source: trigger.kind, duplicate, message: "Workflow execution started" },
    });
    return { outcome: duplicate ? "duplicate" : "started", execution_id };
  };

  return async (asking) => {
    const { trigger, event } = asking;
    const delivery = deliveryOf(trigger.workflow_id, event.delivery_id);
    const person = { platform: event.platform, id: event.user.id };
    const cooldowns = trigger.kind === "command" ? cooldownsOf(trigger, trigger.workflow_id, person) : [];
    if (cooldowns.length > 0) {
      const taken = await takeCooldowns(pool, delivery, cooldowns);
      if (taken.verdict === "duplicate") return { outcome: "duplicate", execution_id: taken.execution_id };
      if (taken.verdict === "held") return { outcome: "cooldown", detail: cooldownDetail(taken.held, event.user.name) };
    }
    const giveBack = async () => {
      if (cooldowns.length > 0)
        await releaseCooldowns(
          pool,
          delivery,
          cooldowns.map(({ key }) => key),
        );
    };
    try {
      return await begin(asking, delivery);
    } catch (error) {
      // Where the database is gone nothing can be given back; the error that is told is the first one.
      await giveBack().catch(() => undefined);
      const reason = refusal(error);
      if (reason === undefined) throw error;
      return { outcome: "limit", detail: reason };
    }
  };
};

/** Why one workflow does not take it, when that is no reason to refuse the whole request; undefined otherwise. */
const refusal = (error: unknown): string | undefined => {
  if (error instanceof JsonError) return `limit: ${error.message}`;
  if (!isAppError(error) || error.status >= 500) return undefined;
  return error.code === "PAYMENT_REQUIRED" ? `limit licence: ${error.message}` : error.message;
};

/** Under which a delivery is known to a workflow. */
const deliveryOf = (workflowId: string, deliveryId: string): Delivery => ({
  source: `event:${workflowId}`,
  key: deliveryId,
});

const aboutOf = ({ event, command }: Asking) => ({
  delivery_id: event.delivery_id,
  platform: event.platform,
  user: { id: event.user.id, name: event.user.name },
  ...(event.channel_id === undefined ? {} : { channel_id: event.channel_id }),
  ...(command === undefined ? { event_type: event.event_type ?? "" } : { command: command.written }),
  ...(event.at === undefined ? {} : { event_at: event.at }),
});
