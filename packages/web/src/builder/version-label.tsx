// The name and the note of a version: typed when it is published, and changed later.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { VersionSummary } from "../api/types.js";
import { labelVersion, type VersionLabel } from "../api/workflows.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { toast } from "../ui/toast.js";

/** v1.0.3 “Calm chat” */
export const versionCalled = ({ version, title }: Pick<VersionSummary, "version" | "title">): string =>
  title?.trim() ? `v${version} “${title.trim()}”` : `v${version}`;

interface FieldsProps {
  label: VersionLabel;
  onChange: (label: VersionLabel) => void;
}

export const VersionLabelFields = ({ label, onChange }: FieldsProps) => {
  const id = useId();
  return (
    <div className="stack">
      <label className="field-label" htmlFor={`${id}-title`}>
        Name of the version
      </label>
      <input
        id={`${id}-title`}
        className="input"
        maxLength={120}
        placeholder="Optional: Calm chat"
        dir="auto"
        value={label.title ?? ""}
        onChange={(event) => onChange({ ...label, title: event.target.value })}
      />
      <label className="field-label" htmlFor={`${id}-note`}>
        Why it was made
      </label>
      <textarea
        id={`${id}-note`}
        className="textarea"
        rows={2}
        maxLength={2000}
        placeholder="Optional, for whoever looks back later"
        dir="auto"
        value={label.note ?? ""}
        onChange={(event) => onChange({ ...label, note: event.target.value })}
      />
    </div>
  );
};

/** Changes the label of a version that is there. */
export const RenameVersion = ({ id, of, onClose }: { id: string; of: VersionSummary; onClose: () => void }) => {
  const [label, setLabel] = useState<VersionLabel>({ title: of.title, note: of.note });
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: () => labelVersion(id, of.version, label),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["versions", id] });
      void queries.invalidateQueries({ queryKey: ["version", id, of.version] });
      toast(`Now called ${versionCalled({ ...of, ...label })}`);
      onClose();
    },
  });
  return (
    <Dialog
      title={`Name v${of.version}`}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>Leave it</Button>
          <Button look="primary" disabled={save.isPending} onClick={() => save.mutate()}>
            Save the name
          </Button>
        </>
      }
    >
      <VersionLabelFields label={label} onChange={setLabel} />
    </Dialog>
  );
};
