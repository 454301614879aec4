// A banner for as long as the server cannot be reached.
import { WifiOff } from "lucide-react";
import { checkNow, useConnection } from "../api/connection.js";
import { Button } from "../ui/button.js";

export const OfflineBanner = () => {
  const { reachable, checking } = useConnection();
  if (reachable) return null;
  return (
    <div className="offline-banner" role="alert">
      <WifiOff size={16} aria-hidden />
      <span className="grow">
        The server cannot be reached. Edits are kept in this browser and saved when it is back.
      </span>
      <Button small disabled={checking} onClick={() => void checkNow()}>
        {checking ? "Trying…" : "Try now"}
      </Button>
    </div>
  );
};
