// Two people edited: both versions are shown, and nothing is lost whichever is chosen.
import { useMemo, useState } from "react";
import { Notice } from "../ui/bits.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { difference } from "./diff.js";
import { DiffList } from "./diff-view.js";
import { draftOf } from "./draft.js";
import { mergeDrafts } from "./merge.js";
import { resolveConflict } from "./saving.js";
import { useBuilder } from "./store.js";
import "./dialogs.css";

const Inner = ({ onLater }: { onLater: () => void }) => {
  const theirs = useBuilder((state) => state.theirs);
  const base = useBuilder((state) => state.base);
  const mine = useBuilder((state) => state.history.present);
  const seen = useMemo(() => {
    if (!theirs) return undefined;
    const server = draftOf(theirs.workflow);
    return { mine: difference(base, mine), theirs: difference(base, server), merged: mergeDrafts(base, mine, server) };
  }, [theirs, base, mine]);
  if (!seen) return null;
  const { clashes } = seen.merged;
  return (
    <Dialog
      title="Somebody else has changed this workflow"
      wide
      onClose={onLater}
      footer={
        <>
          <Button onClick={() => resolveConflict("theirs")}>Take theirs</Button>
          <Button onClick={() => resolveConflict("mine")}>Keep mine</Button>
          <Button look="primary" onClick={() => resolveConflict("merge")}>
            {clashes.length === 0 ? "Keep both" : "Keep both, mine where they clash"}
          </Button>
        </>
      }
    >
      <Notice tone={clashes.length > 0 ? "warn" : ""}>
        {clashes.length === 0
          ? "Your changes and theirs do not touch the same parts, so both can be kept."
          : `Both changed: ${clashes.join(", ")}.`}{" "}
        Whatever you choose, Ctrl+Z brings your own drawing back.
      </Notice>
      <div className="two">
        <section className="stack">
          <h3>Yours</h3>
          <DiffList difference={seen.mine} />
        </section>
        <section className="stack">
          <h3>Theirs</h3>
          <DiffList difference={seen.theirs} />
        </section>
      </div>
    </Dialog>
  );
};

const ConflictDialog = () => {
  const theirs = useBuilder((state) => (state.save === "conflict" ? state.theirs : undefined));
  const [later, setLater] = useState<typeof theirs>();
  if (!theirs) return null;
  if (later === theirs)
    return (
      <div className="conflict-bar">
        <span className="grow">
          This workflow was changed elsewhere. Your edits are kept in this browser, but not saved.
        </span>
        <Button small onClick={() => setLater(undefined)}>
          Compare
        </Button>
      </div>
    );
  return <Inner onLater={() => setLater(theirs)} />;
};

export default ConflictDialog;
