// A look ahead at the times of an expression, before anything is stored.
import { z } from "zod";
import { readCron } from "../../triggers/cron.js";
import { fireTime } from "../../triggers/schedule-times.js";
import { localTime, Zone } from "../../triggers/zone.js";
import { time } from "../documents.js";
import { ok } from "../envelope.js";
import { route } from "../route.js";
import { cronExpression, timezone } from "../schedule-fields.js";

export const schedulePreviewRoutes = [
  route({
    method: "POST",
    path: "/api/v1/schedules/preview",
    access: "signed-in",
    harmless: true,
    tag: "Schedules",
    summary: "Tells the next times of an expression.",
    schema: {
      body: z.object({
        ...{ cron_expression: cronExpression, timezone: timezone.nullish() },
        count: z.int().min(1).max(50).default(5),
        from: time.optional().meta({ description: "Times after this one; now unless given." }),
      }),
      gives: z.object({
        ...{ cron_expression: z.string(), timezone: z.string() },
        runs: z.array(
          z.object({
            at: time,
            local: z.string().meta({ description: "The same in the zone: 2026-11-01T01:30:00-04:00" }),
          }),
        ),
      }),
    },
    handler: ({ body }, { settings, clock }) => {
      const { cron_expression, count, from } = body;
      const zone = body.timezone ?? settings.SCHEDULER_TIMEZONE;
      const local = new Zone(zone);
      const times = readCron(cron_expression, zone).upcoming(
        from === undefined ? clock.now() : Date.parse(from),
        count,
      );
      const runs = times.map((each) => ({ at: fireTime(each), local: localTime(local, each) }));
      return ok({ cron_expression, timezone: zone, runs });
    },
  }),
];
