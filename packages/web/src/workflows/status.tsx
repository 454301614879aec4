// Where a workflow stands, in a few words: Draft · Published v1.0.2 · changes.
import type { Workflow } from "../api/types.js";
import { Chip } from "../ui/bits.js";

interface Props {
  workflow: Pick<Workflow, "status" | "published_version" | "enabled" | "published_at" | "updated_at">;
  /** Changes since the published version, where they are known. */
  changes?: number | undefined;
}

export const WorkflowStatusChip = ({ workflow, changes }: Props) => {
  const { status, published_version, enabled, published_at, updated_at } = workflow;
  if (status === "archived") return <Chip>Archived</Chip>;
  if (status !== "published" || !published_version) return <Chip dot>Draft</Chip>;
  if (!enabled)
    return (
      <Chip tone="warn" dot>
        Off · v{published_version}
      </Chip>
    );
  const touched = changes === undefined ? published_at !== null && updated_at > published_at : changes > 0;
  const words = changes === undefined ? "changes" : changes === 1 ? "1 change" : `${changes} changes`;
  return (
    <>
      <Chip tone="good" dot>
        Published v{published_version}
      </Chip>
      {touched && <Chip tone="accent">{words}</Chip>}
    </>
  );
};
