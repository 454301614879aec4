// Asking why: what every trigger would say to a command now, gate by gate.
import { useMutation } from "@tanstack/react-query";
import { Check, CircleHelp, type LucideIcon, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { explainTrigger } from "../api/manage.js";
import { homeCommunity } from "../app/session.js";
import { Chip, Notice } from "../ui/bits.js";
import { Button } from "../ui/button.js";

const icons: Record<string, LucideIcon> = { pass: Check, stop: X, unknown: CircleHelp };

export const Explain = () => {
  const [message, setMessage] = useState("");
  const [user, setUser] = useState("");
  const ask = useMutation({ mutationFn: () => explainTrigger(homeCommunity(), message.trim(), user.trim()) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <section className="stack explain" aria-label="Ask why">
      <form className="row wrap" onSubmit={submit}>
        <input
          className="input grow mono"
          aria-label="What was written"
          placeholder="!hug @grace"
          value={message}
          onChange={(event) => setMessage(event.target.value)}
        />
        <input
          className="input grow"
          aria-label="By whom"
          placeholder="by whom (optional)"
          value={user}
          onChange={(event) => setUser(event.target.value)}
        />
        <Button type="submit" disabled={message.trim() === "" || ask.isPending}>
          Ask why
        </Button>
      </form>
      {ask.data && (
        <>
          <Notice>{ask.data.answer}</Notice>
          {ask.data.candidates.map(({ workflow_id, workflow_name, node_id, would_start, gates }) => (
            <div key={`${workflow_id} ${node_id}`} className="card manage-card">
              <div className="row">
                <Link className="grow" to={`/workflows/${workflow_id}`}>
                  {workflow_name}
                </Link>
                <Chip tone={would_start === "yes" ? "good" : would_start === "no" ? "bad" : "warn"}>
                  {would_start === "yes" ? "would start" : would_start === "no" ? "would not start" : "cannot be said"}
                </Chip>
              </div>
              <ul className="gates">
                {gates.map(({ gate, verdict, detail }) => {
                  const Icon = icons[verdict] ?? CircleHelp;
                  return (
                    <li key={gate} className={`row small gate ${verdict}`}>
                      <Icon size={14} aria-label={verdict} />
                      <strong>{gate.replaceAll("_", " ")}</strong>
                      <span className="muted">{detail}</span>
                    </li>
                  );
                })}
              </ul>
            </div>
          ))}
        </>
      )}
    </section>
  );
};
