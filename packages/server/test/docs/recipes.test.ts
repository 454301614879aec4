// The cookbook on the real engine. Recipes that need no answers of a world go through the door: published, started by
// the event or the signed webhook that the page shows. The others, and those that the clock starts, are run as
// `workflow-core run` does it, with the page's answers and the real sandbox. Waits are cut short; the page's own outcome,
// with its waits, is checked in packages/web/src/site.
import { createHmac } from "node:crypto";
import {
  compileDocument,
  defaultLimits,
  executionPath,
  type Json,
  type Outside,
  type WorkflowGraph,
} from "@workflow-core/core";
import { commandData, eventData, parseCommand } from "@workflow-core/core/triggers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runOnce } from "../../src/cli/run-once.js";
import type { PracticeMessage } from "../../src/outbound/practice.js";
import type { IncomingEvent } from "../../src/triggers/incoming.js";
import { publish, type TestApp, testApp } from "../support/app.js";
import { jsonBlock, markdownFiles, textOf } from "../support/markdown.js";
import { until } from "../support/until.js";

interface Recipe {
  workflow: Pick<WorkflowGraph, "nodes" | "connections" | "global_variables" | "metadata">;
  start: { event?: Omit<IncomingEvent, "delivery_id">; webhook?: { headers: Record<string, string>; payload: Json } };
  answers: Record<string, { gives: Json } | { fails: string }> | undefined;
  outcome: { status: string; path: string; says: string[]; output: Json; chance?: boolean };
}

const files = markdownFiles().filter((file) => /^docs\/cookbook\/(?!README)/.test(file));
const read = (file: string): Recipe => {
  const text = textOf(file);
  const block = (word: string) => jsonBlock(text, word);
  return {
    workflow: block("workflow"),
    start: block("start"),
    answers: block("answers"),
    outcome: block("outcome"),
  } as Recipe;
};

/** The same workflow whose waits are a moment. */
const hurried = ({ nodes, ...rest }: Recipe["workflow"]): Recipe["workflow"] => ({
  ...rest,
  nodes: Object.fromEntries(
    Object.entries(nodes).map(([id, node]) => {
      const delay = node.node_type === "action_delay" ? { config: { delay_seconds: 0.02 } } : {};
      const retry = typeof node.retry === "object" ? { retry: { ...node.retry, first_seconds: 0.02 } } : {};
      return [id, { ...node, ...delay, ...retry }];
    }),
  ),
});

/** A practice message as the page's outcome writes it. */
const lineOf = ({ text, params }: PracticeMessage): string => {
  const { platform, target, username } = params as Record<string, Json>; // chat's parameters are an object
  const how = target === "dm" ? `to ${username} alone` : target === "reply" ? `in reply to ${username}` : "";
  return `${[platform, how].filter(Boolean).join(", ")}: ${text}`;
};

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.close());

const said = (executionId: string): string[] =>
  (app.outside.practice?.messages({ limit: 300 }) ?? [])
    .filter(({ execution_id, module_name }) => execution_id === executionId && module_name === "chat")
    .reverse()
    .map(lineOf);

const check = ({ outcome }: Recipe, ran: { status: string; path: string[]; output: Json; says: string[] }) => {
  expect(ran.status).toBe(outcome.status);
  // Branches that run at the same time may end in another order.
  expect([...ran.path].sort()).toEqual(outcome.path.split(" ").sort());
  if (outcome.chance === true) return expect(ran.says).toHaveLength(outcome.says.length);
  expect([...ran.says].sort()).toEqual([...outcome.says].sort());
  expect(ran.output).toEqual(outcome.output);
};

