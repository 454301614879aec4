// A button that opens a short list of acts; arrows move, Escape closes, a click elsewhere closes.
import type { LucideIcon } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { IconButton } from "./button.js";

export interface MenuItem {
  label: string;
  icon?: LucideIcon;
  onSelect: () => void;
  disabled?: boolean;
  danger?: boolean;
  /** A line above it. */
  divided?: boolean;
}

interface Props {
  label: string;
  icon: LucideIcon;
  items: MenuItem[];
  align?: "left" | "right";
}

export const Menu = ({ label, icon, items, align = "right" }: Props) => {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>("[role=menuitem]:not(:disabled)")?.focus();
    const outside = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (!open) return;
    const all = [...(root.current?.querySelectorAll<HTMLElement>("[role=menuitem]:not(:disabled)") ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const move = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Escape") {
      setOpen(false);
      root.current?.querySelector<HTMLElement>("button")?.focus();
    } else if (move !== 0) all[(at + move + all.length) % all.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys that reach here come from the button and items inside
    <div ref={root} style={{ position: "relative" }} onKeyDown={onKeyDown}>
      <IconButton icon={icon} label={label} aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(!open)} />
      {open && (
        <div className="menu" role="menu" aria-label={label} style={{ top: "calc(100% + 4px)", [align]: 0 }}>
          {items.map(({ label: text, icon: Icon, onSelect, disabled, danger, divided }) => (
            <div key={text} role="none">
              {divided && <hr />}
              <button
                type="button"
                role="menuitem"
                disabled={disabled}
                style={danger ? { color: "var(--bad)" } : undefined}
                onClick={() => {
                  setOpen(false);
                  onSelect();
                }}
              >
                {Icon && <Icon size={16} aria-hidden />}
                {text}
              </button>
            </div>
          ))}
        </div>
      )}
    </div>
  );
};
