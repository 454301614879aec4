// Secrets of communities: written and removed by members, listed by name, shown to nobody.
import { secretNamePattern } from "@workflow-core/core";
import { z } from "zod";
import type { Principal } from "../../access/identity.js";
import { longestSecret, mayUseSecrets } from "../../access/secrets.js";
import { appError } from "../../errors.js";
import { secretHost } from "../../outbound/secret-hosts.js";
import { whoIs } from "../authorise.js";
import { int32, time } from "../documents.js";
import { ok } from "../envelope.js";
import { type RequestFacts, route } from "../route.js";
import type { Services } from "../services.js";

const tag = "Secrets";
const path = "/api/v1/communities/:community_id/secrets";

const communityId = z
  .string()
  .regex(/^\d{1,10}$/)
  .transform(Number)
  .pipe(int32);
const named = z.object({ community_id: communityId, name: z.string().regex(secretNamePattern) });

const secretSchema = z.object({
  name: z.string(),
  hosts: z.array(z.string()).nullable().meta({ description: "Where it may be sent; null: anywhere." }),
  ...{ created_at: time, updated_at: time, updated_by: z.string().nullable() },
});

/** api.example.org, *.example.org, 10.0.0.5:8080 */
const hostList = z
  .array(
    z.string().transform((text, context) => {
      const host = secretHost(text);
      if (host !== undefined) return host;
      context.addIssue({
        code: "custom",
        message: "must be a host such as api.example.org, *.example.org or 10.0.0.5:8080",
      });
      return z.NEVER;
    }),
  )
  .min(1)
  .max(20)
  .transform((hosts) => [...new Set(hosts)])
  .nullable()
  .optional()
  .meta({
    description:
      "Hosts that it may be sent to, `*.` for all below one, with `:port` for that port alone; null: any. Left out: as " +
      "before. So who does not know the value cannot have it sent elsewhere.",
  });

const secretsOf = ({ secrets }: Services) => {
  if (secrets === undefined) throw new Error("the server has made no secrets");
  return secrets;
};

/** For who does not belong to a community, it has nothing. Throws NOT_FOUND. */
function checkMember(principal: Principal, community: number, request: RequestFacts): void {
  if (mayUseSecrets(principal, community)) return;
  request.log.authz("community_secrets", { user: whoIs(principal), community, result: "DENIED" });
  throw appError("NOT_FOUND");
}

export const secretRoutes = [
  route({
    method: "GET",
    path,
    access: "signed-in",
    tag,
    summary: "Lists the names of a community's secrets.",
    description: "For services, and for people whose token names the community. What is in a secret is never shown.",
    schema: { params: z.object({ community_id: communityId }), gives: z.array(secretSchema) },
    handler: async ({ principal, params: { community_id }, request }, services) => {
      checkMember(principal, community_id, request);
      return ok(await secretsOf(services).list(community_id));
    },
  }),

  route({
    method: "PUT",
    path: `${path}/:name`,
    access: "signed-in",
    tag,
    summary: "Writes a secret, new or not.",
    description:
      "Workflows of the community then send it with `{{ secrets.name }}` in the address, headers, query and body of " +
      "action_webhook and in the parameters of action_module; it can stand nowhere else. Calls that are made from " +
      "now on use the new value. With `hosts` it is sent to these and nowhere else, calls of modules counting as the host " +
      "of ROUTER_URL; another call fails with SECRET_NOT_FOR_HOST and is not made.",
    schema: {
      params: named,
      body: z.object({ value: z.string().min(1).max(longestSecret), hosts: hostList }),
      gives: secretSchema,
    },
    handler: async ({ principal, params: { community_id, name }, body, request }, services) => {
      checkMember(principal, community_id, request);
      const by = String(whoIs(principal));
      const { created, ...row } = await secretsOf(services).write(community_id, name, body, by);
      request.audit(created ? "secret_create" : "secret_update", { community: community_id, name, hosts: row.hosts });
      return ok(row, { message: created ? "Secret created" : "Secret updated" });
    },
  }),

  route({
    method: "DELETE",
    path: `${path}/:name`,
    access: "signed-in",
    tag,
    summary: "Removes a secret; calls that need it fail from now on.",
    schema: { params: named, gives: z.object({ name: z.string() }) },
    handler: async ({ principal, params: { community_id, name }, request }, services) => {
      checkMember(principal, community_id, request);
      if (!(await secretsOf(services).remove(community_id, name)))
        throw appError("NOT_FOUND", "There is no such secret.");
      request.audit("secret_delete", { community: community_id, name });
      return ok({ name }, { message: "Secret deleted" });
    },
  }),
];
