// Saving without being asked. Edits go to the server a moment after the last act; they are kept in the browser before
// that, and for as long as the server does not have them. A save that somebody overtook is a conflict, never a loss.
import { noteReachable, useConnection } from "../api/connection.js";
import { ApiError, isOffline, isStale, sentenceOf } from "../api/errors.js";
import { loadWorkflow, saveWorkflow } from "../api/workflows.js";
import { type Draft, sameDraft } from "./document.js";
import { draftOf } from "./draft.js";
import { hasBeen } from "./history.js";
import { keepDraft } from "./keep.js";
import { mergeDrafts } from "./merge.js";
import { type openWorkflow, useBuilder } from "./store.js";

const quiet = 900;
let timer: number | undefined;
let running: Promise<void> | undefined;

const keep = (): void => {
  const { workflow, etag, base, history } = useBuilder.getState();
  if (workflow) keepDraft(localStorage, workflow.workflow_id, { etag, base, history });
};

/** Only what differs is sent, so that a change of the graph does not touch the name. */
const changesOf = (base: Draft, now: Draft): Partial<Draft> =>
  Object.fromEntries(
    Object.entries(now).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(base[key as keyof Draft])),
  );

const attempt = async (): Promise<void> => {
  const { workflow, etag, base, history } = useBuilder.getState();
  if (!workflow) return;
  const sent = history.present;
  if (sameDraft(base, sent)) return useBuilder.setState({ save: "saved", saveProblem: undefined });
  useBuilder.setState({ save: "saving" });
  try {
    const loaded = await saveWorkflow(workflow.workflow_id, changesOf(base, sent), etag);
    if (useBuilder.getState().workflow?.workflow_id !== workflow.workflow_id) return;
    useBuilder.setState({ workflow: loaded.workflow, etag: loaded.etag, base: sent, saveProblem: undefined });
    const settled = useBuilder.getState().history.present === sent;
    useBuilder.setState({ save: settled ? "saved" : "waiting" });
    keep();
    if (!settled) later();
  } catch (error) {
    await refuse(error, workflow.workflow_id);
  }
};

const refuse = async (error: unknown, workflowId: string): Promise<void> => {
  if (isOffline(error)) return useBuilder.setState({ save: "offline" });
  if (!isStale(error)) return useBuilder.setState({ save: "refused", saveProblem: sentenceOf(error) });
  try {
    const theirs = await loadWorkflow(workflowId);
    const server = draftOf(theirs.workflow);
    const { base, history } = useBuilder.getState();
    // Only a switch was turned or a version published, or it is an own save whose answer was lost: no conflict.
    if (sameDraft(server, base) || hasBeen(history, server, sameDraft)) {
      useBuilder.setState({ workflow: theirs.workflow, etag: theirs.etag, base: server, save: "waiting" });
      return later();
    }
    useBuilder.setState({ save: "conflict", theirs });
  } catch {
    useBuilder.setState({ save: "offline" });
    noteReachable(false);
  }
};

const later = (delay = quiet): void => {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void saveNow(), delay);
};

/** Saves what is not saved; resolves when the server has it or it is known that it cannot be saved now. */
export const saveNow = async (): Promise<boolean> => {
  window.clearTimeout(timer);
  await running;
  if (useBuilder.getState().save === "conflict") return false;
  running = attempt().finally(() => {
    running = undefined;
  });
  await running;
  return useBuilder.getState().save === "saved";
};

/** Watches the document; the returned function ends it. */
export const watchSaving = (): (() => void) => {
  const stopEdits = useBuilder.subscribe((now, before) => {
    if (now.history.present === before.history.present || now.workflow?.workflow_id !== before.workflow?.workflow_id)
      return;
    keep();
    if (now.save === "conflict") return;
    if (now.save !== "saving") useBuilder.setState({ save: "waiting" });
    later();
  });
  const stopConnection = useConnection.subscribe(({ reachable }, before) => {
    if (reachable && !before.reachable && useBuilder.getState().save === "offline") later(50);
  });
  // Hidden pages may never come back; what is unsaved goes out at once, and is kept here anyway.
  const hide = () => {
    const { workflow, etag, base, history, save } = useBuilder.getState();
    if (document.visibilityState !== "hidden" || save !== "waiting" || !workflow) return;
    const changes = changesOf(base, history.present);
    if (JSON.stringify(changes).length < 60_000) void saveNow();
    else void saveWorkflow(workflow.workflow_id, changes, etag).catch((error: unknown) => error instanceof ApiError);
  };
  document.addEventListener("visibilitychange", hide);
  if (useBuilder.getState().save === "waiting") later(50);
  return () => {
    stopEdits();
    stopConnection();
    document.removeEventListener("visibilitychange", hide);
    window.clearTimeout(timer);
    if (useBuilder.getState().save === "waiting") void saveNow();
  };
};

export type Resolution = "mine" | "theirs" | "merge";

/** Ends a conflict. Nothing is lost: what is given up stays one step of undo away. */
export const resolveConflict = (how: Resolution): void => {
  const { theirs, base, history } = useBuilder.getState();
  if (!theirs) return;
  const server = draftOf(theirs.workflow);
  const chosen =
    how === "mine" ? history.present : how === "theirs" ? server : mergeDrafts(base, history.present, server).draft;
  useBuilder.setState({
    workflow: theirs.workflow,
    etag: theirs.etag,
    base: server,
    theirs: undefined,
    save: "waiting",
    history: {
      ...history,
      past: [...history.past, { label: "Settle the conflict", draft: history.present }],
      present: chosen,
      future: [],
      last: undefined,
    },
  });
  keep();
  later(50);
};

/** Takes over what the server has after publishing or rolling back. */
export const takeOver = (loaded: Parameters<typeof openWorkflow>[0], label: string): void => {
  const { history } = useBuilder.getState();
  const server = draftOf(loaded.workflow);
  const same = sameDraft(server, history.present);
  useBuilder.setState({
    workflow: loaded.workflow,
    etag: loaded.etag,
    base: server,
    save: "saved",
    theirs: undefined,
    history: same
      ? history
      : { past: [...history.past, { label, draft: history.present }], present: server, future: [], last: undefined },
  });
  keep();
};
