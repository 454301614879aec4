// What workers tell each other through the database. A message only hurries: every worker also looks for itself.
import { z } from "zod";

export const workChannel = "workflow_core_work";

const message = z.union([
  z.object({ due: z.literal(true) }),
  z.object({ cancel: z.string(), by: z.string().optional(), reason: z.string().optional() }),
]);

export type WorkMessage = z.infer<typeof message>;

/** The message of a payload; undefined when another version of the program sent something unknown. */
export const readWorkMessage = (payload: string): WorkMessage | undefined => {
  try {
    return message.safeParse(JSON.parse(payload)).data;
  } catch {
    return undefined;
  }
};
