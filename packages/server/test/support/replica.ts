// Another process of the same installation, as far as triggers go: its own connections, engine and index.
import { defaultLimits, type Json, type WorkflowGraph } from "@workflow-core/core";
import { draw } from "@workflow-core/core/testing";
import { systemClock } from "../../src/clock.js";
import { createEngine, type Engine } from "../../src/execution/engine.js";
import { createOutside } from "../../src/outbound/outside.js";
import { databaseOn } from "../../src/store/database.js";
import { openPool } from "../../src/store/pool.js";
import type { DeliveryResult } from "../../src/triggers/deliver.js";
import { type IncomingEvent, incomingSchema } from "../../src/triggers/incoming.js";
import { createTriggers, type Triggers, type TriggersOptions } from "../../src/triggers/triggers.js";

export interface Replica {
  triggers: Triggers;
  engine: Engine;
  /** What was warned about. */
  warnings: string[];
  deliver(...events: IncomingEvent[]): Promise<DeliveryResult[]>;
  close(): Promise<void>;
}

/** Opens one on a database; close it before the database is dropped. */
export async function openReplica(uri: string, index: TriggersOptions["index"] = {}): Promise<Replica> {
  const pool = openPool({ uri, max: 10, applicationName: "test-replica" });
  const enginePool = openPool({ uri, max: 4, applicationName: "test-replica-engine" });
  const database = databaseOn(pool);
  const warnings: string[] = [];
  const outside = createOutside({ routerUrl: undefined, routerApiKey: undefined, egressAllow: [], sandboxSize: 1 });
  const nothing = () => undefined;
  const engine = createEngine({
    ...{ database, enginePool, outside, limits: defaultLimits, clock: systemClock, name: "replica", role: "all" },
    ...{ slots: 10, parkAfterMs: 50, log: { info: nothing, warn: nothing, error: nothing } },
  });
  const triggers = createTriggers({
    ...{ database, start: engine.start, clock: systemClock, index },
    license: { require: async () => ({ workflowsMax: undefined }) },
    log: { info: nothing, warn: (message) => void warnings.push(message) },
  });
  await engine.worker.start();
  await triggers.start();
  return {
    ...{ triggers, engine, warnings },
    deliver: (...events) => triggers.deliver(events),
    close: async () => {
      await triggers.stop();
      await engine.worker.drain(1);
      await outside.close();
      await Promise.all([pool.end(), enginePool.end()]);
    },
  };
}

let deliveries = 0;

/** A command that @ada wrote in community 1, each with a delivery id of its own. */
export const command = (message: string, more: Partial<IncomingEvent> = {}): IncomingEvent =>
  incomingSchema.parse({
    ...{ delivery_id: `delivery-${++deliveries}`, type: "command", platform: "twitch", entity_id: 1, community_id: 1 },
    ...{ user: { id: "1001", name: "ada", roles: [] }, message, channel_id: "5001" },
    ...more,
  });

/** Something that happened in community 1, each with a delivery id of its own. */
export const happening = (
  event_type: string,
  data: IncomingEvent["data"] = {},
  more: Partial<IncomingEvent> = {},
): IncomingEvent =>
  incomingSchema.parse({
    ...{ delivery_id: `delivery-${++deliveries}`, type: "event", platform: "twitch", entity_id: 1, community_id: 1 },
    ...{ user: { id: "1001", name: "ada", roles: [] }, event_type, data },
    ...more,
  });

/** A workflow that a command starts; it may wait before it ends. */
export const onCommand = (
  config: Record<string, Json>,
  metadata: WorkflowGraph["metadata"] = {},
  seconds = 0,
): WorkflowGraph =>
  draw(
    "start -> wait -> end",
    {
      start: ["trigger_command", config],
      wait: ["action_delay", { delay_seconds: seconds }],
      end: ["flow_end", { output_data: { args: "{{ args }}" } }],
    },
    { metadata },
  );

/** A workflow that an event starts. */
export const onEvent = (config: Record<string, Json>): WorkflowGraph =>
  draw("start -> end", {
    start: ["trigger_event", config],
    end: ["flow_end", { output_data: { event: "{{ event }}" } }],
  });
