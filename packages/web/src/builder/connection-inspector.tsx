// One connection: where it leads, and on which condition.
import { Trash2 } from "lucide-react";
import { useMemo } from "react";
import { CodeField } from "../form/code-field.js";
import { Notice, Switch } from "../ui/bits.js";
import { Button } from "../ui/button.js";
import { removeSelection } from "./acts.js";
import { connectionName, patchConnection, portOf } from "./document.js";
import { useChecked } from "./problems.js";
import { SourcePicker } from "./source-picker.js";
import { edit, useDraft } from "./store.js";
import { useSample } from "./use-sample.js";

const ConnectionInspector = ({ name }: { name: string }) => {
  const draft = useDraft();
  const all = useChecked((checked) => checked.problems);
  const connection = draft.connections.find((each, index) => connectionName(each, index) === name);
  const sample = useSample(connection?.to_node_id ?? "");
  const problems = useMemo(() => all.filter(({ connection_id }) => connection_id === name), [all, name]);
  if (!connection) return null;
  return (
    <div className="inspector">
      <h2>Connection</h2>
      <p className="muted">
        From <code>{connection.from_node_id}</code>, port <code>{portOf(connection)}</code>, to{" "}
        <code>{connection.to_node_id}</code>.
      </p>
      {problems.map(({ message }) => (
        <Notice key={message} tone="bad">
          {message}
        </Notice>
      ))}
      <SourcePicker />
      <div className="field">
        <span className="field-label">Only if</span>
        <CodeField
          language="expression"
          label="Condition of the connection"
          value={connection.condition ?? ""}
          sample={sample}
          placeholder="always"
          onChange={(text) =>
            edit(
              "Condition",
              (before) => patchConnection(before, name, { condition: text || undefined }),
              `condition ${name}`,
            )
          }
        />
        <p className="small faint">An expression, such as viewers &gt; 10. Without one, it is always taken.</p>
      </div>
      <div className="field inline">
        <span className="field-label">On</span>
        <span className="field-control">
          <Switch
            label="The connection is on"
            checked={connection.enabled !== false}
            onChange={(on) =>
              edit("Switch the connection", (before) =>
                patchConnection(before, name, { enabled: on ? undefined : false }),
              )
            }
          />
        </span>
      </div>
      <Button icon={Trash2} danger onClick={removeSelection}>
        Disconnect
      </Button>
    </div>
  );
};

export default ConnectionInspector;
