// Where things are made to happen: a line of chat as somebody, an event, a webhook's body, a tick of the clock.
import { isJsonObject, type Json, nodeType } from "@workflow-core/core";
import { CalendarClock, MessageCircle, Send, Webhook, Zap } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useDraft } from "../builder/store.js";
import { triggerSample } from "../form/sample.js";
import { JsonEditor } from "../form/value-widget.js";
import { Button, IconButton } from "../ui/button.js";
import { fireEvent, fireWebhook, say, tickClock } from "./fire.js";
import { type Role, roles } from "./match.js";
import { setPerson, useTry } from "./store.js";

const platforms = ["twitch", "discord", "youtube", "kick", "slack"];

const People = () => {
  const { person, platform } = useTry();
  return (
    <div className="row try-people">
      <input
        className="input"
        aria-label="Name of the person"
        value={person.name}
        onChange={(event) =>
          setPerson({ name: event.target.value, id: event.target.value === "ada" ? "1001" : `u-${event.target.value}` })
        }
      />
      <select
        className="select"
        aria-label="Role"
        value={person.role}
        onChange={(event) => setPerson({ role: event.target.value as Role })}
      >
        {roles.map((role) => (
          <option key={role} value={role}>
            {role === "everyone" ? "viewer" : role}
          </option>
        ))}
      </select>
      <select
        className="select"
        aria-label="Platform"
        value={platform}
        onChange={(event) => useTry.setState({ platform: event.target.value })}
      >
        {platforms.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </div>
  );
};

/** A line that would start the first command of the drawing. */
const suggestion = (draft: ReturnType<typeof useDraft>): string => {
  const id = Object.keys(draft.nodes).find((each) => draft.nodes[each]?.node_type === "trigger_command");
  const message = id === undefined ? undefined : triggerSample(draft, id).message;
  return typeof message === "string" ? message : "hello";
};

const Chat = () => {
  const draft = useDraft();
  const [text, setText] = useState("");
  const [before, setBefore] = useState<string[]>([]);
  const hint = suggestion(draft);
  const send = (event: FormEvent) => {
    event.preventDefault();
    const line = text.trim() || hint;
    say(line);
    setBefore([line, ...before]);
    setText("");
  };
  return (
    <form className="row" onSubmit={send}>
      <input
        className="input grow"
        aria-label="Chat message"
        placeholder={hint}
        value={text}
        autoComplete="off"
        dir="auto"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "ArrowUp" && text === "" && before[0]) setText(before[0]);
          if (event.key === "Tab" && text === "" && !event.shiftKey) {
            event.preventDefault();
            setText(hint);
          }
        }}
      />
      <IconButton icon={Send} look="primary" label="Send" type="submit" />
    </form>
  );
};

const presets = ["raid", "subscription", "follow", "cheer", "donation"];
const eventSample = (config: Record<string, Json>): Json => {
  const type = nodeType("trigger_event");
  return type?.behaviour === "trigger" ? (type.sample(config).event ?? {}) : {};
};

const Events = () => {
  const draft = useDraft();
  const drawn = Object.values(draft.nodes).flatMap(({ node_type, config }) =>
    node_type === "trigger_event" && typeof config?.event_type === "string" ? [config.event_type] : [],
  );
  const types = [...new Set([...drawn, ...presets])];
  const [type, setType] = useState(types[0] ?? "raid");
  const [data, setData] = useState<Json>(() => eventSample({ event_type: type }));
  const choose = (next: string) => {
    setType(next);
    setData(eventSample({ event_type: next }));
  };
  return (
    <div className="stack">
      <div className="row">
        <input
          className="input grow"
          list="try-events"
          aria-label="Event"
          value={type}
          onChange={(event) => choose(event.target.value)}
        />
        <datalist id="try-events">
          {types.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
        <Button look="primary" icon={Zap} onClick={() => fireEvent(type, isJsonObject(data) ? data : {})}>
          Fire
        </Button>
      </div>
      <div className="row wrap">
        {types.map((each) => (
          <button
            key={each}
            type="button"
            className={each === type ? "chip accent" : "chip"}
            onClick={() => choose(each)}
          >
            {each}
          </button>
        ))}
      </div>
      <JsonEditor label="Data of the event" value={data} invalid={false} onChange={(next) => setData(next ?? {})} />
    </div>
  );
};

const Hook = () => {
  const draft = useDraft();
  const node = Object.values(draft.nodes).find(({ node_type }) => node_type === "trigger_webhook");
  const [body, setBody] = useState<Json>(node?.config?.sample_payload ?? {});
  return (
    <div className="stack">
      <JsonEditor label="Body of the call" value={body} invalid={false} onChange={(next) => setBody(next ?? {})} />
      <Button look="primary" icon={Webhook} onClick={() => fireWebhook(body)}>
        Call the webhook
      </Button>
    </div>
  );
};

const localNow = (): string => {
  const date = new Date();
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

const Clock = () => {
  const [time, setTime] = useState(localNow);
  return (
    <div className="row">
      <input
        className="input grow"
        type="datetime-local"
        aria-label="Time of the tick"
        value={time}
        onChange={(event) => setTime(event.target.value)}
      />
      <Button look="primary" icon={CalendarClock} onClick={() => tickClock(new Date(time).toISOString())}>
        Tick
      </Button>
    </div>
  );
};

const ways = { chat: MessageCircle, event: Zap, webhook: Webhook, clock: CalendarClock } as const;
type Way = keyof typeof ways;
const titles: Record<Way, string> = { chat: "Chat", event: "Event", webhook: "Webhook", clock: "Clock" };
const wayOf: Record<string, Way> = {
  trigger_command: "chat",
  trigger_event: "event",
  trigger_webhook: "webhook",
  trigger_schedule: "clock",
};

export const Composer = () => {
  const draft = useDraft();
  const first = Object.values(draft.nodes).flatMap(({ node_type }) => wayOf[node_type] ?? [])[0];
  const [way, setWay] = useState<Way>(first ?? "chat");
  return (
    <div className="composer">
      <div className="row">
        <div className="tabs grow" role="tablist" aria-label="What happens">
          {(Object.keys(ways) as Way[]).map((each) => {
            const Icon = ways[each];
            return (
              <button key={each} type="button" role="tab" aria-selected={way === each} onClick={() => setWay(each)}>
                <Icon size={14} aria-hidden /> {titles[each]}
              </button>
            );
          })}
        </div>
      </div>
      {(way === "chat" || way === "event") && <People />}
      {way === "chat" && <Chat />}
      {way === "event" && <Events />}
      {way === "webhook" && <Hook />}
      {way === "clock" && <Clock />}
    </div>
  );
};
