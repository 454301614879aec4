// The two fields of a schedule that say when, as input. What is wrong with one is said by its name.
import { z } from "zod";
import { expressionProblem, timezoneProblem } from "../triggers/cron.js";
import { zoneName } from "../triggers/zone.js";

const fits = (problem: (text: string) => string | undefined) => (context: z.core.ParsePayload<string>) => {
  const message = problem(context.value);
  if (message !== undefined) context.issues.push({ code: "custom", message, input: context.value });
};
export const cronExpression = z.string().check(fits(expressionProblem)).meta({
  description: "Five fields: minute, hour, day of month, month, day of week (Sunday is 0 or 7).",
});
export const timezone = z
  .string()
  .check(fits(timezoneProblem))
  .transform(zoneName)
  .meta({ description: "Such as Europe/Berlin." });
