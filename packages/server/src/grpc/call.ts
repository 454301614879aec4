// What happens to every call before and after its handler: who is asking, whether calls are taken at the moment, and
// how a refusal is said. The same rules as over HTTP, and the same table of errors.
import { randomUUID } from "node:crypto";
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type ServerErrorResponse,
  type ServerWritableStream,
  status,
} from "@grpc/grpc-js";
import type { AbortSignalLike } from "@workflow-core/core";
import { identify, type Principal } from "../access/identity.js";
import { unauthorized } from "../access/tokens.js";
import { CallOff } from "../call-off.js";
import { type AppError, appError } from "../errors.js";
import { authorise, whoIs } from "../http/authorise.js";
import { refusalOf } from "../http/failure.js";
import type { Access } from "../http/route.js";
import type { Services } from "../http/services.js";
import type { Log, LogFields } from "../log.js";
import type { ExecutionDetail } from "../store/executions.js";
import type { Workflow } from "../store/workflows.js";

export interface Caller {
  principal: Principal;
  /** The call's id, in every line of the log and in the answer's metadata. */
  id: string;
  log: Log;
  /** Aborted when the caller has gone or its deadline has passed. */
  signal: AbortSignalLike;
  /** One AUDIT line about what the caller did to a workflow. */
  audit(action: string, workflow: Workflow, fields?: LogFields): void;
}

export interface Rule<Request> {
  /** The method's name, for the log and the numbers. */
  name: string;
  /** Whether it changes something: then it is refused while workflows are switched off and while draining. */
  changes: boolean;
  /** Where the message itself brings a token. */
  token?: (request: Request) => string;
}

/** Stands for bytes that are no message of the method. */
const unreadable = Symbol("unreadable");

/** Reads a message, or gives what `enter` refuses. */
export const orUnreadable =
  <T>(read: (bytes: Buffer) => T) =>
  (bytes: Buffer): T | typeof unreadable => {
    try {
      return read(bytes);
    } catch {
      return unreadable;
    }
  };

export type Handle<Request, Response> = (request: Request, caller: Caller) => Promise<Response>;

/** A method with one answer. */
export const unary =
  <Request, Response>(
    services: Services,
    rule: Rule<Request>,
    handle: Handle<Request, Response>,
  ): handleUnaryCall<Request, Response> =>
  (call, done) => {
    // The answer and its time limit are the library's: what comes after the deadline is not sent.
    const caller = begin(services, call);
    const finish = finisher(services, rule, caller);
    enter(services, rule, call.metadata, call.request, caller)
      .then(() => traced(services, rule, call.metadata, () => handle(call.request, caller as Caller))) // `enter` has found the principal
      .then(
        (response) => {
          finish(undefined);
          done(null, response, identified(caller));
        },
        (thrown: unknown) => done(finish(thrown)),
      );
  };

/** Under a span of its own, where traces are sent and something may be started. */
async function traced<Request, Response>(
  { tracing, clock }: Services,
  { name, changes }: Rule<Request>,
  metadata: Metadata,
  handle: () => Promise<Response>,
): Promise<Response> {
  if (tracing === undefined || !changes) return handle();
  const traceparent = metadata.get("traceparent").map(String)[0];
  const attributes = { "rpc.system": "grpc", "rpc.method": name };
  const span = tracing.open({ name: `GRPC ${name}`, attributes, traceparent, at: clock.now() });
  let failure: string | undefined;
  try {
    return await span.run(handle);
  } catch (error) {
    const refusal = refusalOf(error);
    failure = refusal.status >= 500 ? refusal.code : undefined;
    throw error;
  } finally {
    span.end({}, failure);
  }
}

/** A method that answers with a stream. `handle` ends when the stream has ended. */
export const streaming =
  <Request, Response>(
    services: Services,
    rule: Rule<Request>,
    handle: (call: ServerWritableStream<Request, Response>, caller: Caller) => Promise<void>,
  ): handleServerStreamingCall<Request, Response> =>
  (call) => {
    const caller = begin(services, call);
    const finish = finisher(services, rule, caller);
    enter(services, rule, call.metadata, call.request, caller)
      .then(() => handle(call, caller as Caller)) // as above
      .then(
        () => {
          finish(undefined);
          call.end();
        },
        (thrown: unknown) => {
          const refused = finish(thrown);
          if (!caller.signal.aborted) call.emit("error", refused);
        },
      );
  };

/** The workflow of an id, or of an execution, when the caller has the right to it. Throws as over HTTP. */
export async function permitted(
  { database }: Services,
  { principal, log }: Caller,
  access: Exclude<Access, string>,
  id: string,
): Promise<{ workflow: Workflow; execution: ExecutionDetail | undefined }> {
  const params = "workflow" in access ? { id } : { execution_id: id };
  const { workflow, execution } = await authorise({ database, log }, principal, access, params);
  if (workflow === undefined) throw new Error("authorise gave no workflow");
  return { workflow, execution };
}

/** Throws when the caller has gone: nothing is begun for nobody. */
export function stillThere({ signal }: Caller): void {
  if (signal.aborted) throw appError("REQUEST_TIMEOUT", "The caller has gone, or its deadline has passed.");
}

