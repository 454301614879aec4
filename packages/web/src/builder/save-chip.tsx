// Whether the server has what is drawn.
import { Check, CloudOff, LoaderCircle, TriangleAlert } from "lucide-react";
import { saveNow } from "./saving.js";
import { useBuilder } from "./store.js";

const words = {
  saved: "Saved",
  waiting: "Edited",
  saving: "Saving…",
  offline: "Kept here, offline",
  conflict: "Changed elsewhere",
  refused: "Not saved",
} as const;

const icons = {
  saved: Check,
  waiting: LoaderCircle,
  saving: LoaderCircle,
  offline: CloudOff,
  conflict: TriangleAlert,
  refused: TriangleAlert,
} as const;

export const SaveChip = () => {
  const save = useBuilder((state) => state.save);
  const problem = useBuilder((state) => state.saveProblem);
  const Icon = icons[save];
  return (
    <button
      type="button"
      className={`save-chip ${save}`}
      aria-live="polite"
      title={problem ?? "Edits are saved by themselves"}
      onClick={() => void saveNow()}
    >
      <Icon size={14} aria-hidden />
      <span>{words[save]}</span>
    </button>
  );
};
