// All schedules that the caller may view, with their times in the days to come: what a calendar is drawn from.
import { z } from "zod";
import { type ListedSchedule, listAllSchedules } from "../../store/schedule-list.js";
import { CronError } from "../../triggers/cron.js";
import { fireTime, type ScheduleTimes } from "../../triggers/schedule-times.js";
import { definedOnly } from "../defined-only.js";
import { int32, paging, scheduleSchema, time, wholeNumber } from "../documents.js";
import { ok, pagination } from "../envelope.js";
import { route } from "../route.js";
import { viewerOf } from "../viewer.js";

const dayMs = 86_400_000;
/** Of one schedule; one that fires more often is told to. */
const mostTimes = 200;

const listedSchema = scheduleSchema.extend({
  ...{ workflow_name: z.string(), community_id: int32 },
  zone: z.string().meta({ description: "Its own zone, or SCHEDULER_TIMEZONE." }),
  obstacle: z
    .enum(["off", "paused", "not_published", "workflow_off", "no_more_times"])
    .nullable()
    .meta({ description: "Why it does not fire; null: it does." }),
  upcoming: z.array(time).meta({ description: `Its times in the days that were asked for, at most ${mostTimes}.` }),
  more: z.boolean().meta({ description: "There are more times than these in the days that were asked for." }),
});

export const scheduleListRoutes = [
  route({
    method: "GET",
    path: "/api/v1/schedules",
    access: "signed-in",
    tag: "Schedules",
    summary:
      "Lists the schedules of all workflows that the caller may view, those that fire next first, with their times.",
    schema: {
      query: z.object({
        ...paging,
        community_id: wholeNumber(0, 2_147_483_647).optional(),
        days: wholeNumber(1, 31).default(7).meta({ description: "How many days of times; 7 unless given." }),
      }),
      gives: z.array(listedSchema),
      paged: true,
    },
    handler: async ({ principal, query }, { database, times, clock }) => {
      if (times === undefined) throw new Error("the server was given no times");
      const { page, per_page: perPage, community_id: communityId, days } = query;
      const { rows, total } = await listAllSchedules(database, {
        ...{ viewer: viewerOf(principal), page, perPage },
        ...definedOnly({ communityId }),
      });
      const until = clock.now() + days * dayMs;
      const shown = rows.map((schedule) => ({
        ...schedule,
        zone: times.zoneOf(schedule),
        ...upcoming(schedule, times, until),
      }));
      return ok(shown, { pagination: pagination(page, perPage, total) });
    },
  }),
];

/** From the stored next time on, so that what is shown is what will fire. */
const upcoming = (schedule: ListedSchedule, times: ScheduleTimes, until: number) => {
  if (schedule.next_run_at === null) return { upcoming: [], more: false };
  const found: number[] = [];
  let at: number | undefined = Date.parse(schedule.next_run_at);
  try {
    for (; at !== undefined && at <= until && found.length <= mostTimes; at = times.next(schedule, at)) found.push(at);
  } catch (error) {
    if (!(error instanceof CronError)) throw error; // a row of another program: it says so when it fires
  }
  return { upcoming: found.slice(0, mostTimes).map(fireTime), more: found.length > mostTimes };
};
