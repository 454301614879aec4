// Who else has this workflow open: told to the server every ten seconds, shown as a few names.
import { useQuery } from "@tanstack/react-query";
import { Users } from "lucide-react";
import { useEffect } from "react";
import { notePresence, type Other } from "../api/workflows.js";

const tab = crypto.randomUUID();
const shown = 3;

const nameOf = ({ name, you }: Other): string => (you ? "you, in another tab" : name);

export const Presence = ({ id }: { id: string }) => {
  const { data = [] } = useQuery({
    queryKey: ["presence", id],
    queryFn: () => notePresence(id, tab),
    refetchInterval: 10_000,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  useEffect(() => {
    const leave = () => void notePresence(id, tab, true).catch(() => undefined);
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, [id]);
  const names = data.map(nameOf);
  const more = names.length - shown;
  return (
    <span role="status" className="presence">
      {names.length > 0 && (
        <span className="chip" title={`Also open here: ${names.join(", ")}`}>
          <Users size={14} aria-hidden />
          <span className="hidden-visually">Also open here: </span>
          <span className="clip wide-only" dir="auto">
            {names.slice(0, shown).join(", ")}
            {more > 0 && ` and ${more} more`}
          </span>
        </span>
      )}
    </span>
  );
};
