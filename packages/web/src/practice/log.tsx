// What was said and what would be sent, in order, as people would see it.
import {
  Bot,
  Braces,
  Clapperboard,
  Clock,
  Code,
  Globe,
  type LucideIcon,
  MessageCircle,
  Pin,
  Puzzle,
  RotateCcw,
  Terminal,
} from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { revealNode } from "../builder/acts.js";
import { Chip, JsonView } from "../ui/bits.js";
import { clockTime, span } from "../ui/time.js";
import { AnswerEditor } from "./answer-editor.js";
import type { Sent, SentKind } from "./outside.js";
import { type Entry, useTry } from "./store.js";

const icons: Record<SentKind, LucideIcon> = {
  chat: MessageCircle,
  overlay: Clapperboard,
  module: Puzzle,
  command: Terminal,
  http: Globe,
  code: Code,
};

const NodeLink = ({ id }: { id: string }) => (
  <button type="button" className="link mono" onClick={() => revealNode(id)}>
    {id}
  </button>
);

const SentCard = ({ sent }: { sent: Sent }) => {
  const [open, setOpen] = useState(false);
  const Icon = icons[sent.kind];
  return (
    <div className={`sent ${sent.failed ? "failed" : ""}`}>
      <button type="button" className="sent-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon size={14} aria-hidden />
        <span className="grow clip mono">{sent.title}</span>
        {sent.pinned && <Pin size={12} aria-label="Pinned answer" />}
        {sent.attempt > 1 && <Chip>attempt {sent.attempt}</Chip>}
        <Chip tone={sent.failed ? "bad" : "good"}>
          {sent.failed ? "failed" : sent.kind === "code" ? "pretended" : "answered"}
        </Chip>
      </button>
      {sent.text && <p dir="auto">{sent.text}</p>}
      {sent.kind === "code" && (
        <p className="small muted">
          Code needs the server's sandbox. Type its result below and pin it, to go on with real data.
        </p>
      )}
      {open && (
        <div className="stack">
          <JsonView value={sent.body} label="What would be sent" />
          <AnswerEditor node={sent.node} answer={sent.answer} />
          <span className="small muted">
            at <NodeLink id={sent.node} />
          </span>
        </div>
      )}
    </div>
  );
};

const Bubble = ({ sent }: { sent: Sent }) => {
  const [open, setOpen] = useState(false);
  return (
    <div className="bubble bot">
      <div className="bubble-head">
        <Bot size={14} aria-hidden /> <strong>bot</strong>
        <span className="faint small">{sent.where}</span>
        {sent.failed && <Chip tone="bad">not sent</Chip>}
        <span className="grow" />
        <button type="button" className="link small" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Braces size={12} aria-hidden />
          <span className="hidden-visually">Details of this message</span>
        </button>
      </div>
      <p dir="auto">{sent.text}</p>
      {open && (
        <div className="stack">
          <JsonView value={sent.body} label="What would be sent" />
          <AnswerEditor node={sent.node} answer={sent.answer} />
          <span className="small muted">
            at <NodeLink id={sent.node} />
          </span>
        </div>
      )}
    </div>
  );
};

const Line = ({ entry }: { entry: Entry }) => {
  switch (entry.kind) {
    case "said":
      return (
        <div className="bubble">
          <div className="bubble-head">
            <strong>{entry.person.name}</strong>
            {entry.person.role !== "everyone" && <Chip>{entry.person.role}</Chip>}
            <span className="faint small">{entry.platform}</span>
          </div>
          <p dir="auto">{entry.text}</p>
        </div>
      );
    case "happened":
      return (
        <details className="happened">
          <summary>{entry.title}</summary>
          <JsonView value={entry.data} label="Data" />
        </details>
      );
    case "sent":
      return entry.sent.kind === "chat" ? <Bubble sent={entry.sent} /> : <SentCard sent={entry.sent} />;
    case "pause":
      return (
        <p className="pause small">
          {entry.pause.why === "retry" ? <RotateCcw size={12} aria-hidden /> : <Clock size={12} aria-hidden />}{" "}
          {entry.pause.why === "retry"
            ? `Tried again after ${span(entry.pause.seconds)}: ${entry.pause.message}`
            : `${span(entry.pause.seconds)} pass`}
        </p>
      );
    case "note":
      return (
        <p className={`note-line ${entry.tone}`} title={clockTime(entry.at)}>
          {entry.text} {entry.node !== undefined && <NodeLink id={entry.node} />}
        </p>
      );
  }
};

export const Log = () => {
  const entries = useTry((state) => state.entries);
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line is the reason to scroll
  useEffect(() => {
    // Newer browsers answer with a promise, which must not become the effect's cleanup.
    void list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [entries.length]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <div className="try-log" ref={list} role="log" aria-label="Practice chat" tabIndex={0}>
      {entries.length === 0 && (
        <div className="empty">
          <h2>As if the chat were there</h2>
          <p>Write a command below, or fire an event. The draft runs here in the page; nothing is sent to anybody.</p>
        </div>
      )}
      {entries.map((entry) => (
        <Line key={entry.id} entry={entry} />
      ))}
    </div>
  );
};
