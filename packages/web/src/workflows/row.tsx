// One workflow in the list.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Archive, ArchiveRestore, Download, EllipsisVertical, History, Settings2 } from "lucide-react";
import { Link, useNavigate } from "react-router";
import type { Workflow } from "../api/types.js";
import { archiveWorkflow, createWorkflow, loadWorkflow, recentExecutions, saveWorkflow } from "../api/workflows.js";
import { draftOf, exportText } from "../builder/draft.js";
import { Switch } from "../ui/bits.js";
import { counted } from "../ui/counted.js";
import { download, fileName } from "../ui/download.js";
import { Menu, type MenuItem } from "../ui/menu.js";
import { Sparkline } from "../ui/sparkline.js";
import { ago, moment } from "../ui/time.js";
import { toast } from "../ui/toast.js";
import { WorkflowStatusChip } from "./status.js";

const useActs = (workflow: Workflow) => {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const again = () => void queries.invalidateQueries({ queryKey: ["workflows"] });
  const id = workflow.workflow_id;
  const restore = useMutation({
    mutationFn: () =>
      createWorkflow({ ...draftOf(workflow), community_id: workflow.community_id, entity_id: workflow.entity_id }),
    onSuccess: (made) => {
      again();
      toast("Restored as a new draft", {
        action: { label: "Open", run: () => void navigate(`/workflows/${made.workflow.workflow_id}`) },
      });
    },
  });
  const archive = useMutation({
    mutationFn: () => archiveWorkflow(id),
    onSuccess: () => {
      again();
      toast(`“${workflow.name}” is archived`, { action: { label: "Restore as draft", run: () => restore.mutate() } });
    },
  });
  const enable = useMutation({
    mutationFn: (enabled: boolean) => saveWorkflow(id, { enabled }),
    onSuccess: again,
  });
  const save = async () => download(fileName(workflow.name), exportText((await loadWorkflow(id)).workflow));
  return { archive, restore, enable, save, navigate };
};

export const WorkflowRow = ({ workflow }: { workflow: Workflow }) => {
  const { archive, restore, enable, save, navigate } = useActs(workflow);
  const { workflow_id: id, name, description, status, updated_at } = workflow;
  const runs = useQuery({
    queryKey: ["sparkline", id],
    queryFn: () => recentExecutions(id),
    staleTime: 30_000,
    retry: false,
  });
  const archived = status === "archived";
  const items: MenuItem[] = [
    { label: "Executions", icon: History, onSelect: () => void navigate(`/workflows/${id}/runs`) },
    { label: "Webhooks, schedules, people", icon: Settings2, onSelect: () => void navigate(`/workflows/${id}/manage`) },
    { label: "Export as JSON", icon: Download, onSelect: () => void save() },
    archived
      ? { label: "Restore as a new draft", icon: ArchiveRestore, onSelect: () => restore.mutate(), divided: true }
      : { label: "Archive", icon: Archive, onSelect: () => archive.mutate(), danger: true, divided: true },
  ];
  return (
    <li className="workflow-row">
      <div className="grow">
        <Link to={`/workflows/${id}`} className="workflow-name" dir="auto">
          {name}
        </Link>
        <p className="muted small clip" dir="auto">
          {description || counted(Object.keys(workflow.nodes ?? {}).length, "node")}
        </p>
      </div>
      <div className="row workflow-state">
        <WorkflowStatusChip workflow={workflow} />
      </div>
      <Link to={`/workflows/${id}/runs`} className="workflow-spark" aria-label={`Executions of ${name}`}>
        <Sparkline executions={runs.data ?? []} />
      </Link>
      <time className="small muted workflow-time" dateTime={updated_at} title={moment(updated_at)}>
        {ago(updated_at)}
      </time>
      {status === "published" ? (
        <Switch
          checked={workflow.enabled}
          label={`${name} is on`}
          disabled={enable.isPending}
          onChange={(on) => enable.mutate(on)}
        />
      ) : (
        <span style={{ width: 32 }} />
      )}
      <Menu label={`More for ${name}`} icon={EllipsisVertical} items={items} />
    </li>
  );
};
