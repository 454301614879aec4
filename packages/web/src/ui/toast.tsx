// Short messages at the bottom of the page, read out by screen readers.
import { create } from "zustand";

interface Toast {
  id: number;
  text: string;
  bad: boolean;
  action?: { label: string; run: () => void };
}

let next = 1;
const useToasts = create<{ toasts: Toast[] }>(() => ({ toasts: [] }));
const drop = (id: number) => useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((each) => each.id !== id) }));

/** Shows a line for a few seconds; errors stay a little longer. */
export const toast = (text: string, options: { bad?: boolean; action?: Toast["action"] } = {}): void => {
  const id = next++;
  const entry: Toast = { id, text, bad: options.bad ?? false, ...(options.action ? { action: options.action } : {}) };
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts.slice(-2), entry] }));
  window.setTimeout(() => drop(id), entry.bad || entry.action ? 8000 : 4000);
};

export const Toasts = () => {
  const toasts = useToasts((state) => state.toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map(({ id, text, bad, action }) => (
        <div key={id} className={bad ? "toast bad" : "toast"}>
          <span>{text}</span>
          {action && (
            <button
              type="button"
              onClick={() => {
                drop(id);
                action.run();
              }}
            >
              {action.label}
            </button>
          )}
        </div>
      ))}
    </div>
  );
};
