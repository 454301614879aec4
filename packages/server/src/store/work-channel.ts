// What processes tell each other through the database. A message only hurries: everybody also looks for themselves.
import { z } from "zod";
import type { Pool } from "./database.js";

export const workChannel = "workflow_core_work";

/** A message holds less than 8,000 bytes, so lists in it are at most so long. */
const mostListed = 80;

const message = z.union([
  z.object({ due: z.literal(true) }),
  z.object({ cancel: z.string(), by: z.string().optional(), reason: z.string().optional() }),
  /** A process wants to hear of executions and workflows: `execution <id>`, `workflow <id>`. */
  z.object({ want: z.array(z.string().max(60)).max(mostListed), by: z.string() }),
  /** Something was stored about executions; each with its workflow. */
  z.object({ moved: z.array(z.tuple([z.string(), z.string()])).max(mostListed), by: z.string() }),
]);

export type WorkMessage = z.infer<typeof message>;

/** What every flight of a busy process says. */
const due = JSON.stringify({ due: true });

/** The message of a payload; undefined when another version of the program sent something unknown. */
export const readWorkMessage = (payload: string): WorkMessage | undefined => {
  if (payload === due) return { due: true };
  try {
    return message.safeParse(JSON.parse(payload)).data;
  } catch {
    return undefined;
  }
};

/** A list in pieces that each fit into one message. */
export const inPieces = <T>(list: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(list.length / mostListed) }, (_, piece) =>
    list.slice(piece * mostListed, (piece + 1) * mostListed),
  );

/** Sends messages to all processes, this one too. */
export const tellProcesses = async (pool: Pool, messages: readonly WorkMessage[]): Promise<void> => {
  await pool.query({
    name: "work-channel-tell",
    text: `SELECT pg_notify('${workChannel}', payload) FROM unnest($1::text[]) AS payload`,
    values: [messages.map((each) => JSON.stringify(each))],
  });
};
