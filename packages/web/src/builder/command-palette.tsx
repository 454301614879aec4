// Ctrl+K: every act with its key, nodes of the drawing, and the pages beside it.
import { useNavigate } from "react-router";
import { Picker } from "../ui/picker.js";
import { focusCanvas, focusNode, revealNode } from "./acts.js";
import { commands, keyText } from "./commands.js";
import { currentDraft, useBuilder } from "./store.js";
import { show, useView } from "./view.js";

const pages = [
  { id: "page:runs", label: "Executions of this workflow", path: "/runs" },
  { id: "page:manage", label: "Webhooks, schedules, people", path: "/manage" },
];

export const CommandPalette = () => {
  const open = useView((view) => view.commands);
  const workflowId = useBuilder((state) => state.workflow?.workflow_id);
  const navigate = useNavigate();
  if (!open) return null;
  const close = () => {
    show({ commands: false });
    focusCanvas();
  };
  const choose = (id: string) => {
    close();
    const command = commands.find((each) => each.id === id);
    const page = pages.find((each) => each.id === id);
    if (command) command.run();
    else if (page) void navigate(`/workflows/${workflowId}${page.path}`);
    else if (id === "page:list") void navigate("/");
    else {
      revealNode(id.slice("node:".length));
      focusNode(id.slice("node:".length));
    }
  };
  const all = () => [
    ...commands
      .filter((each) => each.id !== "commands" && each.enabled?.() !== false)
      .map(({ id, label, group, keys }) => ({ id, label, group, ...(keys[0] ? { hint: keyText(keys[0]) } : {}) })),
    ...Object.entries(currentDraft().nodes).map(([id, node]) => ({
      id: `node:${id}`,
      label: node.label ?? id,
      detail: node.node_type,
      group: "Go to node",
    })),
    ...pages.map(({ id, label }) => ({ id, label, group: "Pages" })),
    { id: "page:list", label: "All workflows", group: "Pages" },
  ];
  return (
    <>
      <div className="overlay-back dim" onPointerDown={close} />
      <div className="overlay command-overlay" role="dialog" aria-label="Commands">
        <Picker
          label="Commands"
          placeholder="What do you want to do?"
          onClose={close}
          onChoose={choose}
          find={(text) => {
            const words = text.toLowerCase().split(/\s+/);
            return all().filter((each) =>
              words.every((word) => `${each.label} ${each.group}`.toLowerCase().includes(word)),
            );
          }}
        />
      </div>
    </>
  );
};
