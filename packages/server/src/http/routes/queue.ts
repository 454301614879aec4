// The queue: what stands in line, runs and waits, and the limits with what is used of them.
import { executionStatuses } from "@workflow-core/core";
import { z } from "zod";
import { type SettingName, type Settings, settingSentence } from "../../settings.js";
import { countWorkers, listQueue, queueByCommunity, type Workers } from "../../store/queue.js";
import { definedOnly } from "../defined-only.js";
import { int32, paging, time, wholeNumber } from "../documents.js";
import { ok, pagination } from "../envelope.js";
import { route } from "../route.js";
import { viewerOf } from "../viewer.js";

const tag = "Executions";
const uuid = z.guid();
const ofCommunity = { community_id: wholeNumber(0, 2_147_483_647).optional() };

const communitySchema = z.object({
  ...{ community_id: int32, queued: z.int(), running: z.int(), waiting: z.int() },
  due: z.int().meta({ description: "Of all of these: could go on now and no worker has taken it." }),
  oldest_due_at: time.nullable(),
});

const limitSchema = z.object({
  name: z.string().meta({ description: "The setting." }),
  meaning: z.string(),
  scope: z.enum(["process", "all_processes", "community", "execution"]),
  value: z.int(),
  in_use: z
    .int()
    .nullable()
    .meta({ description: "Over all processes; of communities the fullest one's. Null: it holds for one execution." }),
  available: z.int().nullable().meta({ description: "What there is over all processes; null: it is not shared." }),
});

const queueSchema = z.object({
  communities: z.array(communitySchema),
  workers: z.object({ processes: z.int(), slots: z.int(), in_hand: z.int() }),
  limits: z.array(limitSchema),
});

const queuedSchema = z.object({
  ...{ execution_id: uuid, workflow_id: uuid, workflow_name: z.string(), community_id: int32 },
  ...{ status: z.enum(executionStatuses), start_time: time },
  due_at: time.nullable().meta({ description: "When it goes on, or could have since; null: a worker has it." }),
});

export const queueRoutes = [
  route({
    method: "GET",
    path: "/api/v1/queue",
    access: "signed-in",
    tag,
    summary: "Tells what is queued, running and waiting in each community, and the limits with what is used of them.",
    description:
      "Counts executions of workflows that the caller may view; workers and limits are those of the service.",
    schema: { query: z.object(ofCommunity), gives: queueSchema },
    handler: async ({ principal, query }, { database, settings }) => {
      const [communities, workers] = await Promise.all([
        queueByCommunity(database, {
          viewer: viewerOf(principal),
          ...definedOnly({ communityId: query.community_id }),
        }),
        countWorkers(database.primary),
      ]);
      const fullest = Math.max(0, ...communities.map(({ running }) => running));
      return ok({ communities, workers, limits: limitsOf(settings, workers, fullest) });
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/queue/executions",
    access: "signed-in",
    tag,
    summary: "Lists what is not over, of all workflows that the caller may view, the longest accepted first.",
    schema: { query: z.object({ ...paging, ...ofCommunity }), gives: z.array(queuedSchema), paged: true },
    handler: async ({ principal, query }, { database }) => {
      const { page, per_page: perPage, community_id: communityId } = query;
      const { rows, total } = await listQueue(database, {
        ...{ viewer: viewerOf(principal), page, perPage },
        ...definedOnly({ communityId }),
      });
      return ok(rows, { pagination: pagination(page, perPage, total) });
    },
  }),
];

const perExecution = [
  ...(["WORKFLOW_TIMEOUT_SECONDS", "WORKFLOW_MAX_RETRIES", "MAX_LOOP_ITERATIONS"] as const),
  ...(["MAX_TOTAL_OPERATIONS", "MAX_LOOP_DEPTH", "MAX_PARALLEL_NODES"] as const),
] as const;

/** Limits of the second kind are off while they are 0. */
const limitsOf = (settings: Settings, { slots, in_hand }: Workers, fullest: number) => {
  const limit = (
    name: SettingName,
    scope: z.output<typeof limitSchema>["scope"],
    in_use: number | null,
    available: number | null,
  ) => ({ name, meaning: settingSentence(name), scope, value: Number(settings[name]), in_use, available });
  const total = settings.MAX_CONCURRENT_WORKFLOWS_TOTAL;
  const community = settings.MAX_CONCURRENT_WORKFLOWS_PER_COMMUNITY;
  return [
    limit("MAX_CONCURRENT_WORKFLOWS", "process", in_hand, slots),
    ...(total > 0 ? [limit("MAX_CONCURRENT_WORKFLOWS_TOTAL", "all_processes", in_hand, total)] : []),
    ...(community > 0 ? [limit("MAX_CONCURRENT_WORKFLOWS_PER_COMMUNITY", "community", fullest, community)] : []),
    ...perExecution.map((name) => limit(name, "execution", null, null)),
  ];
};
