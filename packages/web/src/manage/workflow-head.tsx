// The head of a workflow's pages beside the builder: its name, its state, and where else one can go.
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { Link } from "react-router";
import { loadWorkflow } from "../api/workflows.js";
import { WorkflowStatusChip } from "../workflows/status.js";

const useWorkflow = (id: string) => useQuery({ queryKey: ["workflow", id], queryFn: () => loadWorkflow(id) });

export const WorkflowHead = ({ id, section }: { id: string; section: "runs" | "manage" }) => {
  const { data } = useWorkflow(id);
  return (
    <header className="page-head">
      <Link to="/" className="button quiet icon" aria-label="All workflows">
        <ArrowLeft size={16} aria-hidden />
      </Link>
      <h1 className="clip" dir="auto">
        {data?.workflow.name ?? "…"}
      </h1>
      {data && <WorkflowStatusChip workflow={data.workflow} />}
      <nav className="tabs" aria-label="Parts of the workflow">
        <Link to={`/workflows/${id}`}>Builder</Link>
        <Link to={`/workflows/${id}/runs`} aria-current={section === "runs" ? "page" : undefined}>
          Executions
        </Link>
        <Link to={`/workflows/${id}/manage`} aria-current={section === "manage" ? "page" : undefined}>
          Manage
        </Link>
      </nav>
    </header>
  );
};
