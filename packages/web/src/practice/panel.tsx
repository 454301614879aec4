// The try panel: a practice chat beside the canvas, in which the draft runs as it would for real.
import { Footprints, Play, RotateCcw, SkipForward, Square, Trash2, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useChecked } from "../builder/problems.js";
import type { SkinStore } from "../builder/skin.js";
import { useDraft } from "../builder/store.js";
import { show } from "../builder/view.js";
import { Notice } from "../ui/bits.js";
import { Button, IconButton } from "../ui/button.js";
import { counted } from "../ui/counted.js";
import { span } from "../ui/time.js";
import { Composer } from "./composer.js";
import { Log } from "./log.js";
import { startOffered } from "./start-offered.js";
import { clearTry, closeTry, goOn, openTry, repeatTry, stopTry, useTry } from "./store.js";
import { Trace } from "./trace.js";
import "./practice.css";

const Controls = () => {
  const { mode, pause, stepping, skipWaits, session } = useTry();
  const draft = useDraft();
  const ran = useTry((state) => state.draft);
  return (
    <div className="try-controls">
      <IconButton
        small
        icon={Footprints}
        label="Step by step"
        aria-pressed={stepping}
        onClick={() => useTry.setState({ stepping: !stepping })}
      />
      <IconButton
        small
        icon={SkipForward}
        label={skipWaits ? "Waits are skipped" : "Waits stop the try"}
        aria-pressed={skipWaits}
        onClick={() => useTry.setState({ skipWaits: !skipWaits })}
      />
      <span className="grow small muted clip">
        {mode === "running" && "Running…"}
        {mode === "paused" && (pause ? `Waits ${span(pause.seconds)} at ${pause.node}` : "Paused")}
        {mode === "idle" && session && ran !== draft && "The drawing has changed"}
      </span>
      {mode === "paused" && (
        <Button small icon={Play} onClick={goOn}>
          {pause ? "Let it pass" : stepping ? "Step" : "Go on"}
        </Button>
      )}
      {mode !== "idle" && <IconButton small icon={Square} label="Stop" onClick={stopTry} />}
      {mode === "idle" && session && (
        <Button small look="quiet" icon={RotateCcw} onClick={() => repeatTry()}>
          Again
        </Button>
      )}
    </div>
  );
};

const Broken = () => {
  const { plan, problems, draft } = useChecked();
  if (plan || !draft || Object.keys(draft.nodes).length === 0) return null;
  const errors = problems.filter(({ severity }) => severity === "error").length;
  return (
    <div className="try-broken">
      <Notice tone="warn">
        {counted(errors, "problem")} to mend before it can be tried.{" "}
        <button type="button" className="link" onClick={() => show({ right: "problems" })}>
          Show
        </button>
      </Notice>
    </div>
  );
};

const Offered = () => {
  const offered = useTry((state) => state.offered);
  if (!offered) return null;
  return (
    <div className="try-broken row">
      <span className="grow small">A past execution is here: its data and its answers.</span>
      <Button small onClick={startOffered}>
        Run it on this draft
      </Button>
      <IconButton small icon={X} label="Forget it" onClick={() => useTry.setState({ offered: undefined })} />
    </div>
  );
};

const TryPanel = ({ skin }: { skin: SkinStore }) => {
  const [tab, setTab] = useState<"chat" | "trace">("chat");
  useEffect(() => {
    openTry(skin);
    return closeTry;
  }, [skin]);
  const tabs = [
    ["chat", "Practice chat"],
    ["trace", "Trace"],
  ] as const;
  return (
    <>
      <div className="dock-head">
        <div className="tabs grow" role="tablist" aria-label="Try it">
          {tabs.map(([name, label]) => (
            <button key={name} type="button" role="tab" aria-selected={tab === name} onClick={() => setTab(name)}>
              {label}
            </button>
          ))}
        </div>
        <IconButton small icon={Trash2} label="Begin anew" onClick={clearTry} />
        <IconButton small icon={X} label="Close the practice chat" onClick={() => show({ left: undefined })} />
      </div>
      <Broken />
      <Offered />
      {tab === "chat" ? <Log /> : <Trace />}
      <Controls />
      <Composer />
    </>
  );
};

export default TryPanel;
