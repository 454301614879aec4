// Events and commands in, and why they did or did not start something.
import { z } from "zod";
import { listTriggerLog, triggerOutcomes } from "../../store/trigger-log.js";
import { explain } from "../../triggers/explain.js";
import { incomingBody } from "../../triggers/incoming.js";
import { definedOnly } from "../defined-only.js";
import { paging, triggerLineSchema, wholeNumber } from "../documents.js";
import { ok, pagination } from "../envelope.js";
import { jsonObject, refusal } from "../json-text.js";
import { route } from "../route.js";
import { viewerOf } from "../viewer.js";

const tag = "Triggers";
const biggestId = 2_147_483_647;

const resultSchema = z.object({
  delivery_id: z.string().optional().meta({ description: "Of a batch: the event that this is about." }),
  workflow_id: z.guid(),
  outcome: z.enum(triggerOutcomes),
  execution_id: z.guid().optional(),
  detail: z.string().optional().meta({ description: "cooldown, 12 s left for @ada" }),
});

const gateSchema = z.object({ gate: z.string(), verdict: z.enum(["pass", "stop", "unknown"]), detail: z.string() });

const explanationSchema = z.object({
  answer: z.string().meta({ description: "One sentence." }),
  asked: z.object({
    ...{ command: z.string(), args: z.array(z.string()), event_type: z.string().optional() },
    user: z
      .object({
        ...{ name: z.string(), id: z.string().nullable(), platform: z.string().nullable() },
        roles: z.array(z.string()).nullable(),
      })
      .nullable(),
  }),
  candidates: z.array(
    z.object({
      ...{ workflow_id: z.guid(), workflow_name: z.string(), node_id: z.string(), version: z.string() },
      would_start: z.enum(["yes", "no", "unknown"]),
      gates: z.array(gateSchema),
    }),
  ),
  recent: z.array(triggerLineSchema),
});

export const triggerRoutes = [
  route({
    method: "POST",
    path: "/api/v1/events",
    access: "service",
    tag,
    summary: "Takes a chat command or a platform event, or up to 500 of them, and starts what waits for it.",
    description:
      "One event, or `{events: […]}`. Each workflow whose published triggers it concerns gives one result, in the " +
      "order of the events: started, duplicate (this delivery_id has started it before), cooldown, not_permitted, " +
      "filtered or limit, with the reason in `detail`. 202: what was started is stored. 503: send the whole request again, " +
      "nothing is started twice.",
    schema: { body: incomingBody, gives: z.object({ results: z.array(resultSchema) }), status: 202 },
    handler: async ({ body }, { triggers }) => {
      const results = await triggers.deliver(body.events);
      const told = results.map(({ delivery_id, ...rest }) => (body.batch ? { delivery_id, ...rest } : rest));
      return ok({ results: told }, { status: 202 });
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/triggers/log",
    access: "signed-in",
    tag,
    summary: "Lists what became of recent commands and events, the newest first: what they started, or why nothing.",
    description: "Of workflows that the caller may view. Lines are kept for 7 days, at most 10,000 of a community.",
    schema: {
      query: z.object({
        ...paging,
        workflow_id: z.guid().optional(),
        community_id: wholeNumber(0, biggestId).optional(),
        outcome: z.enum(triggerOutcomes).optional(),
        user: z.string().min(1).max(255).optional().meta({ description: "Name or id on the platform." }),
        q: z.string().max(255).optional().meta({ description: "Text in trigger, reason, person or workflow name." }),
        since: z.iso.datetime({ offset: true }).optional(),
      }),
      gives: z.array(triggerLineSchema),
      paged: true,
    },
    handler: async ({ principal, query }, { database, triggers }) => {
      await triggers.flushLog();
      const { page, per_page: perPage, workflow_id, community_id, ...rest } = query;
      const { rows, total } = await listTriggerLog(database, {
        ...{ viewer: viewerOf(principal), page, perPage },
        ...definedOnly({ ...rest, workflowId: workflow_id, communityId: community_id }),
      });
      return ok(rows, { pagination: pagination(page, perPage, total) });
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/triggers/explain",
    access: "signed-in",
    tag,
    summary:
      "Says why a command did not answer somebody, or an event started nothing: what each trigger would say now, and what it said lately.",
    description:
      "About the command in `message`, or the event named by `event_type`, whose `data` (a JSON object as text) filters look at. " +
      "What met no trigger is not logged; the answer says that no workflow listens to it. Looks at the workflows that the caller may view, drafts and switched off ones too. The person's roles are those " +
      "that came with their last event unless `roles` names them, divided by commas. Nothing is started.",
    schema: {
      query: z.object({
        community_id: wholeNumber(0, biggestId),
        message: z.string().min(1).max(2000).optional().meta({ description: "As it was written: !hug @grace" }),
        event_type: z.string().trim().min(1).max(255).optional().meta({ description: "raid" }),
        data: z.string().max(4000).optional().meta({ description: 'Of an event: {"viewers": 12}' }),
        user: z.string().min(1).max(255).optional(),
        roles: z.string().max(1000).optional(),
        platform: z.string().min(1).max(50).optional(),
      }),
      gives: explanationSchema,
    },
    handler: async ({ principal, query }, { database, triggers }) => {
      await triggers.flushLog();
      const { community_id: communityId, roles, data: text, ...rest } = query;
      if ((rest.message === undefined) === (rest.event_type === undefined))
        throw refusal("message", "is needed, or else event_type");
      const data = text === undefined ? undefined : jsonObject("data", text);
      const named = roles?.split(",").filter((role) => role.trim() !== "");
      return ok(
        await explain(database, viewerOf(principal), { communityId, ...definedOnly({ ...rest, data, roles: named }) }),
      );
    },
  }),
];
