// Search first, then choose: the list behind the palette, the command list and connecting by keyboard. Typing
// filters, arrows move, Enter takes; the pointer works as well.
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";

export interface Choice {
  id: string;
  label: string;
  detail?: string;
  icon?: ReactNode;
  hint?: string;
  group?: string;
}

interface Props {
  label: string;
  placeholder: string;
  /** The choices for a text, best first. */
  find: (text: string) => Choice[];
  onChoose: (id: string) => void;
  onClose: () => void;
  empty?: string;
}

export const Picker = ({ label, placeholder, find, onChoose, onClose, empty = "Nothing fits." }: Props) => {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const choices = find(text);
  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    list.current?.querySelector(`[data-index="${at}"]`)?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    const move = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (move !== 0) setAt((now) => (choices.length === 0 ? 0 : (now + move + choices.length) % choices.length));
    else if (event.key === "Enter" && choices[at]) onChoose(choices[at].id);
    else if (event.key === "Escape") onClose();
    else if (event.key !== "Tab") return;
    event.preventDefault();
  };

  return (
    <div className="picker">
      <input
        ref={input}
        className="picker-input"
        role="combobox"
        aria-label={label}
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={choices[at] ? `${listId}-${at}` : undefined}
        placeholder={placeholder}
        value={text}
        autoComplete="off"
        spellCheck={false}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
      />
      <div ref={list} className="picker-list" role="listbox" id={listId} aria-label={label}>
        {choices.length === 0 && <p className="picker-empty">{empty}</p>}
        {choices.map((choice, index) => (
          <div key={choice.id} role="presentation">
            {choice.group !== undefined && choice.group !== choices[index - 1]?.group && (
              <div className="picker-group">{choice.group}</div>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the combobox, as its role asks */}
            <div
              role="option"
              tabIndex={-1}
              id={`${listId}-${index}`}
              data-index={index}
              aria-selected={index === at}
              className="picker-choice"
              onPointerMove={() => setAt(index)}
              onClick={() => onChoose(choice.id)}
            >
              {choice.icon}
              <span className="grow">
                <span className="picker-label">{choice.label}</span>
                {choice.detail && <span className="picker-detail">{choice.detail}</span>}
              </span>
              {choice.hint && <kbd>{choice.hint}</kbd>}
            </div>
          </div>
        ))}
      </div>
    </div>
  );
};
