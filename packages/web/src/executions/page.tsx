// One execution: the drawing it ran, with the state of every node; data and logs of the selected one; a timeline. Live
// while it runs.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { isFinal } from "@workflow-core/core";
import { ReactFlowProvider } from "@xyflow/react";
import { ArrowLeft, Copy, ListRestart, RotateCcw, Square } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { isMissing } from "../api/errors.js";
import { cancelExecution, firstVisits, loadExecution, retryExecution, watchExecution } from "../api/executions.js";
import type { Draft, Execution } from "../api/types.js";
import { loadVersion, loadWorkflow } from "../api/workflows.js";
import { Canvas } from "../builder/canvas.js";
import { draftOf, emptyDraft } from "../builder/draft.js";
import { type CardState, createSkin, SkinContext } from "../builder/skin.js";
import { storyOfRun } from "../form/story.js";
import { offerData } from "../practice/offer.js";
import { Chip, Loading, StatusChip, Trouble } from "../ui/bits.js";
import { Button } from "../ui/button.js";
import { moment, span } from "../ui/time.js";
import { toast } from "../ui/toast.js";
import { answersOf } from "./answers.js";
import type { Wanted } from "./iterations.js";
import { nameOf } from "./name-of.js";
import { NodeData } from "./node-data.js";
import { Timeline } from "./timeline.js";
import { triggerWords } from "./trigger-words.js";
import "../builder/builder.css";
import "./executions.css";

/** The drawing that an execution ran: its version, or what is drawn now where that is not kept. */
const loadDrawing = async (workflowId: string, version: string | null | undefined): Promise<Draft> => {
  if (version) {
    try {
      return { ...emptyDraft, ...(await loadVersion(workflowId, version)), name: "" };
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return draftOf((await loadWorkflow(workflowId)).workflow);
};

const useExecution = (executionId: string) => {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ["execution", executionId],
    queryFn: ({ signal }) => loadExecution(executionId, signal),
    refetchInterval: ({ state }) => (state.data && isFinal(state.data.status) ? false : 3000),
  });
  const status = query.data?.status;
  const live = status !== undefined && !isFinal(status);
  useEffect(() => {
    if (!live) return;
    let timer: number | undefined;
    const stop = watchExecution(executionId, () => {
      timer ??= window.setTimeout(() => {
        timer = undefined;
        void queries.invalidateQueries({ queryKey: ["execution", executionId] });
      }, 250);
    });
    return () => {
      stop();
      window.clearTimeout(timer);
    };
  }, [executionId, live, queries]);
  return query;
};

const cardStates = (execution: Execution): Record<string, CardState> =>
  Object.fromEntries(
    Object.entries(execution.node_states ?? {})
      .filter(([, { status }]) => status !== "pending")
      .map(([id, { status, visits, retry_count }]) => [
        id,
        { status, visits: visits ?? 1, note: status === "waiting" && retry_count > 0 ? "retry" : undefined },
      ]),
  );

interface ActsProps {
  execution: Execution;
  node: string | undefined;
  name: string | undefined;
  drawing: Draft | undefined;
}