type Beginning = Omit<Caller, "principal"> & { principal: Principal | undefined; begun: number; address: string };
type AnyCall = {
  metadata: Metadata;
  on(event: "cancelled", listener: () => void): unknown;
  cancelled: boolean;
  getPeer(): string;
};

function begin({ log, clock }: Services, call: AnyCall): Beginning {
  const gone = new CallOff();
  call.on("cancelled", () => gone.abort());
  if (call.cancelled) gone.abort();
  const id = randomUUID();
  const own = log.with({ request_id: id });
  const beginning: Beginning = {
    ...{ id, log: own, signal: gone, principal: undefined, begun: clock.monotonic() },
    // An address and a port.
    address: call
      .getPeer()
      .replace(/:\d+$/, "")
      .replace(/^\[|\]$/g, ""),
    audit: (action, { workflow_id, community_id: community }, fields = {}) => {
      const { principal } = beginning;
      own.audit(action, {
        ...(principal === undefined ? {} : { user: whoIs(principal) }),
        ...{ community, workflow_id, door: "grpc", ...fields },
      });
    },
  };
  return beginning;
}

async function enter<Request>(
  services: Services,
  { changes, token }: Rule<Request>,
  metadata: Metadata,
  request: Request,
  caller: Beginning,
): Promise<void> {
  const read = request !== unreadable;
  caller.principal = await signIn(services, metadata, (read ? token?.(request) : undefined) ?? "");
  if (!read) throw appError("BAD_REQUEST", "The message is not in the form that the service's definition gives it.");
  services.callLimits?.checkPerson(caller.principal);
  if (!changes) return;
  if (!services.settings.FEATURE_WORKFLOWS_ENABLED)
    throw appError("SERVICE_UNAVAILABLE", "Workflows are switched off (FEATURE_WORKFLOWS_ENABLED=false).");
  if (services.draining()) throw appError("SERVICE_UNAVAILABLE", "This process is shutting down; try again.");
}

const credentials = ["authorization", "x-api-key", "x-on-behalf-of"] as const;

/** Credentials that are there must hold, wherever they are; those in the metadata say who is asking. */
async function signIn({ settings }: Services, metadata: Metadata, token: string): Promise<Principal> {
  const headers = Object.fromEntries(
    credentials.flatMap((name) => {
      const values = metadata.get(name).map(String);
      return values.length === 0 ? [] : [[name, values] as const];
    }),
  );
  const options = { serviceTokens: true };
  const byMetadata = await identify(headers, settings, options);
  const bearer = { authorization: `Bearer ${token.replace(/^Bearer +/i, "")}` };
  const byToken = token === "" ? undefined : await identify(bearer, settings, options);
  const principal = byMetadata ?? byToken;
  if (principal === undefined) throw unauthorized("no credentials");
  return principal;
}

/** Notes the end of a call; of a refused one it gives what the library sends. */
function finisher<Request>(services: Services, { name }: Rule<Request>, caller: Beginning) {
  return (thrown: unknown): ServerErrorResponse => {
    const first = thrown === undefined ? undefined : refusalOf(thrown);
    const refusal = first && (services.callLimits?.ofStranger(first, caller.address) ?? first);
    const milliseconds = services.clock.monotonic() - caller.begun;
    services.metrics?.observeRequest("GRPC", name, refusal?.status ?? 200, milliseconds / 1000);
    if (refusal !== undefined) logRefusal(caller, name, refusal, thrown);
    if (caller.log.writes("DEBUG"))
      caller.log.system("DEBUG", "grpc_request", {
        ...{ method: name, status: refusal?.grpc ?? "OK", milliseconds: Math.round(milliseconds * 10) / 10 },
        ...(caller.principal === undefined ? {} : { user: whoIs(caller.principal) }),
      });
    return statusOf(refusal ?? appError("INTERNAL_ERROR"), caller);
  };
}

function logRefusal({ log, principal }: Beginning, method: string, refusal: AppError, thrown: unknown): void {
  const user = principal === undefined ? undefined : whoIs(principal);
  const reason = refusal.cause instanceof Error ? refusal.cause.message : String(refusal.cause);
  if (refusal.code === "INTERNAL_ERROR") log.error("grpc_error", { method, user, error: refusal.cause ?? thrown });
  else if (refusal.code === "UNAUTHORIZED") log.auth("grpc_sign_in", { method, result: "DENIED", reason });
  else if (refusal.code === "SERVICE_UNAVAILABLE" && refusal.cause !== undefined)
    log.system("WARNING", "grpc_unavailable", { method, user, error: refusal.cause });
}

const identified = ({ id }: Pick<Caller, "id">): Metadata => {
  const metadata = new Metadata();
  metadata.set("x-request-id", id);
  return metadata;
};

/** The status of a refusal; its code and the call's id go along in the metadata. */
function statusOf({ code, grpc, message }: AppError, caller: Pick<Caller, "id">): ServerErrorResponse {
  const metadata = identified(caller);
  metadata.set("error-code", code);
  return Object.assign(new Error(message), { code: status[grpc], details: message, metadata });
}
