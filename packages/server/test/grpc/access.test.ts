// Who may call which method, for every method of the service: generated from its definition, so a new one without a row
// here fails the day it is written.
import { randomUUID } from "node:crypto";
import { type ClientReadableStream, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Flag, flags } from "../../src/access/permissions.js";
import { type ExecutionEvent, WorkflowServiceService } from "../../src/grpc/generated/workflow.js";
import { addPermission } from "../../src/store/permissions.js";
import { apiKey, waiting } from "../support/app.js";
import { ask, bearer, type GrpcApp, grpcApp, metadata } from "../support/grpc.js";

let app: GrpcApp;
let workflow: string;
let execution: string;
beforeAll(async () => {
  app = await grpcApp();
  workflow = await app.publish(waiting(600));
  execution = (await ask(app.client, app.client.executeWorkflow, executed(workflow))).executionId;
});
afterAll(() => app.close());

const executed = (workflowId: string) => ({
  ...{ workflowId, communityId: 1, variables: "", triggerSource: "", triggerNode: "", sessionId: "" },
  ...{ idempotencyKey: "", waitSeconds: 0, licenseKey: "" },
});
interface Row {
  flag: Flag;
  /** Which of the two an id in the message names. */
  about: "workflow" | "execution";
  call(id: string, by: Metadata): Promise<unknown>;
}
const table: Record<string, Row> = {
  triggerWorkflow: {
    ...{ flag: "execute", about: "workflow" },
    call: (workflowId, by) => {
      const rest = { token: "", triggerSource: "", triggerData: "", sessionId: "", entityId: "", platform: "" };
      return ask(app.client, app.client.triggerWorkflow, { ...rest, workflowId, userId: 0 }, by);
    },
  },
  executeWorkflow: {
    ...{ flag: "execute", about: "workflow" },
    call: (id, by) => ask(app.client, app.client.executeWorkflow, executed(id), by),
  },
  getExecutionStatus: {
    ...{ flag: "view", about: "execution" },
    call: (executionId, by) => ask(app.client, app.client.getExecutionStatus, { executionId, includeNodes: true }, by),
  },
  cancelExecution: {
    ...{ flag: "execute", about: "execution" },
    call: (executionId, by) => ask(app.client, app.client.cancelExecution, { executionId, reason: "" }, by),
  },
  watchExecution: {
    ...{ flag: "view", about: "execution" },
    call: (executionId, by) => firstOf(app.client.watchExecution({ executionId, afterSequence: 0 }, by)),
  },
};

/** The first message of a stream, which is then left. */
const firstOf = (stream: ClientReadableStream<ExecutionEvent>) =>
  new Promise((resolve, reject) => {
    stream.on("error", reject).on("end", () => resolve(undefined));
    stream.once("data", (event) => {
      resolve(event);
      stream.cancel();
    });
  });

const methods = Object.keys(WorkflowServiceService);
const rowOf = (method: string): Row => {
  const row = table[method];
  if (row === undefined) throw new Error(`${method} has no row in the table`);
  return row;
};
const told = (call: Promise<unknown>): Promise<{ code: status; details: string }> =>
  call.then(
    () => ({ code: status.OK, details: "" }),
    ({ code, details }: ServiceError) => ({ code, details }),
  );
const idOf = ({ about }: Row): string => (about === "workflow" ? workflow : execution);

it("has a row for every method", () => expect(Object.keys(table).sort()).toEqual([...methods].sort()));

describe.each(methods)("%s", (method) => {
  it("refuses who is not signed in, and bad credentials, also beside good ones", async () => {
    const row = rowOf(method);
    const authorization = "Bearer x.y.z";
    for (const by of [
      new Metadata(),
      metadata({ authorization }),
      metadata({ "x-api-key": "wrong" }),
      metadata({ "x-api-key": apiKey, authorization }),
      await bearer({ user_id: 7, exp: 1 }),
    ])
      expect((await told(row.call(idOf(row), by))).code).toBe(status.UNAUTHENTICATED);
  });

  it("is not there for strangers, as what does not exist is not there for anybody", async () => {
    const row = rowOf(method);
    const hidden = await told(row.call(idOf(row), await bearer({ user_id: 3, community_ids: [2] })));
    expect(hidden.code).toBe(status.NOT_FOUND);
    for (const id of [randomUUID(), "abc", "", "__proto__"])
      expect(await told(row.call(id, metadata()))).toEqual(hidden);
    const spoken = metadata({ "x-api-key": apiKey, "x-on-behalf-of": "3" });
    expect(await told(row.call(idOf(row), spoken))).toEqual(hidden);
  });

  it("is forbidden to members, and to those who have every right but the one; open to who has it alone", async () => {
    const row = rowOf(method);
    const member = await bearer({ user_id: 2, community_ids: [1] });
    expect((await told(row.call(idOf(row), member))).code).toBe(status.PERMISSION_DENIED);
    expect(app.lines).toContainEqual(
      expect.objectContaining({ event_type: "AUTHZ", action: `workflow_${row.flag}`, result: "DENIED", user: 2 }),
    );
    const user = 1000 + methods.indexOf(method);
    const by = await bearer({ user_id: user });
    const others = Object.fromEntries(flags.filter((each) => each !== row.flag).map((each) => [`can_${each}`, true]));
    await addPermission(app.store.database, workflow, { user_id: user }, others);
    expect((await told(row.call(idOf(row), by))).code).toBe(status.PERMISSION_DENIED);
    await addPermission(app.store.database, workflow, { user_id: user }, { [`can_${row.flag}`]: true });
    expect((await told(row.call(idOf(row), by))).code).toBe(status.OK);
  });
});

it("an execution of another community is refused where a community is named", async () => {
  const wrong = { ...executed(workflow), communityId: 2 };
  expect((await told(ask(app.client, app.client.executeWorkflow, wrong, metadata()))).code).toBe(
    status.PERMISSION_DENIED,
  );
});