/** Publishes the recipe in a community of its own and lets in what the page shows; gives the execution's id. */
const letIn = async ({ workflow, start }: Recipe, community: number): Promise<string> => {
  const author = await app.as({ user_id: 1, community_ids: [community] });
  const { workflow_id } = await publish(author, hurried(workflow), { community_id: community });
  if (start.webhook === undefined) {
    const body = { delivery_id: `recipe-${community}`, entity_id: 1, community_id: community, ...start.event };
    const { json } = await app.service()("/api/v1/events", { method: "POST", body });
    expect(json.data.results).toMatchObject([{ workflow_id, outcome: "started" }]);
    const again = await app.service()("/api/v1/events", { method: "POST", body });
    expect(again.json.data.results).toMatchObject([{ outcome: "duplicate" }]);
    return json.data.results[0].execution_id;
  }
  const made = await author(`/api/v1/workflows/${workflow_id}/webhooks`, {
    method: "POST",
    body: { name: "GitHub", signature_scheme: "github" },
  });
  const { token, secret } = made.json.data;
  const body = JSON.stringify(start.webhook.payload);
  const signed = (key: string) => ({
    ...start.webhook?.headers,
    "content-type": "application/json",
    "x-hub-signature-256": `sha256=${createHmac("sha256", key).update(body).digest("hex")}`,
  });
  const nobody = await app.as(undefined);
  const path = `/api/v1/workflows/webhooks/${token}`;
  const forged = await nobody(path, { method: "POST", body, headers: signed("another") });
  expect(forged.json.error.code).toBe("SIGNATURE_INVALID");
  const called = await nobody(path, { method: "POST", body, headers: signed(secret) });
  expect(called.status).toBe(200);
  return called.json.data.execution_id;
};

const throughTheDoor = async (recipe: Recipe, community: number) => {
  const id = await letIn(recipe, community);
  const ask = async () => (await app.service()(`/api/v1/workflows/executions/${id}`)).json.data;
  await until(async () => ["completed", "failed"].includes((await ask()).status), "its end", 15_000);
  const { status, execution_path, final_output } = await ask();
  check(recipe, { status, path: execution_path, output: final_output, says: said(id) });
};

/** The world with the page's answers; code runs all the same. */
const answering = (answers: Recipe["answers"] = {}): Outside => {
  const answer = (node: string) => {
    const given = answers[node];
    if (given === undefined) return undefined;
    if ("gives" in given) return { ok: true, value: given.gives } as const;
    return { ok: false, failure: { code: "RECIPE", message: given.fails, retryable: true } } as const;
  };
  return {
    router: async (kind, body, timeout, call) => answer(call.node_id) ?? app.outside.router(kind, body, timeout, call),
    // What the page says is what the port would give.
    http: async (_request, call) => answer(call.node_id) as Awaited<ReturnType<Outside["http"]>>,
    sandbox: app.outside.sandbox,
  };
};

const once = async (recipe: Recipe) => {
  const { plan } = compileDocument(hurried(recipe.workflow));
  if (plan === undefined) throw new Error("it does not compile");
  const event = recipe.start.event && ({ delivery_id: "once", ...recipe.start.event } as IncomingEvent);
  const command = parseCommand(event?.message ?? "");
  const fromEvent = event && (command ? commandData(command, event) : eventData(event));
  const data = fromEvent ?? { scheduled_time: (recipe.start as { schedule?: string }).schedule ?? "" };
  const { over, executionId } = runOnce({
    ...{ plan, outside: answering(recipe.answers), limits: defaultLimits },
    ...{ trigger: plan.triggers[0]?.id ?? "", data },
  });
  const state = await over;
  const path = executionPath(plan, state);
  check(recipe, { status: state.status, path, output: state.finalOutput ?? null, says: said(executionId) });
};

it("has at least twenty recipes", () => expect(files.length).toBeGreaterThanOrEqual(20));

describe.each(files.map((file, index) => [file, index] as const))("%s", (file, index) => {
  const recipe = read(file);
  it("compiles without an error or a warning", () => expect(compileDocument(recipe.workflow).problems).toEqual([]));
  const door = recipe.answers === undefined && !("schedule" in recipe.start);
  it("does what it says", () => (door ? throughTheDoor(recipe, 100 + index) : once(recipe)));
});
