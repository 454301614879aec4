// The inspector: the form of the selected node, of a connection, or of the workflow itself.
import { MousePointerClick } from "lucide-react";
import { ConnectionInspector } from "./connection-inspector.js";
import { NodeInspector } from "./node-inspector.js";
import { useBuilder, useDraft } from "./store.js";
import { WorkflowInspector } from "./workflow-inspector.js";
import "./inspector.css";

export const Inspector = () => {
  const { nodes, connections } = useBuilder((state) => state.selection);
  const draft = useDraft();
  const [node] = nodes;
  const [connection] = connections;
  if (nodes.length > 1)
    return (
      <div className="empty">
        <MousePointerClick size={24} aria-hidden />
        <p>
          {nodes.length} nodes are selected. Move, copy, duplicate, tidy up or delete them together; select one to edit
          it.
        </p>
      </div>
    );
  if (node !== undefined && draft.nodes[node]) return <NodeInspector key={node} id={node} node={draft.nodes[node]} />;
  if (connection !== undefined) return <ConnectionInspector key={connection} name={connection} />;
  return <WorkflowInspector />;
};
