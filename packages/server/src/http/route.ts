// What a route is: one value that says its address, who may call it, what it takes, what it gives and what it does.
// There is no other way to register one, so none can exist without naming its permission (D6, D7).
import type { IncomingHttpHeaders } from "node:http";
import type { AbortSignalLike } from "@workflow-core/core";
import type { z } from "zod";
import type { Principal } from "../access/identity.js";
import type { Flag } from "../access/permissions.js";
import type { Session } from "../access/sessions.js";
import type { Log, LogFields } from "../log.js";
import type { ExecutionDetail } from "../store/executions.js";
import type { CalledWebhook } from "../store/webhooks.js";
import type { Workflow } from "../store/workflows.js";
import type { Answer } from "./envelope.js";
import type { Services } from "./services.js";

/**
 * Who may call: anybody; whoever is signed in; services only; or whoever has the right on the workflow of the
 * address's `:id`, or on the workflow of the execution that `:execution_id` names.
 */
export type Access = "public" | "signed-in" | "service" | { workflow: Flag } | { execution: Flag };

/** What a handler may know of the request beside its input. */
export interface RequestFacts {
  /** The request's id, as in X-Request-Id and in the log. */
  id: string;
  headers: IncomingHttpHeaders;
  /** The builder's session that signs the caller in, and its cookie's value. */
  session: Session | undefined;
  sessionId: string | undefined;
  /** The other end of the connection, which may be a proxy. */
  socketAddress: string | undefined;
  /** `http://host:port` as the caller wrote it, or as a trusted proxy says. */
  origin: string;
  /** The webhook that is called; only its own door knows one. */
  webhook: CalledWebhook | undefined;
  /** Aborted when the caller has gone, and when the answer is over. */
  signal: AbortSignalLike;
  /** The log, with the request's id in every line. */
  log: Log;
  /** Communities that the token restricts the caller to; undefined: it names none, so it restricts to none. */
  communities: readonly number[] | undefined;
  /** One AUDIT line about what the caller did; user, community and workflow are filled in. */
  audit(action: string, fields?: LogFields): void;
  /** The OpenAPI document of the whole interface. */
  openapi(): object;
}

type Found<A> = A extends "public"
  ? { principal: undefined }
  : A extends { execution: Flag }
    ? { principal: Principal; workflow: Workflow; execution: ExecutionDetail }
    : A extends { workflow: Flag }
      ? { principal: Principal; workflow: Workflow }
      : { principal: Principal };

export type Input<A, P, Q, B> = Found<A> & { params: P; query: Q; body: B; request: RequestFacts };

export type Method = "GET" | "POST" | "PUT" | "DELETE";

interface Schema<P extends z.ZodType, Q extends z.ZodObject, B extends z.ZodType> {
  params?: P;
  query?: Q;
  body?: B;
  /** For the documentation: what `data` is, or the whole answer when it is not in the envelope. */
  gives?: z.ZodType | { contentType: string };
  /** Status of success, 200 unless given. */
  status?: number;
  /** What `data` is with other statuses of success. */
  also?: Readonly<Record<number, z.ZodType>>;
  /** A page of a list: `meta.pagination` comes with it. */
  paged?: boolean;
}

export interface RouteDefinition<A extends Access, P extends z.ZodType, Q extends z.ZodObject, B extends z.ZodType> {
  method: Method;
  /** As Fastify writes it: /api/v1/workflows/:id */
  path: string;
  access: A;
  tag: string;
  /** One sentence. */
  summary: string;
  /** More, where it is needed. */
  description?: string;
  /** Also while FEATURE_WORKFLOWS_ENABLED is false and while draining, though it is not a GET. */
  harmless?: boolean;
  schema?: Schema<P, Q, B>;
  handler(input: Input<A, z.output<P>, z.output<Q>, z.output<B>>, services: Services): Promise<Answer> | Answer;
}

/** A route whose exact input types only its own definition knows. */
export interface Route {
  method: Method;
  path: string;
  access: Access;
  tag: string;
  summary: string;
  description?: string;
  harmless?: boolean;
  schema: Schema<z.ZodType, z.ZodObject, z.ZodType>;
  handler(input: unknown, services: Services): Promise<Answer> | Answer;
}

/** Makes a route of its definition. */
export function route<
  const A extends Access,
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodObject = z.ZodObject<Record<never, never>>,
  B extends z.ZodType = z.ZodUndefined,
>(definition: RouteDefinition<A, P, Q, B>): Route {
  // The input that server.ts hands in has passed exactly these schemas; past this line only they know its type.
  return { ...definition, schema: definition.schema ?? {} } as Route;
}

/** Whether the route is about one workflow, so that `:id` or `:execution_id` decides who may call it. */
export const flagOf = (access: Access): Flag | undefined =>
  typeof access === "string" ? undefined : "workflow" in access ? access.workflow : access.execution;
