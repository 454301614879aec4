// The gRPC door as its callers see it: the whole program, real ports, the generated client.
import { createServer } from "node:net";
import { gzipSync } from "node:zlib";
import {
  type ClientReadableStream,
  credentials,
  Metadata,
  makeClientConstructor,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { draw } from "@workflow-core/core/testing";
import { service as healthService } from "grpc-health-check";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../src/app.js";
import type {
  CancelExecutionRequest,
  ExecuteWorkflowRequest,
  ExecutionEvent,
  TriggerWorkflowRequest,
} from "../../src/grpc/generated/workflow.js";
import { createWatchers } from "../../src/grpc/watch.js";
import { loadSettings } from "../../src/settings.js";
import { addPermission } from "../../src/store/permissions.js";
import { createWorkflow } from "../../src/store/workflows.js";
import { apiKey, secret } from "../support/app.js";
import { testDatabase } from "../support/database.js";
import { ask, bearer, type GrpcApp, grpcApp, metadata, translateClient } from "../support/grpc.js";
import { memoryLog } from "../support/memory-log.js";
import { runProgram } from "../support/processes.js";
import { until } from "../support/until.js";

let app: GrpcApp;
let quick: string;
let slow: string;
beforeAll(async () => {
  app = await grpcApp();
  const graph = draw("start -> set -> end; hook -> last", {
    start: ["trigger_command", { command_name: "hi" }],
    hook: ["trigger_webhook", {}],
    set: ["data_variable_set", { variable_name: "greeting", value: "hi {{ username }}" }],
    end: ["flow_end", { output_data: { said: "{{ greeting }}" } }],
    last: "flow_end",
  });
  quick = await app.publish({ ...graph, global_variables: { username: "nobody" } });
  slow = await app.publish(
    draw("start -> pause -> end", {
      start: ["trigger_command", { command_name: "wait" }],
      pause: ["action_delay", { delay_seconds: 600 }],
      end: "flow_end",
    }),
  );
});
afterAll(() => app.close());

const trigger = (more: Partial<TriggerWorkflowRequest> = {}): TriggerWorkflowRequest => ({
  ...{ token: "", workflowId: quick, triggerSource: "command", triggerData: "", sessionId: "", entityId: "" },
  ...{ userId: 0, platform: "", ...more },
});
const execute = (more: Partial<ExecuteWorkflowRequest> = {}): ExecuteWorkflowRequest => ({
  ...{ workflowId: quick, communityId: 1, variables: "", triggerSource: "command", triggerNode: "", sessionId: "" },
  ...{ idempotencyKey: "", waitSeconds: 0, licenseKey: "", ...more },
});
const get = (executionId: string, includeNodes = false, by = metadata()) =>
  ask(app.client, app.client.getExecutionStatus, { executionId, includeNodes }, by);
const cancel = (request: CancelExecutionRequest, by = metadata()) =>
  ask(app.client, app.client.cancelExecution, request, by);
const refusal = async (call: Promise<unknown>): Promise<ServiceError> => {
  const error = await call.then(
    (answer) => new Error(`was answered: ${JSON.stringify(answer)}`),
    (reason: ServiceError) => reason,
  );
  return error as ServiceError;
};

/** Everything that a stream tells, and how it ended. */
function told(stream: ClientReadableStream<ExecutionEvent>): { events: ExecutionEvent[]; ended: Promise<number> } {
  const events: ExecutionEvent[] = [];
  stream.on("data", (event: ExecutionEvent) => events.push(event));
  const ended = new Promise<number>((resolve) => {
    stream.on("error", (error: ServiceError) => resolve(error.code));
    stream.on("end", () => resolve(status.OK));
  });
  return { events, ended };
}

describe("a client in another process", () => {
  it("triggers three times in one session, watches and cancels: one execution, answered before it ends", async () => {
    const { file, remove } = translateClient();
    const program = runProgram<{
      ids: string[];
      messages: string[];
      statusAfter: string;
      types: string[];
      last: string;
      sequences: number[];
      cancelled: string;
    }>(`
      import { credentials, Metadata } from "${file.replace("client/workflow.js", "node_modules/@grpc/grpc-js/build/src/index.js")}";
      import { WorkflowServiceClient } from "${file}";
      const client = new WorkflowServiceClient("127.0.0.1:${app.port}", credentials.createInsecure());
      const metadata = new Metadata();
      metadata.set("x-api-key", ${JSON.stringify(apiKey)});
      const ask = (method, request) => new Promise((resolve, reject) =>
        client[method](request, metadata, { deadline: Date.now() + 10000 }, (error, answer) => error ? reject(error) : resolve(answer)));
      const request = { token: "", workflowId: "${slow}", triggerSource: "command", triggerData: '{"username": "ada"}', sessionId: "one session", entityId: "5", userId: 9, platform: "twitch" };
      const answers = await Promise.all([1, 2, 3].map(() => ask("triggerWorkflow", request)));
      const executionId = answers[0].executionId;
      const statusAfter = (await ask("getExecutionStatus", { executionId, includeNodes: false })).status;
      const stream = client.watchExecution({ executionId, afterSequence: 0 }, metadata);
      const events = [];
      let asked;
      stream.on("data", (event) => {
        events.push(event);
        asked ??= ask("cancelExecution", { executionId, reason: "enough" });
      });
      await new Promise((resolve, reject) => stream.on("end", resolve).on("error", reject));
      const cancelled = (await asked).status;
      console.log(JSON.stringify({
        ids: answers.map((each) => each.executionId), messages: answers.map((each) => each.message), statusAfter, cancelled,
        types: events.map((each) => each.type), last: events.at(-1).data, sequences: events.map((each) => each.sequence).filter((each) => each > 0),
      }));
      client.close();`);
    const said = await program.first.finally(remove);
    expect(new Set(said.ids).size).toBe(1);
    expect(said.messages.filter((each) => each === "Workflow execution started")).toHaveLength(1);
    expect(["queued", "running", "waiting"]).toContain(said.statusAfter);
    expect(said.cancelled).toBe("cancelled");
    expect(said.types[0]).toBe("started");
    expect(said.types).toContain("cancelled");
    expect(said.types.at(-1)).toBe("end");
    expect(JSON.parse(said.last)).toEqual({ status: "cancelled" });
    expect(said.sequences).toEqual(said.sequences.map((_, index) => index + 1));
    const { rows } = await app.store.database.primary.query(
      "SELECT trigger, principal FROM workflow_executions WHERE workflow_id = $1",
      [slow],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      trigger: { source: "command", door: "grpc", platform: "twitch", entity_id: "5" },
      principal: { kind: "service" },
    });
    await program.ended;
  });
});