const Acts = ({ execution, node, name, drawing }: ActsProps) => {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { execution_id: id, workflow_id } = execution;
  const cancel = useMutation({
    mutationFn: () => cancelExecution(id),
    onSuccess: () => {
      toast("Cancelled");
      void queries.invalidateQueries({ queryKey: ["execution", id] });
    },
  });
  const retry = useMutation({
    mutationFn: (from?: string) => retryExecution(id, from),
    onSuccess: (fresh) => void navigate(`/workflows/${workflow_id}/runs/${fresh}`),
  });
  const copy = useMutation({
    mutationFn: () => firstVisits(id),
    onSuccess: (visits) => {
      const answers = drawing ? answersOf(drawing, execution) : {};
      offerData({ workflow: workflow_id, execution: id, data: storyOfRun(execution, visits).given, answers });
      void navigate(`/workflows/${workflow_id}`);
    },
  });
  if (!isFinal(execution.status))
    return (
      <Button icon={Square} danger disabled={cancel.isPending} onClick={() => cancel.mutate()}>
        Cancel
      </Button>
    );
  return (
    <>
      <Button icon={Copy} look="quiet" disabled={copy.isPending} onClick={() => copy.mutate()}>
        <span className="wide-only">Try with its data</span>
      </Button>
      {node !== undefined && (
        <Button
          icon={ListRestart}
          title={`Run again from ${name}: what was done before it is kept`}
          disabled={retry.isPending}
          onClick={() => retry.mutate(node)}
        >
          <span className="wide-only">From {name}</span>
        </Button>
      )}
      <Button icon={RotateCcw} disabled={retry.isPending} onClick={() => retry.mutate(undefined)}>
        <span className="wide-only">Run again</span>
      </Button>
    </>
  );
};

const Head = ({ execution, node, name, drawing }: ActsProps) => (
  <header className="topbar">
    <Link
      to={`/workflows/${execution.workflow_id}/runs`}
      className="button quiet icon"
      aria-label="All executions"
      title="All executions"
    >
      <ArrowLeft size={16} aria-hidden />
    </Link>
    <h1 className="run-title clip">Execution</h1>
    <StatusChip status={execution.status} />
    {execution.workflow_version && <Chip>v{execution.workflow_version}</Chip>}
    {execution.recovered_at && <Chip tone="wait">resumed after a crash</Chip>}
    <span className="small muted clip grow">
      {triggerWords(execution)} · {moment(execution.start_time)} ·{" "}
      {span(execution.execution_time_seconds === null ? null : Number(execution.execution_time_seconds))}
    </span>
    <Acts execution={execution} node={node} name={name} drawing={drawing} />
  </header>
);

const ExecutionPage = () => {
  const { id = "", executionId = "" } = useParams();
  const query = useExecution(executionId);
  const execution = query.data;
  const drawing = useQuery({
    queryKey: ["drawing", id, execution?.workflow_version],
    queryFn: () => loadDrawing(id, execution?.workflow_version),
    enabled: execution !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [chosen, setChosen] = useState<string>();
  const [wanted, setWanted] = useState<Wanted>();
  const [skin] = useState(() => createSkin());
  useEffect(() => {
    if (execution) skin.setState({ states: cardStates(execution) });
  }, [execution, skin]);
  const node = chosen ?? execution?.error_node_id ?? undefined;
  const nodes = drawing.data?.nodes ?? emptyDraft.nodes;
  const name = node && nameOf(nodes, node);
  const selection = useMemo(() => ({ nodes: node === undefined ? [] : [node], connections: [] }), [node]);
  if (query.isError) return <Trouble error={query.error} what="This execution" retry={() => void query.refetch()} />;
  if (!execution) return <Loading label="Loading the execution" />;
  return (
    <SkinContext.Provider value={skin}>
      <div className="run">
        <Head execution={execution} node={node} name={name} drawing={drawing.data} />
        <main className="run-canvas">
          {drawing.data ? (
            <ReactFlowProvider>
              <Canvas
                draft={drawing.data}
                selection={selection}
                readOnly
                label="What ran"
                focus={execution.error_node_id ? [execution.error_node_id] : []}
                onSelect={(nodes) => setChosen(nodes.at(-1))}
              />
            </ReactFlowProvider>
          ) : (
            <Loading />
          )}
        </main>
        <aside className="run-data" aria-label="Data">
          <NodeData execution={execution} node={node} name={name} wanted={wanted} onWant={setWanted} />
        </aside>
        <section className="run-time" aria-label="Timeline">
          <Timeline execution={execution} nodes={nodes} selected={node} onSelect={setChosen} />
        </section>
      </div>
    </SkinContext.Provider>
  );
};

export default ExecutionPage;
