// Between processes: who watches an execution that runs elsewhere hears soon that there is something new to read.
//
// N1. It costs nothing while nobody watches: a process says what it wants to hear of, and only that is told.
// N2. A wish is forgotten after some seconds unless it is repeated, so nobody has to say goodbye.
// N3. News only hurry. They are told together, say nothing but "look", and may get lost: who watches also looks now
//     and then without being told.
import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.js";
import type { Pool } from "../store/database.js";
import { inPieces, tellProcesses, type WorkMessage } from "../store/work-channel.js";
import type { Live, Subject } from "./live.js";

export interface NewsOptions {
  pool: Pool;
  live: Live;
  clock: Clock;
}

export interface News {
  /** A message that came over the channel; those of other kinds are not for it. */
  heard(message: WorkMessage): void;
  stop(): void;
}

const gatherMs = 50;
const repeatMs = 5000;
const forgetMs = 12_000;
/** Beyond these, what is wanted or has moved is not told: who watches finds it by looking. */
const mostWishes = 10_000;
const mostMoved = 2000;

/** Begins to tell and to hear. */
export const createNews = ({ pool, live, clock }: NewsOptions): News => {
  const by = randomUUID();
  /** What other processes want to hear of, and until when. */
  const wishes = new Map<string, number>();
  let wanted = new Set<Subject>();
  let moved = new Map<string, string>();
  let cancelTelling: (() => void) | undefined;
  let cancelRepeat: (() => void) | undefined;

  const tell = (): void => {
    cancelTelling = undefined;
    const messages: WorkMessage[] = [
      ...inPieces([...wanted]).map((want) => ({ want, by })),
      ...inPieces([...moved]).map((pairs) => ({ moved: pairs, by })),
    ];
    wanted = new Set();
    moved = new Map();
    if (messages.length > 0) tellProcesses(pool, messages).catch(() => undefined); // N3
  };
  const soon = () => {
    cancelTelling ??= clock.setTimer(gatherMs, tell);
  };

  const repeatWishes = (): void => {
    const now = clock.monotonic();
    for (const [subject, until] of wishes) if (until <= now) wishes.delete(subject);
    const mine = live.wanted();
    for (const subject of mine) wanted.add(subject);
    if (mine.length > 0) soon();
    cancelRepeat = clock.setTimer(repeatMs, repeatWishes);
  };
  cancelRepeat = clock.setTimer(repeatMs, repeatWishes);

  const stopWanted = live.onWanted((subject) => {
    wanted.add(subject);
    soon();
  });
  const stopLive = live.onAny(({ executionId, workflowId }) => {
    if (wishes.size === 0 || moved.size >= mostMoved) return;
    if (!wishes.has(`execution ${executionId}`) && !wishes.has(`workflow ${workflowId}`)) return;
    moved.set(executionId, workflowId);
    soon();
  });

  return {
    heard(message) {
      if (!("want" in message || "moved" in message) || message.by === by) return;
      if ("moved" in message)
        for (const [executionId, workflowId] of message.moved) live.elsewhere({ executionId, workflowId });
      else if (wishes.size < mostWishes)
        for (const subject of message.want) wishes.set(subject, clock.monotonic() + forgetMs);
    },
    stop() {
      stopWanted();
      stopLive();
      cancelTelling?.();
      cancelRepeat?.();
    },
  };
};
