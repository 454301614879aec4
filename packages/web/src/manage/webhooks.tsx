// The addresses of a workflow: making them, switching them, and lines that call them.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Copy, KeyRound, Plus, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { createWebhook, deleteWebhook, listWebhooks, rotateSecret, updateWebhook } from "../api/manage.js";
import type { Webhook } from "../api/types.js";
import { Empty, Loading, Notice, Switch, Trouble } from "../ui/bits.js";
import { Button, IconButton } from "../ui/button.js";
import { countSince } from "../ui/time.js";
import { addressOf, copy, Deliveries, Lines } from "./webhook-parts.js";

const Card = ({
  webhook,
  secret,
  onSecret,
  id,
}: {
  webhook: Webhook;
  secret: string | undefined;
  onSecret: (webhook: Webhook) => void;
  id: string;
}) => {
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const again = () => void queries.invalidateQueries({ queryKey: ["webhooks", id] });
  const change = useMutation({
    mutationFn: (body: Partial<Webhook>) => updateWebhook(id, webhook.webhook_id, body),
    onSuccess: again,
  });
  const remove = useMutation({ mutationFn: () => deleteWebhook(id, webhook.webhook_id), onSuccess: again });
  const rotate = useMutation({
    mutationFn: () => rotateSecret(id, webhook.webhook_id),
    onSuccess: (fresh) => onSecret({ ...webhook, ...fresh }),
  });
  return (
    <li className="card manage-card">
      <div className="row wrap manage-head">
        <Switch
          checked={webhook.enabled}
          label={`${webhook.name} is on`}
          onChange={(enabled) => change.mutate({ enabled })}
        />
        <strong className="grow" dir="auto">
          {webhook.name}
        </strong>
        <span className="small muted">
          {countSince(webhook.trigger_count, ["call", "calls", "not called yet"], webhook.last_triggered_at)}
        </span>
        <Button small look="quiet" icon={KeyRound} disabled={rotate.isPending} onClick={() => rotate.mutate()}>
          New secret
        </Button>
        <IconButton small icon={Trash2} label={`Delete ${webhook.name}`} onClick={() => remove.mutate()} />
      </div>
      {secret && (
        <Notice tone="warn">
          The secret is shown only now: <code>{secret}</code>{" "}
          <button type="button" className="link" onClick={() => copy(secret)}>
            Copy
          </button>
        </Notice>
      )}
      <div className="row">
        <code className="grow clip">{addressOf(webhook)}</code>
        <IconButton small icon={Copy} label="Copy the address" onClick={() => copy(addressOf(webhook))} />
      </div>
      <div className="row wrap small">
        <span className="row">
          <Switch
            checked={webhook.require_signature}
            label="Signature required"
            onChange={(require_signature) => change.mutate({ require_signature })}
          />
          Signature required
        </span>
        <label className="row">
          At most
          <input
            className="input short"
            type="number"
            min={1}
            defaultValue={webhook.rate_limit_max}
            onBlur={(event) => change.mutate({ rate_limit_max: event.target.valueAsNumber })}
          />
          calls in
          <input
            className="input short"
            type="number"
            min={1}
            defaultValue={webhook.rate_limit_window}
            onBlur={(event) => change.mutate({ rate_limit_window: event.target.valueAsNumber })}
          />
          s
        </label>
        <label className="row grow">
          From
          <input
            className="input"
            placeholder="any address"
            defaultValue={(webhook.ip_allowlist ?? []).join(", ")}
            onBlur={(event) =>
              change.mutate({ ip_allowlist: event.target.value.split(/[\s,]+/).filter((each) => each !== "") })
            }
          />
        </label>
      </div>
      <details>
        <summary className="small muted">Lines that call it</summary>
        <Lines webhook={webhook} secret={secret} />
      </details>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="small muted">Recent calls</summary>
        {open && <Deliveries id={id} webhookId={webhook.webhook_id} />}
      </details>
    </li>
  );
};

export const Webhooks = ({ id }: { id: string }) => {
  const queries = useQueryClient();
  const [secrets, setSecrets] = useState<Record<string, string>>({});
  const [name, setName] = useState("");
  const list = useQuery({ queryKey: ["webhooks", id], queryFn: () => listWebhooks(id), retry: false });
  const remember = (webhook: Webhook) =>
    setSecrets((before) => (webhook.secret ? { ...before, [webhook.webhook_id]: webhook.secret } : before));
  const create = useMutation({
    mutationFn: () => createWebhook(id, { name: name.trim() || "Webhook" }),
    onSuccess: (webhook) => {
      remember(webhook);
      setName("");
      void queries.invalidateQueries({ queryKey: ["webhooks", id] });
    },
  });
  if (list.isPending) return <Loading />;
  if (list.isError) return <Trouble error={list.error} what="The list of webhooks" retry={() => void list.refetch()} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <div className="stack-l">
      <form className="row" onSubmit={submit}>
        <input
          className="input grow"
          aria-label="Name of the new webhook"
          placeholder="Name, such as Ko-fi"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Button look="primary" icon={Plus} type="submit" disabled={create.isPending}>
          New webhook
        </Button>
      </form>
      {list.data.length === 0 ? (
        <Empty title="No address yet">
          <p>
            A webhook lets other programs start this workflow. The workflow also needs a Webhook trigger, and has to be
            published.
          </p>
        </Empty>
      ) : (
        <ul className="stack-l">
          {list.data.map((webhook) => (
            <Card
              key={webhook.webhook_id}
              id={id}
              webhook={webhook}
              secret={secrets[webhook.webhook_id]}
              onSecret={remember}
            />
          ))}
        </ul>
      )}
    </div>
  );
};
