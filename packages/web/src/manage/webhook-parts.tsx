// Parts of a webhook's card: its address, lines that call it, and what became of the last calls.
import { useQuery } from "@tanstack/react-query";
import { Copy } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { listDeliveries } from "../api/manage.js";
import type { Webhook } from "../api/types.js";
import { Chip, Loading, type Tone, Trouble } from "../ui/bits.js";
import { IconButton } from "../ui/button.js";
import { ago, moment } from "../ui/time.js";
import { toast } from "../ui/toast.js";
import { callLines } from "./call-lines.js";

export const copy = (text: string) => void navigator.clipboard.writeText(text).then(() => toast("Copied"));

export const addressOf = ({ token, url }: Pick<Webhook, "token" | "url">): string =>
  url || `${window.location.origin}/api/v1/workflows/webhooks/${token}`;

export const Lines = ({ webhook, secret }: { webhook: Webhook; secret: string | undefined }) => {
  const lines = callLines(addressOf(webhook), webhook.token, webhook.require_signature, secret);
  const [language, setLanguage] = useState<keyof typeof lines>("curl");
  return (
    <div className="stack">
      <div className="row">
        <div className="tabs grow" role="tablist" aria-label="Language">
          {(Object.keys(lines) as (keyof typeof lines)[]).map((each) => (
            <button
              key={each}
              type="button"
              role="tab"
              aria-selected={each === language}
              onClick={() => setLanguage(each)}
            >
              {each}
            </button>
          ))}
        </div>
        <IconButton small icon={Copy} label="Copy the lines" onClick={() => copy(lines[language])} />
      </div>
      <pre className="json">{lines[language]}</pre>
    </div>
  );
};

const outcomes: Record<string, Tone> = { accepted: "good", duplicate: "", challenge: "accent", refused: "bad" };

export const Deliveries = ({ id, webhookId }: { id: string; webhookId: string }) => {
  const list = useQuery({
    queryKey: ["deliveries", webhookId],
    queryFn: () => listDeliveries(id, webhookId),
    retry: false,
  });
  if (list.isPending) return <Loading />;
  if (list.isError) return <Trouble error={list.error} what="The list of calls" />;
  if (list.data.length === 0) return <p className="small muted">Nobody has called it yet.</p>;
  return (
    <ul className="stack">
      {list.data.map(({ at, outcome, code, detail, calls, execution_id }) => (
        <li key={`${at} ${outcome} ${execution_id}`} className="row small">
          <Chip tone={outcomes[outcome] ?? ""}>{outcome}</Chip>
          <time dateTime={at} title={moment(at)}>
            {ago(at)}
          </time>
          <span className="muted grow">
            {[code, detail, calls > 1 ? `${calls} calls` : ""].filter(Boolean).join(" · ")}
          </span>
          {execution_id && <Link to={`/workflows/${id}/runs/${execution_id}`}>execution</Link>}
        </li>
      ))}
    </ul>
  );
};
