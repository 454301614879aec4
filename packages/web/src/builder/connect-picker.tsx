// Connecting by keyboard: choose a port if there are several, then where it leads.
import { nodeType } from "@workflow-core/core";
import { useState } from "react";
import { Picker } from "../ui/picker.js";
import { focusNode } from "./acts.js";
import { NodeIcon } from "./card.js";
import { connect, connectionObstacle, portOf } from "./document.js";
import { outputPorts } from "./ports.js";
import { edit, useDraft } from "./store.js";
import { show, useView } from "./view.js";

const matches = (words: string, text: string): boolean => words.toLowerCase().includes(text.trim().toLowerCase());

const Inner = ({ from }: { from: string }) => {
  const draft = useDraft();
  const node = draft.nodes[from];
  const leaving = draft.connections.filter(({ from_node_id }) => from_node_id === from);
  const ports = node ? outputPorts(node, leaving) : {};
  const names = Object.keys(ports);
  const [port, setPort] = useState(names.length === 1 ? names[0] : undefined);
  const close = () => {
    show({ connecting: undefined });
    focusNode(from);
  };
  if (port === undefined)
    return (
      <Picker
        key="port"
        label={`Port of ${from}`}
        placeholder="From which port?"
        empty="This node has no output."
        onClose={close}
        onChoose={setPort}
        find={(text) =>
          names
            .filter((name) => matches(name, text))
            .map((name) => ({
              id: name,
              label: name,
              detail: ports[name] ?? "",
              ...(leaving.some((each) => portOf(each) === name) ? { hint: "wired" } : {}),
            }))
        }
      />
    );
  return (
    <Picker
      key="target"
      label={`Connect ${from}, ${port}, to`}
      placeholder="To which node?"
      empty="There is no other node to connect to."
      onClose={close}
      onChoose={(to) => {
        edit("Connect", (before) => connect(before, from, port, to));
        close();
      }}
      find={(text) =>
        Object.entries(draft.nodes)
          .filter(
            ([id, each]) =>
              !connectionObstacle(draft, from, port, id) &&
              matches(`${id} ${each.label ?? ""} ${each.node_type}`, text),
          )
          .map(([id, each]) => {
            const type = nodeType(each.node_type);
            return {
              id,
              label: each.label ?? id,
              detail: type?.label(each.config ?? {}) ?? each.node_type,
              icon: <NodeIcon type={type} />,
            };
          })
      }
    />
  );
};

export const ConnectPicker = () => {
  const from = useView((view) => view.connecting);
  if (from === undefined) return null;
  return (
    <>
      <div className="overlay-back dim" onPointerDown={() => show({ connecting: undefined })} />
      <div className="overlay command-overlay" role="dialog" aria-label="Connect">
        <Inner key={from} from={from} />
      </div>
    </>
  );
};
