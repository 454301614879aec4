// The two ways to a new workflow, above the list.
import { FileJson, Plus } from "lucide-react";
import { Button } from "../ui/button.js";

export type Way = "new" | "import";

export const NewButtons = ({ onOpen }: { onOpen: (way: Way) => void }) => (
  <>
    <Button icon={FileJson} onClick={() => onOpen("import")}>
      Import
    </Button>
    <Button icon={Plus} look="primary" onClick={() => onOpen("new")}>
      New workflow
    </Button>
  </>
);
