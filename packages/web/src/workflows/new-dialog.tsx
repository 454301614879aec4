// A new workflow: empty, from an example, or from JSON; and where it belongs.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, Sparkles } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { Draft, Example } from "../api/types.js";
import { createWorkflow, listExamples } from "../api/workflows.js";
import { homeCommunity } from "../app/session.js";
import { emptyDraft } from "../builder/draft.js";
import { Dialog } from "../ui/dialog.js";
import { ImportPane } from "./import-pane.js";
import type { Way } from "./new-buttons.js";
import { starter } from "./starter.js";

const builtIn: Example[] = [
  {
    name: "starter",
    title: "Answer a command",
    description: "!hug in chat, an answer, done: the smallest useful workflow.",
    workflow: starter,
  },
];

const NewDialog = ({ way, onClose }: { way: Way; onClose: () => void }) => {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [tab, setTab] = useState<Way>(way);
  const [community, setCommunity] = useState(homeCommunity());
  const [entity, setEntity] = useState(homeCommunity());
  const examples = useQuery({
    queryKey: ["examples"],
    queryFn: listExamples,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const create = useMutation({
    mutationFn: (draft: Draft) => createWorkflow({ ...draft, community_id: community, entity_id: entity }),
    onSuccess: ({ workflow }) => {
      localStorage.setItem("workflow-core:community", String(community));
      void queries.invalidateQueries({ queryKey: ["workflows"] });
      void navigate(`/workflows/${workflow.workflow_id}`);
    },
  });
  const busy = create.isPending || create.isSuccess; // made once, however often it is clicked while the page changes
  const offered = examples.data?.length ? examples.data : builtIn;
  return (
    <Dialog title="New workflow" onClose={onClose} wide>
      <div className="tabs" role="tablist">
        <button type="button" role="tab" aria-selected={tab === "new"} onClick={() => setTab("new")}>
          Empty or example
        </button>
        <button type="button" role="tab" aria-selected={tab === "import"} onClick={() => setTab("import")}>
          Import JSON
        </button>
      </div>
      {tab === "import" ? (
        <ImportPane busy={busy} onImport={(draft) => create.mutate(draft)} />
      ) : (
        <ul className="gallery">
          <li>
            <button
              type="button"
              disabled={busy}
              onClick={() => create.mutate({ ...emptyDraft, name: "Untitled workflow" })}
            >
              <Plus size={20} aria-hidden />
              <strong>Empty</strong>
              <span className="muted small">Start from nothing: first what should start it, then what comes next.</span>
            </button>
          </li>
          {offered.map(({ name, title, description, workflow }) => (
            <li key={name}>
              <button
                type="button"
                disabled={busy}
                onClick={() =>
                  create.mutate({
                    ...emptyDraft,
                    ...workflow,
                    name: workflow.name ?? title,
                    description: workflow.description ?? description,
                  })
                }
              >
                <Sparkles size={20} aria-hidden />
                <strong>{title}</strong>
                <span className="muted small">{description}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary className="small muted">Where it belongs</summary>
        <div className="row" style={{ marginTop: 8 }}>
          <label className="grow small">
            Community
            <input
              className="input"
              type="number"
              min={1}
              value={community}
              onChange={(event) => setCommunity(Number(event.target.value))}
            />
          </label>
          <label className="grow small">
            Entity
            <input
              className="input"
              type="number"
              min={1}
              value={entity}
              onChange={(event) => setEntity(Number(event.target.value))}
            />
          </label>
        </div>
      </details>
    </Dialog>
  );
};

export default NewDialog;
