// A list of words as chips: platforms, aliases.
import type { Json } from "@workflow-core/core";
import { X } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { useForm } from "./context.js";
import type { WidgetProps } from "./widget.js";

const platforms = ["twitch", "discord", "youtube", "kick", "slack"];

export const NamesWidget = ({ field, value, onChange, label, id }: WidgetProps) => {
  const { readOnly } = useForm();
  const [text, setText] = useState("");
  const names = Array.isArray(value) ? value.map((each: Json) => String(each)) : [];
  const set = (next: string[]) => onChange(next.length === 0 && field.optional ? undefined : [...new Set(next)]);
  const add = (written: string) => {
    const fresh = written.split(/[\s,]+/).filter((each) => each !== "");
    if (fresh.length > 0) set([...names, ...fresh]);
    setText("");
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault();
      add(text);
    } else if (event.key === "Backspace" && text === "") set(names.slice(0, -1));
  };
  return (
    <div className="names-widget">
      {names.map((name) => (
        <span key={name} className="chip accent">
          {name}
          {!readOnly && (
            <button
              type="button"
              aria-label={`Remove ${name}`}
              onClick={() => set(names.filter((each) => each !== name))}
            >
              <X size={12} aria-hidden />
            </button>
          )}
        </span>
      ))}
      {!readOnly && (
        <input
          id={id}
          aria-label={label}
          list={field.title === "Platforms" ? `${id}-list` : undefined}
          value={text}
          placeholder={names.length === 0 ? "Type and press Enter" : ""}
          onKeyDown={onKeyDown}
          onBlur={() => add(text)}
          onChange={(event) =>
            platforms.includes(event.target.value) ? add(event.target.value) : setText(event.target.value)
          }
        />
      )}
      {field.title === "Platforms" && (
        <datalist id={`${id}-list`}>
          {platforms.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </div>
  );
};
