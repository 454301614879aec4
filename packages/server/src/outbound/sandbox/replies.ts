// A sandbox process is not trusted: what it says counts only when it fits this schema.
import { z } from "zod";
import { longestErrorMessage, longestLogLine, mostLogLines, mostOutput, type Reply } from "./protocol.js";

const logs = z.array(z.string().max(longestLogLine)).max(mostLogLines);

const replies: z.ZodType<Reply> = z.discriminatedUnion("is", [
  z.object({ is: z.literal("ready") }),
  z.object({ is: z.literal("loaded") }),
  z.object({ is: z.literal("result"), text: z.string().max(mostOutput), logs, spent: z.boolean() }),
  z.object({
    is: z.literal("failure"),
    why: z.enum(["error", "timeout", "memory", "too_large"]),
    message: z.string().max(longestErrorMessage),
    line: z.int().optional(),
    logs,
    spent: z.boolean(),
  }),
]);

/** A line as a reply; undefined when it is none. */
export function readReply(line: string): Reply | undefined {
  try {
    return replies.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
