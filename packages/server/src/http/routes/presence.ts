// Who else has a workflow open in the builder.
import { z } from "zod";
import { ok } from "../envelope.js";
import { presenceSeconds } from "../presence.js";
import { route } from "../route.js";

export const presenceRoutes = [
  route({
    method: "POST",
    path: "/api/v1/workflows/:id/presence",
    access: { workflow: "view" },
    tag: "Building",
    harmless: true,
    summary: "Says that a tab has the workflow open, or has left it, and tells who else has.",
    description: `A tab that is silent for ${presenceSeconds} seconds has gone; call every ten.`,
    schema: {
      body: z.object({
        tab: z.string().min(8).max(64).meta({ description: "Drawn by the tab, the same in every call." }),
        leaves: z.boolean().default(false),
      }),
      gives: z.object({
        others: z.array(
          z.object({
            ...{ user_id: z.int().nullable(), name: z.string() },
            you: z.boolean().meta({ description: "The caller, in another tab or on another machine." }),
          }),
        ),
      }),
    },
    handler: async ({ workflow, principal, body }, { presence }) => {
      if (presence === undefined) throw new Error("the server was given no presence");
      const user_id = principal.kind === "user" ? principal.user_id : null;
      const name =
        principal.kind === "user" ? (principal.username ?? `User ${user_id}`) : (principal.name ?? "A service");
      const all = await presence.note(workflow.workflow_id, { tab: body.tab, user_id, name }, body.leaves);
      const others = new Map(
        all.filter(({ tab }) => tab !== body.tab).map((each) => [`${each.user_id} ${each.name}`, each]),
      );
      return ok({
        others: [...others.values()].map((each) => ({
          ...{ user_id: each.user_id, name: each.name, you: each.user_id === user_id },
        })),
      });
    },
  }),
];
