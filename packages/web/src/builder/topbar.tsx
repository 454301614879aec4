// The line above the canvas: where one is, how the workflow stands, and the acts that matter most.
import { useMutation } from "@tanstack/react-query";
import {
  ArrowLeft,
  CircleAlert,
  CircleCheck,
  Command as CommandIcon,
  Download,
  EllipsisVertical,
  GitCompare,
  History,
  MessagesSquare,
  Moon,
  Play,
  Plus,
  Redo2,
  Rocket,
  Settings2,
  Sun,
  Undo2,
  WandSparkles,
} from "lucide-react";
import { Link, useNavigate } from "react-router";
import { executeWorkflow, saveWorkflow } from "../api/workflows.js";
import { toggleTheme, useTheme } from "../app/theme.js";
import { Switch } from "../ui/bits.js";
import { Button, IconButton } from "../ui/button.js";
import { counted } from "../ui/counted.js";
import { download, fileName } from "../ui/download.js";
import { Menu } from "../ui/menu.js";
import { toast } from "../ui/toast.js";
import { WorkflowStatusChip } from "../workflows/status.js";
import { openPalette, redoAct, tidyUp, undoAct } from "./acts.js";
import { keyOf } from "./commands.js";
import { exportText } from "./draft.js";
import { Presence } from "./presence.js";
import { useChecked } from "./problems.js";
import { usePublishedDifference } from "./published.js";
import { SaveChip } from "./save-chip.js";
import { currentDraft, edit, useBuilder, useDraft } from "./store.js";
import { show, useView } from "./view.js";

const Name = () => {
  const name = useDraft().name;
  return (
    <input
      className="name-input"
      aria-label="Name of the workflow"
      value={name}
      dir="auto"
      maxLength={255}
      size={Math.max(8, Math.min(name.length, 36))}
      onChange={(event) => edit("Rename", (draft) => ({ ...draft, name: event.target.value }), "name")}
    />
  );
};

const UndoButtons = () => {
  const { past, future } = useBuilder((state) => state.history);
  return (
    <div className="row history" style={{ gap: 0 }}>
      <IconButton
        icon={Undo2}
        label={past.length > 0 ? `Undo: ${past.at(-1)?.label}` : "Undo"}
        hint={keyOf("undo")}
        disabled={past.length === 0}
        onClick={undoAct}
      />
      <IconButton icon={Redo2} label="Redo" hint={keyOf("redo")} disabled={future.length === 0} onClick={redoAct} />
    </div>
  );
};

const ProblemsButton = () => {
  const problems = useChecked((checked) => checked.problems);
  const open = useView((view) => view.right === "problems");
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const label =
    errors > 0 ? counted(errors, "problem") : problems.length > 0 ? counted(problems.length, "hint") : "No problems";
  return (
    <Button
      look="quiet"
      icon={errors > 0 ? CircleAlert : CircleCheck}
      aria-pressed={open}
      className={errors > 0 ? "danger" : ""}
      title={`Problems (${keyOf("problems")})`}
      onClick={() => show({ right: open ? undefined : "problems" })}
    >
      <span className="wide-only">{label}</span>
    </Button>
  );
};

const EnabledSwitch = () => {
  const workflow = useBuilder((state) => state.workflow);
  const toggle = useMutation({
    mutationFn: (enabled: boolean) => saveWorkflow(workflow?.workflow_id ?? "", { enabled }),
    onSuccess: ({ workflow: now, etag }) => {
      useBuilder.setState({ workflow: now, etag });
      toast(now.enabled ? "On: triggers start it" : "Off: nothing starts it");
    },
  });
  if (workflow?.status !== "published") return null;
  return (
    <Switch
      checked={workflow.enabled}
      label="The published version is on"
      disabled={toggle.isPending}
      onChange={(on) => toggle.mutate(on)}
    />
  );
};

export const Topbar = () => {
  const workflow = useBuilder((state) => state.workflow);
  const trying = useView((view) => view.left === "try");
  const theme = useTheme((state) => state.theme);
  const changes = usePublishedDifference()?.count;
  const navigate = useNavigate();
  const run = useMutation({
    mutationFn: () => executeWorkflow(workflow?.workflow_id ?? "", workflow?.community_id ?? 0, {}),
    onSuccess: ({ execution_id }) => void navigate(`/workflows/${workflow?.workflow_id}/runs/${execution_id}`),
  });
  if (!workflow) return null;
  const at = (path: string) => () => void navigate(`/workflows/${workflow.workflow_id}${path}`);
  return (
    <header className="topbar">
      <Link to="/" className="button quiet icon" aria-label="All workflows" title="All workflows">
        <ArrowLeft size={16} aria-hidden />
      </Link>
      <h1 className="hidden-visually">{workflow.name}</h1>
      <Name />
      <div className="row topbar-state">
        <WorkflowStatusChip workflow={workflow} changes={changes} />
        <EnabledSwitch />
        <SaveChip />
        <Presence id={workflow.workflow_id} />
      </div>
      <span className="grow" />
      <UndoButtons />
      <IconButton icon={Plus} label="Add a node" hint={keyOf("add")} onClick={openPalette} />
      <IconButton
        icon={WandSparkles}
        label="Tidy up"
        hint={keyOf("tidy")}
        className="wide-only"
        onClick={() => void tidyUp()}
      />
      <IconButton
        icon={CommandIcon}
        label="All commands"
        hint={keyOf("commands")}
        className="wide-only"
        onClick={() => show({ commands: true })}
      />
      <ProblemsButton />
      <Button
        icon={MessagesSquare}
        aria-pressed={trying}
        title={`Practice chat (${keyOf("try")})`}
        onClick={() => show({ left: trying ? undefined : "try" })}
      >
        <span className="wide-only">Try it</span>
      </Button>
      <Button icon={Rocket} look="primary" onClick={() => show({ publishing: true })}>
        <span className="wide-only">Publish</span>
      </Button>
      <Menu
        label="More"
        icon={EllipsisVertical}
        items={[
          {
            label: "Run the published version now",
            icon: Play,
            disabled: workflow.status !== "published",
            onSelect: () => run.mutate(),
          },
          { label: "Executions", icon: History, onSelect: at("/runs") },
          { label: "Webhooks, schedules, people", icon: Settings2, onSelect: at("/manage") },
          { label: "Versions", icon: GitCompare, onSelect: () => show({ right: "versions" }) },
          { label: "Tidy up", icon: WandSparkles, onSelect: () => void tidyUp(), divided: true },
          {
            label: "Export as JSON",
            icon: Download,
            onSelect: () => download(fileName(workflow.name), exportText(currentDraft())),
          },
          {
            label: theme === "dark" ? "Light theme" : "Dark theme",
            icon: theme === "dark" ? Sun : Moon,
            onSelect: toggleTheme,
            divided: true,
          },
        ]}
      />
    </header>
  );
};
