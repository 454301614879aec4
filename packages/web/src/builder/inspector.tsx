// The inspector: the form of the selected node, of a connection, or of the workflow itself.
import { MousePointerClick } from "lucide-react";
import { lazy, Suspense } from "react";
import { Loading } from "../ui/bits.js";
import { firstAct } from "../ui/first-act.js";
import { useBuilder, useDraft } from "./store.js";
import { WorkflowInspector } from "./workflow-inspector.js";
import "./inspector.css";

// Nothing is selected before somebody acts.
const loadNode = () => import("./node-inspector.js");
const loadConnection = () => import("./connection-inspector.js");
const NodeInspector = lazy(loadNode);
const ConnectionInspector = lazy(loadConnection);
void firstAct.then(() => Promise.all([loadNode(), loadConnection()]));

const Inner = () => {
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

export const Inspector = () => (
  <Suspense fallback={<Loading />}>
    <Inner />
  </Suspense>
);
