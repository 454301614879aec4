// Versions: which one runs, what each one changed, and one click back.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Undo } from "lucide-react";
import { useState } from "react";
import type { VersionSummary } from "../api/types.js";
import { listVersions, loadVersion, rollbackWorkflow, unpublishWorkflow } from "../api/workflows.js";
import { Chip, Empty, Loading, Trouble } from "../ui/bits.js";
import { Button, IconButton } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { ago, moment } from "../ui/time.js";
import { toast } from "../ui/toast.js";
import { difference } from "./diff.js";
import { DiffCanvas, DiffList } from "./diff-view.js";
import { saveNow, takeOver } from "./saving.js";
import { useBuilder, useDraft } from "./store.js";
import { RenameVersion, versionCalled } from "./version-label.js";
import "./dialogs.css";

const Compare = ({ id, of, onClose }: { id: string; of: VersionSummary; onClose: () => void }) => {
  const { version } = of;
  const draft = useDraft();
  const query = useQuery({
    queryKey: ["version", id, version],
    queryFn: () => loadVersion(id, version),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const found = query.data && difference(query.data, draft);
  return (
    <Dialog title={`From ${versionCalled(of)} to the draft`} wide onClose={onClose}>
      {query.isError && <Trouble error={query.error} what="This version" />}
      {query.data && found && (
        <>
          <DiffCanvas before={query.data} after={draft} difference={found} />
          <DiffList difference={found} />
        </>
      )}
    </Dialog>
  );
};

const VersionsPanel = () => {
  const workflow = useBuilder((state) => state.workflow);
  const id = workflow?.workflow_id ?? "";
  const [comparing, setComparing] = useState<VersionSummary>();
  const [naming, setNaming] = useState<VersionSummary>();
  const queries = useQueryClient();
  const list = useQuery({
    queryKey: ["versions", id, workflow?.published_version],
    queryFn: () => listVersions(id),
    retry: false,
  });
  const rollback = useMutation({
    mutationFn: async ({ version }: VersionSummary) => {
      await saveNow();
      return rollbackWorkflow(id, version);
    },
    onSuccess: (loaded, of) => {
      takeOver(loaded, `Roll back to ${versionCalled(of)}`);
      void queries.invalidateQueries({ queryKey: ["versions"] });
      toast(`${versionCalled(of)} runs again`);
    },
  });
  const unpublish = useMutation({
    mutationFn: () => unpublishWorkflow(id),
    onSuccess: (loaded) => {
      takeOver(loaded, "Unpublish");
      toast("Unpublished: nothing starts it any more");
    },
  });
  if (list.isPending) return <Loading label="Loading versions" />;
  if (list.isError) return <Trouble error={list.error} what="The list of versions" retry={() => void list.refetch()} />;
  if (list.data.length === 0)
    return (
      <Empty title="No versions yet">
        <p>Publishing freezes what is drawn as a version. Versions never change, so you can always go back.</p>
      </Empty>
    );
  const item = (of: VersionSummary) => {
    const { version, title, note, created_at, author_id, published } = of;
    const runs = workflow?.published_version === version;
    return (
      <li key={version} className="version-row">
        <div className="row">
          <strong className="clip" dir="auto">
            {title ?? `v${version}`}
          </strong>
          {runs && (
            <Chip tone="good" dot>
              runs now
            </Chip>
          )}
          {!published && <Chip>kept, never ran</Chip>}
          <span className="grow" />
          <IconButton small icon={Pencil} label={`Name ${versionCalled(of)}`} onClick={() => setNaming(of)} />
        </div>
        {note && (
          <p className="small version-note" dir="auto">
            {note}
          </p>
        )}
        <div className="row wrap">
          <span className="small muted grow">
            {title && `v${version} · `}
            <time dateTime={created_at} title={moment(created_at)}>
              {ago(created_at)}
            </time>
            {author_id !== null && ` · user ${author_id}`}
          </span>
          <Button small look="quiet" onClick={() => setComparing(of)}>
            Compare
          </Button>
          {runs ? (
            <Button small look="quiet" danger disabled={unpublish.isPending} onClick={() => unpublish.mutate()}>
              Unpublish
            </Button>
          ) : (
            <Button small look="quiet" icon={Undo} disabled={rollback.isPending} onClick={() => rollback.mutate(of)}>
              Go back to it
            </Button>
          )}
        </div>
      </li>
    );
  };
  return (
    <>
      <ul className="panel-body">{list.data.map(item)}</ul>
      {comparing && <Compare id={id} of={comparing} onClose={() => setComparing(undefined)} />}
      {naming && <RenameVersion id={id} of={naming} onClose={() => setNaming(undefined)} />}
    </>
  );
};

export default VersionsPanel;
