// What the try panel knows: the chat so far, the try that runs, and the answers that people pinned.
import { isFinal, type Json, nodeStates } from "@workflow-core/core";
import { type HeldUntil, takenAt } from "@workflow-core/core/triggers";
import { create } from "zustand";
import type { Draft } from "../builder/document.js";
import { checkNow } from "../builder/problems.js";
import type { CardState, SkinStore } from "../builder/skin.js";
import { chooseSource } from "../builder/source.js";
import { currentDraft, useBuilder } from "../builder/store.js";
import { cooldownsFor, type Person, type Role, type Verdict } from "./match.js";
import { takeOffer } from "./offer.js";
import { type Pin, type Pins, practiceOutside, type Sent } from "./outside.js";
import { beginTry, hasReached, type Pause, pauseOf, stepTry, type TrySession } from "./session.js";

export type Entry = { id: number; at: number } & (
  | { kind: "said"; person: Person; platform: string; text: string }
  | { kind: "happened"; title: string; data: Json }
  | { kind: "note"; tone: "plain" | "warn" | "bad" | "good"; text: string; node?: string }
  | { kind: "sent"; sent: Sent }
  | { kind: "pause"; pause: Pause }
);
type Line<T = Entry> = T extends Entry ? Omit<T, "id" | "at"> : never;

interface Try {
  entries: readonly Entry[];
  session: TrySession | undefined;
  /** The document that the session runs. */
  draft: Draft | undefined;
  mode: "idle" | "running" | "paused";
  /** Why it stands still. */
  pause: Pause | undefined;
  stepping: boolean;
  skipWaits: boolean;
  until: string | undefined;
  pins: Pins;
  person: Person;
  platform: string;
  clock: number;
  /** Cooldowns, in practice time. */
  held: HeldUntil;
  queue: readonly Verdict[];
  /** A past execution to be tried with: what it was started with, and what its actions were answered. */
  offered: { data: Record<string, Json>; answers: Pins } | undefined;
}

export const useTry = create<Try>(() => ({
  entries: [],
  session: undefined,
  draft: undefined,
  mode: "idle",
  pause: undefined,
  stepping: false,
  skipWaits: true,
  until: undefined,
  pins: {},
  person: { name: "ada", id: "1001", role: "everyone" },
  platform: "twitch",
  clock: Date.now(),
  held: {},
  queue: [],
  offered: undefined,
}));

const { getState: now, setState: set } = useTry;
let skin: SkinStore | undefined;
let count = 0;

/** Writes a line into the practice chat. */
export const tell = (line: Line): void =>
  set(({ entries, session, clock }) => ({
    // The two halves are exactly an entry; the compiler cannot join a union from its parts.
    entries: [...entries.slice(-400), { ...line, id: ++count, at: session?.state.at ?? clock } as Entry],
  }));

const pinsKey = (id: string | undefined) => `workflow-core:pins:${id ?? ""}`;

/** Begins with an empty chat for a workflow; pins are kept per workflow. */
export const openTry = (store: SkinStore): void => {
  skin = store;
  const id = useBuilder.getState().workflow?.workflow_id;
  const pins = JSON.parse(localStorage.getItem(pinsKey(id)) ?? "{}") as Pins;
  set({ pins });
  const offer = takeOffer();
  if (offer) {
    set({ offered: { data: offer.data, answers: offer.answers } });
    chooseSource(offer.workflow, { run: offer.execution });
  }
  store.setState({ pinned: pins });
};

export const pinAnswer = (node: string, pin: Pin | undefined): void => {
  const { [node]: _old, ...rest } = now().pins;
  const pins = pin === undefined ? rest : { ...rest, [node]: pin };
  localStorage.setItem(pinsKey(useBuilder.getState().workflow?.workflow_id), JSON.stringify(pins));
  set({ pins });
  skin?.setState({ pinned: pins });
};

const light = (session: TrySession | undefined): void => {
  const states: Record<string, CardState> = {};
  if (session)
    for (const [id, state] of Object.entries(nodeStates(session.plan, session.state)))
      if (state.status !== "pending")
        states[id] = {
          status: state.status,
          visits: state.visits,
          note: state.status === "waiting" && state.retry_count > 0 ? "retry" : undefined,
        };
  skin?.setState({ states });
};