describe("TriggerWorkflow", () => {
  it("starts from the trigger that fits its source, with its data", async () => {
    const { executionId, success } = await ask(
      app.client,
      app.client.triggerWorkflow,
      trigger({ triggerSource: "webhook", triggerData: '{"payload": {"a": 1}}' }),
    );
    expect(success).toBe(true);
    await until(async () => (await get(executionId)).status === "completed", "its end");
    const done = await get(executionId, true);
    expect(done.executionPath).toEqual(["hook", "last"]);
    expect(done.nodes.set?.status).toBe("skipped");
    expect(JSON.parse(done.finalVariables)).toMatchObject({ payload: { a: 1 } });
  });

  it("without a session starts one per call", async () => {
    const first = await ask(app.client, app.client.triggerWorkflow, trigger());
    const second = await ask(app.client, app.client.triggerWorkflow, trigger());
    expect(first.executionId).not.toBe(second.executionId);
  });

  it("keeps sessions of different workflows apart", async () => {
    const first = await ask(app.client, app.client.triggerWorkflow, trigger({ sessionId: "shared" }));
    const second = await ask(
      app.client,
      app.client.triggerWorkflow,
      trigger({ sessionId: "shared", workflowId: slow }),
    );
    expect(first.executionId).not.toBe(second.executionId);
    await cancel({ executionId: second.executionId, reason: "" });
  });

  it.each([
    ["{", "trigger_data: is not valid JSON"],
    ["[1]", "trigger_data: must be a JSON object"],
    ['{"__proto__": {}}', "trigger_data:"],
    ['{"a": 1e999}', "trigger_data:"],
    [`{"a": ${"[".repeat(70)}${"]".repeat(70)}}`, "trigger_data:"],
  ])("refuses data that is not right: %s", async (triggerData, message) => {
    const refused = await refusal(ask(app.client, app.client.triggerWorkflow, trigger({ triggerData })));
    expect(refused.code).toBe(status.INVALID_ARGUMENT);
    expect(refused.details).toContain(message);
    expect(refused.metadata.get("x-request-id")[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ["session_id", { sessionId: "x".repeat(256) }],
    ["trigger_source", { triggerSource: "two words" }],
    ["platform", { platform: "a\u0000b" }],
  ])("refuses a wrong %s by its name", async (field, more) => {
    const refused = await refusal(ask(app.client, app.client.triggerWorkflow, trigger(more)));
    expect(refused.code).toBe(status.INVALID_ARGUMENT);
    expect(refused.details).toContain(field);
  });

  it("says that a workflow is not published, or not there", async () => {
    const { workflow_id } = await createWorkflow(app.store.database, {
      name: "draft",
      entity_id: 1,
      community_id: 1,
      author_id: 7,
    });
    const draft = await refusal(ask(app.client, app.client.triggerWorkflow, trigger({ workflowId: workflow_id })));
    expect(draft.code).toBe(status.FAILED_PRECONDITION);
    expect(draft.metadata.get("error-code")).toEqual(["EXECUTION_ERROR"]);
    for (const workflowId of ["", "not-an-id", "00000000-0000-4000-8000-000000000000"]) {
      const missing = await refusal(ask(app.client, app.client.triggerWorkflow, trigger({ workflowId })));
      expect(missing.code).toBe(status.NOT_FOUND);
    }
  });
});

describe("who is asking", () => {
  const token = (claims: Record<string, unknown>, key = secret) =>
    new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(key));
  const nobody = new Metadata();
  const by = async (made: Metadata, more: Partial<TriggerWorkflowRequest> = {}) => {
    const answer = ask(app.client, app.client.triggerWorkflow, trigger(more), made);
    return answer.then(
      () => status.OK,
      (error: ServiceError) => error.code,
    );
  };

  it("must be somebody", async () => {
    expect(await by(nobody)).toBe(status.UNAUTHENTICATED);
    expect(await by(metadata({ "x-api-key": "wrong" }))).toBe(status.UNAUTHENTICATED);
    expect(await by(metadata({ authorization: "Bearer nonsense" }))).toBe(status.UNAUTHENTICATED);
    expect(await by(metadata({ authorization: "Bearer nonsense", "x-api-key": apiKey }))).toBe(status.UNAUTHENTICATED);
    expect(await by(nobody, { token: "nonsense" })).toBe(status.UNAUTHENTICATED);
    expect(await by(metadata(), { token: "nonsense" })).toBe(status.UNAUTHENTICATED);
    expect(await by(nobody, { token: await token({ service: "router" }, "another-key-of-somebody-else-000000") })).toBe(
      status.UNAUTHENTICATED,
    );
    expect(await by(nobody, { token: await token({ service: "router", exp: 1 }) })).toBe(status.UNAUTHENTICATED);
  });

  it("may be a service, by key or by a token that names it, in the message or beside it", async () => {
    expect(await by(metadata())).toBe(status.OK);
    expect(await by(nobody, { token: await token({ service: "router" }) })).toBe(status.OK);
    expect(await by(nobody, { token: `Bearer ${await token({ service: "router" })}` })).toBe(status.OK);
    expect(await by(metadata({ authorization: `Bearer ${await token({ service: "router" })}` }))).toBe(status.OK);
  });

  it("is held to a person's permissions", async () => {
    expect(await by(await bearer({ user_id: 7 }))).toBe(status.OK);
    expect(await by(nobody, { token: await token({ user_id: 7 }) })).toBe(status.OK);
    expect(await by(await bearer({ user_id: 8, community_ids: [1] }))).toBe(status.PERMISSION_DENIED);
    expect(await by(await bearer({ user_id: 8, community_ids: [2] }))).toBe(status.NOT_FOUND);
    expect(await by(metadata({ "x-api-key": apiKey, "x-on-behalf-of": "8" }))).toBe(status.NOT_FOUND);
    await addPermission(app.store.database, quick, { user_id: 11 }, { can_view: true });
    expect(await by(await bearer({ user_id: 11 }))).toBe(status.PERMISSION_DENIED);
    await addPermission(app.store.database, quick, { user_id: 12 }, { can_execute: true });
    expect(await by(await bearer({ user_id: 12 }))).toBe(status.OK);
  });

  it("is who the token says, whatever the message says", async () => {
    const person = await bearer({ user_id: 7, username: "ada" });
    const { executionId } = await ask(app.client, app.client.triggerWorkflow, trigger({ userId: 999 }), person);
    await until(async () => (await get(executionId)).status === "completed", "its end");
    expect(JSON.parse((await get(executionId)).finalVariables)).toMatchObject({ user_id: "7" });
  });

  it("is told which text cannot be taken", async () => {
    const { executionId } = await ask(app.client, app.client.executeWorkflow, execute({ workflowId: slow }));
    for (const reason of ["a\u0000b", "x".repeat(256)])
      expect((await refusal(cancel({ executionId, reason }))).code).toBe(status.INVALID_ARGUMENT);
    await cancel({ executionId, reason: "\ud800 half" });
  });

  it("sees and ends only executions of workflows that it may", async () => {
    const { executionId } = await ask(app.client, app.client.executeWorkflow, execute({ workflowId: slow }));
    const stranger = await bearer({ user_id: 8, community_ids: [2] });
    const member = await bearer({ user_id: 8, community_ids: [1] });
    expect((await refusal(get(executionId, false, stranger))).code).toBe(status.NOT_FOUND);
    expect((await refusal(get(executionId, false, member))).code).toBe(status.PERMISSION_DENIED);
    expect((await refusal(cancel({ executionId, reason: "" }, member))).code).toBe(status.PERMISSION_DENIED);
    expect(await told(app.client.watchExecution({ executionId, afterSequence: 0 }, stranger)).ended).toBe(
      status.NOT_FOUND,
    );
    expect((await cancel({ executionId, reason: "" }, await bearer({ user_id: 7 }))).status).toBe("cancelled");
  });
});

describe("ExecuteWorkflow, GetExecutionStatus and CancelExecution", () => {
  it("starts with variables and waits for the end", async () => {
    const request = execute({ variables: '{"username": "Grace"}', waitSeconds: 10 });
    const done = await ask(app.client, app.client.executeWorkflow, request);
    expect(done).toMatchObject({
      status: "completed",
      workflowId: quick,
      communityId: 1,
      executionPath: ["start", "set", "end"],
    });
    expect(JSON.parse(done.finalOutput)).toEqual({ said: "hi Grace" });
  });

  it("starts once per caller and key, and asks for the community", async () => {
    const request = execute({ idempotencyKey: "the key" });
    const [first, second] = [
      await ask(app.client, app.client.executeWorkflow, request),
      await ask(app.client, app.client.executeWorkflow, request),
    ];
    expect(second).toMatchObject({ executionId: first.executionId, startTime: first.startTime });
    const person = await bearer({ user_id: 7 });
    expect((await refusal(ask(app.client, app.client.executeWorkflow, execute({ communityId: 0 }), person))).code).toBe(
      status.INVALID_ARGUMENT,
    );
    expect((await refusal(ask(app.client, app.client.executeWorkflow, execute({ communityId: 2 }), person))).code).toBe(
      status.PERMISSION_DENIED,
    );
    expect((await refusal(ask(app.client, app.client.executeWorkflow, execute({ waitSeconds: 61 })))).code).toBe(
      status.INVALID_ARGUMENT,
    );
    expect(
      (await refusal(ask(app.client, app.client.executeWorkflow, execute({ waitSeconds: Number.NaN })))).code,
    ).toBe(status.INVALID_ARGUMENT);
  });

  it("honours deadlines: the run goes on, and a call that is over begins none", async () => {
    const waiting = execute({ workflowId: slow, waitSeconds: 60, idempotencyKey: "deadline" });
    expect((await refusal(ask(app.client, app.client.executeWorkflow, waiting, metadata(), 400))).code).toBe(
      status.DEADLINE_EXCEEDED,
    );
    const again = await ask(app.client, app.client.executeWorkflow, { ...waiting, waitSeconds: 0 });
    expect((await get(again.executionId)).status).not.toBe("cancelled");
    const late = await refusal(ask(app.client, app.client.executeWorkflow, { ...waiting, waitSeconds: 0.2 }));
    expect(late.code).toBe(status.DEADLINE_EXCEEDED);
    expect(late.details).toContain(again.executionId);
    await cancel({ executionId: again.executionId, reason: "" });
    const count = async () => (await app.store.database.primary.query("SELECT 1 FROM workflow_executions")).rowCount;
    const before = await count();
    expect((await refusal(ask(app.client, app.client.executeWorkflow, execute(), metadata(), -1))).code).toBe(
      status.DEADLINE_EXCEEDED,
    );
    expect(await count()).toBe(before);
  });

  it("cancels once; what is over otherwise is not cancelled", async () => {
    const { executionId } = await ask(app.client, app.client.executeWorkflow, execute({ workflowId: slow }));
    expect((await cancel({ executionId, reason: "why not" })).status).toBe("cancelled");
    expect((await cancel({ executionId, reason: "again" })).status).toBe("cancelled");
    const done = await ask(app.client, app.client.executeWorkflow, execute({ waitSeconds: 10 }));
    const refused = await refusal(cancel({ executionId: done.executionId, reason: "" }));
    expect([refused.code, refused.details]).toEqual([
      status.FAILED_PRECONDITION,
      "The execution is over: it is completed.",
    ]);
    expect(app.lines).toContainEqual(
      expect.objectContaining({ event_type: "AUDIT", action: "workflow_execute_cancel", execution_id: executionId }),
    );
  });
});

describe("WatchExecution", () => {
  it("tells a finished execution whole, or what comes behind a number", async () => {
    const { executionId } = await ask(app.client, app.client.executeWorkflow, execute({ waitSeconds: 10 }));
    const whole = told(app.client.watchExecution({ executionId, afterSequence: 0 }, metadata()));
    expect(await whole.ended).toBe(status.OK);
    expect(whole.events.map(({ type }) => type)).toEqual(["started", "state", "end"]);
    const state = JSON.parse(whole.events[1]?.data ?? "");
    expect(state).toMatchObject({ status: "completed", final_output: { said: "hi nobody" } });
    const rest = told(app.client.watchExecution({ executionId, afterSequence: 1 }, metadata()));
    expect(await rest.ended).toBe(status.OK);
    expect(rest.events.map(({ type }) => type)).toEqual(["state", "end"]);
    expect(await told(app.client.watchExecution({ executionId, afterSequence: -1 }, metadata())).ended).toBe(
      status.INVALID_ARGUMENT,
    );
  });

  it("ends when its reader goes", async () => {
    const { executionId } = await ask(app.client, app.client.executeWorkflow, execute({ workflowId: slow }));
    const stream = app.client.watchExecution({ executionId, afterSequence: 0 }, metadata());
    const { events, ended } = told(stream);
    await until(() => events.length > 0, "its first event");
    stream.cancel();
    expect(await ended).toBe(status.CANCELLED);
    await cancel({ executionId, reason: "" });
  });
});

describe("a reader that went while it was looked up", () => {
  it("is no reader: nothing is kept for it", async () => {
    const { executionId } = await ask(app.client, app.client.executeWorkflow, execute({ workflowId: slow }));
    const call = { request: { executionId, afterSequence: 0 } };
    const caller = { principal: { kind: "service" }, signal: AbortSignal.abort(), log: app.log };
    // Only what is asked of either before anything is sent.
    const watched = createWatchers(app.services).watch(call as never, caller as never);
    await expect(watched).rejects.toMatchObject({ code: "REQUEST_TIMEOUT" });
    await cancel({ executionId, reason: "" });
  });
});

describe("bytes that are no message", () => {
  const send = (about: Metadata) =>
    new Promise<ServiceError | null>((resolve) => {
      const path = "/waddlebot.workflow.WorkflowService/TriggerWorkflow";
      const asTheyAre = (bytes: Buffer) => bytes;
      app.client.makeUnaryRequest(path, asTheyAre, asTheyAre, Buffer.from("0affff010102", "hex"), about, resolve);
    });

  it("are refused as the caller's mistake, to those who may call", async () => {
    expect((await send(metadata()))?.code).toBe(status.INVALID_ARGUMENT);
    expect((await send(new Metadata()))?.code).toBe(status.UNAUTHENTICATED);
  });
});

describe("limits", () => {
  it("takes only ids of people that there can be", async () => {
    const refused = await refusal(ask(app.client, app.client.triggerWorkflow, trigger({ userId: -5 })));
    expect([refused.code, refused.details]).toEqual([status.INVALID_ARGUMENT, "user_id: must not be negative"]);
  });

  it("refuses messages over one mebibyte, also when they are small on the way", async () => {
    const triggerData = JSON.stringify({ text: "x".repeat(1024 * 1024) });
    const plain = await refusal(ask(app.client, app.client.triggerWorkflow, trigger({ triggerData })));
    expect(plain.code).toBe(status.RESOURCE_EXHAUSTED);
    const small = app.connect({ "grpc.default_compression_algorithm": 2 });
    expect(gzipSync(triggerData).length).toBeLessThan(10_000);
    const bomb = await refusal(
      ask(small, small.triggerWorkflow, trigger({ triggerData: JSON.stringify({ text: "x".repeat(20_000_000) }) })),
    );
    expect(bomb.code).toBe(status.RESOURCE_EXHAUSTED);
    expect((await ask(small, small.triggerWorkflow, trigger())).success).toBe(true);
  });
});

describe("beside the service", () => {
  it("tells its methods by reflection", async () => {
    const file = new URL(
      "../../../../node_modules/@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto",
      import.meta.url,
    );
    const definition = loadSync(file.pathname)["grpc.reflection.v1.ServerReflection"];
    if (definition === undefined || "format" in definition) throw new Error("no reflection in the proto");
    const Client = makeClientConstructor(definition, "ServerReflection");
    const client = new Client(`127.0.0.1:${app.port}`, credentials.createInsecure());
    const answer = (request: object) =>
      new Promise<Record<string, { service?: { name: string }[]; fileDescriptorProto?: Buffer[] }>>(
        (resolve, reject) => {
          const call = client.ServerReflectionInfo?.();
          call.on("data", resolve).on("error", reject);
          call.write(request);
          call.end();
        },
      );
    const listed = await answer({ listServices: "" });
    expect(listed.listServicesResponse?.service?.map(({ name }) => name)).toContain(
      "waddlebot.workflow.WorkflowService",
    );
    const described = await answer({ fileContainingSymbol: "waddlebot.workflow.WorkflowService" });
    const bytes = Buffer.concat(described.fileDescriptorResponse?.fileDescriptorProto ?? []).toString("latin1");
    for (const method of [
      "TriggerWorkflow",
      "ExecuteWorkflow",
      "GetExecutionStatus",
      "CancelExecution",
      "WatchExecution",
    ])
      expect(bytes).toContain(method);
    client.close();
  });

  it("tells its health", async () => {
    const Client = makeClientConstructor(healthService, "Health");
    const client = new Client(`127.0.0.1:${app.port}`, credentials.createInsecure());
    for (const service of ["", "waddlebot.workflow.WorkflowService"]) {
      const health = await new Promise<{ status: string }>((resolve, reject) => {
        client.check?.({ service }, (error: Error | null, reply: { status: string }) =>
          error ? reject(error) : resolve(reply),
        );
      });
      expect(health.status).toBe("SERVING");
    }
    client.close();
  });
});

describe("while workflows are switched off", () => {
  it("nothing is started or ended, reading works", async () => {
    const off = await grpcApp({ FEATURE_WORKFLOWS_ENABLED: "false" });
    const workflowId = await off.publish(
      draw("start -> end", { start: ["trigger_command", { command_name: "x" }], end: "flow_end" }),
    );
    expect((await refusal(ask(off.client, off.client.triggerWorkflow, trigger({ workflowId })))).code).toBe(
      status.UNAVAILABLE,
    );
    const id = "00000000-0000-4000-8000-000000000000";
    expect((await refusal(ask(off.client, off.client.cancelExecution, { executionId: id, reason: "" }))).code).toBe(
      status.UNAVAILABLE,
    );
    expect(
      (await refusal(ask(off.client, off.client.getExecutionStatus, { executionId: id, includeNodes: false }))).code,
    ).toBe(status.NOT_FOUND);
    await off.close();
  });

  it("a schedule that is due starts nothing, and is still due when they are switched on", async () => {
    const off = await grpcApp({ FEATURE_WORKFLOWS_ENABLED: "false" });
    const { primary } = off.store.database;
    const graph = draw("start -> end", {
      start: ["trigger_schedule", { cron_expression: "0 9 * * *" }],
      end: "flow_end",
    });
    await primary.query(
      `INSERT INTO workflow_schedules (schedule_id, workflow_id, name, cron_expression, next_run_at)
       VALUES (gen_random_uuid(), $1, 'due', '0 9 * * *', now() AT TIME ZONE 'UTC')`,
      [await off.publish(graph)],
    );
    await off.scheduler?.tick();
    const { rows } = await primary.query(
      "SELECT next_run_at <= now() AT TIME ZONE 'UTC' AS due, (SELECT count(*)::int FROM workflow_executions) AS started FROM workflow_schedules",
    );
    expect(rows).toEqual([{ due: true, started: 0 }]);
    await off.close();
  });
});

describe("the port", () => {
  it("that is taken is said in the guide's words", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? String(address.port) : "";
    const test = await testDatabase();
    const settings = loadSettings({
      SECRET_KEY: secret,
      API_KEY: apiKey,
      DATABASE_URI: test.uri,
      MODULE_PORT: "0",
      GRPC_PORT: port,
    });
    const second = await createApp({ settings, log: memoryLog().log });
    await expect(second.listen()).rejects.toThrow(
      `Address already in use: GRPC_PORT ${port}. Change MODULE_PORT or GRPC_PORT`,
    );
    await second.close();
    await test.drop();
    taken.close();
  });

  it("is given up in order: readers are told to come back elsewhere", async () => {
    const ending = await grpcApp();
    const workflowId = await ending.publish(
      draw("start -> pause", {
        start: ["trigger_command", { command_name: "x" }],
        pause: ["action_delay", { delay_seconds: 600 }],
      }),
    );
    const { executionId } = await ask(ending.client, ending.client.executeWorkflow, execute({ workflowId }));
    const { events, ended } = told(ending.client.watchExecution({ executionId, afterSequence: 0 }, metadata()));
    await until(() => events.length > 0, "its first event");
    const begun = performance.now();
    const closing = ending.grpc?.close(2000);
    expect(await ended).toBe(status.UNAVAILABLE);
    await closing;
    expect(performance.now() - begun).toBeLessThan(1500);
    await ending.close();
  });
});
