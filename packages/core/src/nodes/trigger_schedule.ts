import { cronProblem } from "../config/cron-shape.js";
import { fixedFlag, optional, plain, withDefault } from "../config/fields.js";
import { isTimezone } from "../config/time-zone.js";
import { trigger } from "../node.js";
import { shown } from "./words.js";

export const triggerSchedule = trigger({
  type: "trigger_schedule",
  category: "trigger",
  title: "Schedule",
  icon: "calendar-clock",
  summary: "Starts at set times, written as a cron expression.",
  details:
    "Five fields: minute, hour, day of month, month, day of week (Sunday is 0 or 7). When both day fields are " +
    "restricted, either is enough. A local time that a change of clocks leaves out fires once at the next time there " +
    "is; one that comes twice fires once.",
  config: {
    cron_expression: plain("When", {
      help: "Such as 0 18 * * mon-fri: weekdays at six in the evening.",
      widget: "cron",
    }),
    timezone: optional(
      plain("Time zone", {
        help: "Such as Europe/Berlin; without one, SCHEDULER_TIMEZONE.",
        max: 100,
        widget: "timezone",
      }),
    ),
    enabled: withDefault(
      fixedFlag("On", { help: "When off, publishing keeps the schedule but it does not fire." }),
      true,
    ),
  },
  ports: { output: "It is time" },
  gives: { scheduled_time: "The time it was set for, as ISO-8601 text" },
  label: ({ cron_expression, timezone, enabled }) => {
    const zone = timezone ? ` ${shown(timezone, "", 30)}` : "";
    return `at ${shown(cron_expression, "…", 40)}${zone}${enabled === false ? " (off)" : ""}`;
  },
  problem: ({ cron_expression, timezone }) => {
    const wrong = typeof cron_expression === "string" ? cronProblem(cron_expression) : undefined;
    if (wrong) return { path: "cron_expression", message: wrong };
    if (typeof timezone !== "string" || isTimezone(timezone)) return undefined;
    return {
      path: "timezone",
      message: `"${shown(timezone)}" is not a time zone; one is written like Europe/Berlin`,
    };
  },
  sample: () => ({ scheduled_time: "2026-01-31T18:00:00Z" }),
  examples: [
    {
      title: "Every fifteen minutes",
      config: { cron_expression: "*/15 * * * *" },
      result: { output: { scheduled_time: "2026-01-31T18:00:00Z" } },
    },
    {
      title: "Weekdays at six in the evening, in Berlin",
      config: { cron_expression: "0 18 * * mon-fri", timezone: "Europe/Berlin" },
      result: { output: { scheduled_time: "2026-01-31T18:00:00Z" } },
    },
  ],
});
