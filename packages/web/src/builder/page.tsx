// The builder's page: loads the workflow, listens to the keyboard, and puts canvas and panels side by side.
import { useQuery } from "@tanstack/react-query";
import { ReactFlowProvider } from "@xyflow/react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useParams } from "react-router";
import { loadWorkflow } from "../api/workflows.js";
import { isOffered } from "../practice/offer.js";
import { Loading, Trouble } from "../ui/bits.js";
import { toast } from "../ui/toast.js";
import * as acts from "./acts.js";
import { Canvas } from "./canvas.js";
import { CommandPalette } from "./command-palette.js";
import { commandFor } from "./commands.js";
import { ConnectPicker } from "./connect-picker.js";
import { connect, connectionObstacle, moveNodes, splice } from "./document.js";
import { EmptyCanvas } from "./empty-canvas.js";
import { Palette } from "./palette.js";
import { watchProblems } from "./problems.js";
import { RightDock } from "./right-dock.js";
import { watchSaving } from "./saving.js";
import { createSkin, SkinContext, type SkinStore } from "./skin.js";
import { edit, openWorkflow, select, useBuilder, useDraft } from "./store.js";
import { Topbar } from "./topbar.js";
import { show, useView } from "./view.js";
import "./builder.css";

const TryPanel = lazy(() => import("../practice/panel.js"));
const PublishDialog = lazy(() => import("./publish-dialog.js"));
const ConflictDialog = lazy(() => import("./conflict-dialog.js"));

/** Dialogs are fetched when they are first needed. */
const Dialogs = () => {
  const publishing = useView((view) => view.publishing);
  const conflict = useBuilder((state) => state.save === "conflict");
  return (
    <Suspense fallback={null}>
      {publishing && <PublishDialog />}
      {conflict && <ConflictDialog />}
    </Suspense>
  );
};

const useKeyboard = () =>
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      const command = commandFor(event);
      if (!command) return;
      event.preventDefault();
      command.run();
    };
    const onPaste = (event: ClipboardEvent) => {
      const [target] = event.composedPath();
      if (target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea"))) return;
      const text = event.clipboardData?.getData("text/plain");
      if (text) acts.pasteText(text);
    };
    window.addEventListener("keydown", onKey);
    window.addEventListener("paste", onPaste);
    return () => {
      window.removeEventListener("keydown", onKey);
      window.removeEventListener("paste", onPaste);
    };
  }, []);

const Drawing = () => {
  const draft = useDraft();
  const selection = useBuilder((state) => state.selection);
  useEffect(() => () => acts.setFlowApi(undefined), []);
  return (
    <div
      className="drawing"
      onPointerMove={(event) => acts.notePointer({ x: event.clientX, y: event.clientY })}
      onPointerLeave={() => acts.notePointer(undefined)}
    >
      <Canvas
        draft={draft}
        selection={selection}
        label="Drawing of the workflow"
        onReady={acts.setFlowApi}
        onMove={(positions) =>
          edit("Move", (before) => moveNodes(before, positions), `move ${Object.keys(positions).join(" ")}`)
        }
        onSelect={select}
        onConnect={(from, port, to) => {
          const obstacle = connectionObstacle(draft, from, port, to);
          if (obstacle) toast(obstacle, { bad: true });
          else edit("Connect", (before) => connect(before, from, port, to));
        }}
        onWireDropped={(from, at) => show({ palette: { at, from, exact: true } })}
        onSplice={(node, wire) => edit("Put into the connection", (before) => splice(before, wire, node))}
        onPaneDoubleClick={(at) => show({ palette: { at, exact: true } })}
        onOpen={() => show({ right: "inspector" })}
        onFiles={(files, at) => void files[0]?.text().then((text) => acts.pasteText(text, at))}
      />
      {Object.keys(draft.nodes).length === 0 && <EmptyCanvas />}
    </div>
  );
};

const Open = ({ skin }: { skin: SkinStore }) => {
  const left = useView((view) => view.left);
  const right = useView((view) => view.right);
  useKeyboard();
  useEffect(() => watchProblems(skin), [skin]);
  useEffect(() => watchSaving(), []);
  // What was in view stays in view when a panel takes a part of the canvas.
  const before = useRef(left);
  useEffect(() => {
    if (before.current === left) return;
    before.current = left;
    const timer = window.setTimeout(() => void acts.viewAgain(), 80);
    return () => window.clearTimeout(timer);
  }, [left]);
  return (
    <SkinContext.Provider value={skin}>
      <ReactFlowProvider>
        <div className="builder" data-left={left} data-right={right}>
          <Topbar />
          {left === "try" && (
            <aside className="dock left" aria-label="Practice chat">
              <Suspense fallback={<Loading />}>
                <TryPanel skin={skin} />
              </Suspense>
            </aside>
          )}
          <main className="stage">
            <Drawing />
          </main>
          {right && <RightDock panel={right} />}
        </div>
        <Palette />
        <ConnectPicker />
        <CommandPalette />
        <Dialogs />
      </ReactFlowProvider>
    </SkinContext.Provider>
  );
};

const BuilderPage = () => {
  const { id = "" } = useParams();
  const [skin] = useState(() => createSkin());
  const [opened, setOpened] = useState<string>();
  const query = useQuery({
    queryKey: ["builder", id],
    queryFn: ({ signal }) => loadWorkflow(id, signal),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  useEffect(() => {
    if (!query.data) return;
    openWorkflow(query.data);
    if (isOffered()) show({ left: "try" });
    document.title = `${query.data.workflow.name} – Workflow Core`;
    setOpened(query.data.workflow.workflow_id);
    return () => {
      document.title = "Workflow Core";
    };
  }, [query.data]);
  if (query.isError) return <Trouble error={query.error} what="This workflow" retry={() => void query.refetch()} />;
  return opened === id ? <Open key={id} skin={skin} /> : <Loading label="Opening" />;
};

export default BuilderPage;
