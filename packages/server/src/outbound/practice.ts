// The practice router: takes the calls of workflows while there is no Router, keeps the last ones in memory for the
// page that shows them, and behaves like a good Router: the same key has one effect and one answer.
import { randomUUID } from "node:crypto";
import { cleanText, isJsonObject, type Json, type JsonObject, type Outside } from "@workflow-core/core";
import { type Clock, systemClock } from "../clock.js";
import { putLast } from "../put-last.js";
import { aborted, ok } from "./answers.js";
import { type OutboundLog, silent } from "./log.js";

/** How many messages are kept to be shown, and how many keys to recognise repetitions. */
const messagesKept = 300;
const keysKept = 10_000;
const longestText = 500;

export interface PracticeMessage {
  id: string;
  /** ISO-8601 with Z. */
  at: string;
  kind: "modules" | "commands";
  module_name: string | null;
  command: string | null;
  action: string | null;
  params: Json;
  /** The line a person would see: the chat message, the command, else the module and its action. */
  text: string;
  execution_id: string;
  workflow_id: string;
  community_id: number;
  node_id: string;
  idempotency_key: string;
  /** Sent before with the same key: nothing happened again. */
  duplicate: boolean;
}

export interface Practice {
  router: Outside["router"];
  /** The kept messages, newest first. */
  messages(query: { community_id?: number; limit: number }): PracticeMessage[];
  /** Calls the listener on each new message; the returned function takes it back. */
  onMessage(listener: (message: PracticeMessage) => void): () => void;
}

/** A practice router with nothing in it; one line is logged per message. */
export function createPractice({
  clock = systemClock,
  log = silent,
}: {
  clock?: Clock;
  log?: OutboundLog;
} = {}): Practice {
  const kept: PracticeMessage[] = [];
  const answers = new Map<string, JsonObject>();
  const listeners = new Set<(message: PracticeMessage) => void>();

  const keep = (message: PracticeMessage) => {
    kept.push(message);
    if (kept.length > messagesKept) kept.shift();
    log.info(`practice router: ${message.duplicate ? "(again) " : ""}${JSON.stringify(message.text)}`);
    for (const listener of listeners) listener(message);
  };

  const answerFor = (message: PracticeMessage): JsonObject => {
    const answer = { success: true, data: { practice: true, message_id: message.id, text: message.text } };
    putLast(answers, message.idempotency_key, answer, keysKept);
    return answer;
  };

  return {
    router: async (kind, body, _timeoutSeconds, call) => {
      if (call.signal.aborted) return aborted();
      const earlier = answers.get(call.idempotencyKey);
      const { execution_id, workflow_id, community_id } = call.context;
      const message: PracticeMessage = {
        id: randomUUID(),
        at: new Date(clock.now()).toISOString(),
        kind,
        module_name: textOf(body.module_name),
        command: textOf(body.command),
        action: textOf(body.action),
        params: body.params ?? body.args ?? null,
        text: cleanText(humanLine(body).slice(0, longestText)),
        execution_id,
        workflow_id,
        community_id,
        node_id: call.node_id,
        idempotency_key: call.idempotencyKey,
        duplicate: earlier !== undefined,
      };
      keep(message);
      return ok(structuredClone(earlier ?? answerFor(message)));
    },
    messages: ({ community_id, limit }) =>
      kept
        .filter((message) => community_id === undefined || message.community_id === community_id)
        .reverse()
        .slice(0, limit),
    onMessage(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const textOf = (value: Json | undefined): string | null => (typeof value === "string" ? value : null);

function humanLine(body: JsonObject): string {
  const { command, args, params } = body;
  if (typeof command === "string") return [command, ...(Array.isArray(args) ? args.map(String) : [])].join(" ");
  if (isJsonObject(params)) {
    const said = [params.message, params.text, params.content, params.title];
    const line = said.find((each): each is string => typeof each === "string" && each !== "");
    if (line !== undefined) return line;
  }
  return [textOf(body.module_name), textOf(body.action)].filter((word) => word !== null).join(".") || "(no text)";
}
