// An empty drawing says how to begin.
import { Plus } from "lucide-react";
import { Button } from "../ui/button.js";
import { openPalette } from "./acts.js";

export const EmptyCanvas = () => (
  <div className="empty-canvas">
    <h2>What should start it?</h2>
    <p className="muted">
      Add a trigger: a chat command, an event such as a raid, a webhook or the clock. Then drag from its port, and
      choose what comes next.
    </p>
    <Button look="primary" icon={Plus} onClick={openPalette}>
      Add a trigger
    </Button>
    <p className="small muted keys">
      or press <kbd>Tab</kbd>, <kbd>/</kbd>, or double-click. <kbd>Ctrl</kbd> <kbd>K</kbd> shows everything else.
    </p>
  </div>
);
