// Whether the server can be reached: what the last request met, asked again every few seconds while it cannot.
import { create } from "zustand";

interface Connection {
  reachable: boolean;
  checking: boolean;
}

export const useConnection = create<Connection>(() => ({ reachable: true, checking: false }));

let timer: number | undefined;

/** Notes what a request met; starts asking again when nothing answered. */
export const noteReachable = (reachable: boolean): void => {
  if (useConnection.getState().reachable !== reachable) useConnection.setState({ reachable });
  window.clearTimeout(timer);
  if (!reachable) timer = window.setTimeout(() => void checkNow(), 4000);
};

/** Asks the server whether it is there. */
export const checkNow = async (): Promise<void> => {
  useConnection.setState({ checking: true });
  try {
    await fetch("/health", { cache: "no-store" });
    noteReachable(true);
  } catch {
    noteReachable(false);
  } finally {
    useConnection.setState({ checking: false });
  }
};

window.addEventListener("online", () => void checkNow());
window.addEventListener("offline", () => noteReachable(false));