export const clearTry = (): void => {
  set({ entries: [], session: undefined, mode: "idle", pause: undefined, queue: [], held: {}, clock: Date.now() });
  light(undefined);
};

/** Takes the lights off the canvas; the last data stay for previews. */
export const closeTry = (): void => {
  set({ mode: "idle", pause: undefined, queue: [] });
  light(undefined);
};

const beat = (): Promise<void> =>
  new Promise((resolve) =>
    window.setTimeout(resolve, window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 240),
  );

const finish = ({ state }: TrySession): void => {
  const { status, failure, finalOutput } = state;
  set(({ queue }) => ({ mode: "idle", pause: undefined, clock: state.at, queue }));
  if (status === "completed")
    tell({
      kind: "note",
      tone: "good",
      text:
        finalOutput && Object.keys(finalOutput).length > 0
          ? `Completed with ${JSON.stringify(finalOutput)}`
          : "Completed",
    });
  else
    tell({
      kind: "note",
      tone: "bad",
      text: `${status}: ${failure?.message ?? ""}`,
      ...(failure?.node_id ? { node: failure.node_id } : {}),
    });
  const [next, ...queue] = now().queue;
  if (!next) return;
  set({ queue });
  start(next);
};

/** One step: an answer, or time. */
const advance = async (): Promise<void> => {
  const { session, pins } = now();
  if (!session) return;
  const pause = pauseOf(session);
  if (pause) tell({ kind: "pause", pause });
  const next = await stepTry(
    session,
    practiceOutside(pins, (sent) => tell({ kind: "sent", sent })),
  );
  if (now().session !== session) return; // stopped meanwhile
  set({ session: next, pause: undefined });
  light(next);
};

/** Goes on until it is over, or stands still because of stepping, a wait, or the node to run to. */
const run = async (first = false): Promise<void> => {
  let free = first;
  for (;;) {
    const { session, stepping, skipWaits, until, mode } = now();
    if (!session || mode !== "running") return;
    if (isFinal(session.state.status)) return finish(session);
    const pause = pauseOf(session);
    const reached = until !== undefined && hasReached(session, until);
    if (!free && (stepping || reached || (pause && !skipWaits)))
      return set({ mode: "paused", pause, ...(reached ? { until: undefined } : {}) });
    free = false;
    await beat();
    await advance();
  }
};

/** Lets a paused try go on: by one step, or freely. */
export const goOn = (): void => {
  set({ mode: "running" });
  void run(true);
};

export const stopTry = (): void => {
  set({ mode: "idle", session: undefined, pause: undefined, queue: [] });
  tell({ kind: "note", tone: "warn", text: "Stopped" });
  light(undefined);
};

/** Starts a trigger over what is drawn now. */
export const start = ({ trigger, data }: Verdict): void => {
  const draft = currentDraft();
  const { plan, problems } = checkNow(draft);
  if (!plan) {
    const errors = problems.filter(({ severity }) => severity === "error");
    return tell({
      kind: "note",
      tone: "bad",
      text: `The draft does not compile yet: ${errors[0]?.message}`,
      ...(errors[0]?.node_id ? { node: errors[0].node_id } : {}),
    });
  }
  const { clock, held, person, platform, stepping } = now();
  const community = useBuilder.getState().workflow?.community_id ?? 1;
  const session = beginTry(plan, { trigger, data, at: clock, communityId: community, seed: String(clock) });
  set({
    session,
    draft,
    mode: "running",
    pause: undefined,
    held: takenAt(held, cooldownsFor(draft, trigger, person, platform), clock),
  });
  light(session);
  void run(!stepping);
};

/** The same start again, over what is drawn now. */
export const repeatTry = (until?: string): void => {
  const { session } = now();
  set({ until });
  if (!session) return;
  const { trigger, data } = session.state.started;
  start({ trigger, outcome: "started", detail: "", data });
};

export const setPerson = (change: Partial<Person> & { role?: Role }): void =>
  set(({ person }) => ({ person: { ...person, ...change } }));
