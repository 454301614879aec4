// Secrets: names that workflows use as {{ secrets.NAME }}. Values go in and never come out.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { deleteSecret, listSecrets, saveSecret } from "../api/manage.js";
import { homeCommunity } from "../app/session.js";
import { Empty, Loading, Trouble } from "../ui/bits.js";
import { Button, IconButton } from "../ui/button.js";
import { ago } from "../ui/time.js";
import "./manage.css";

const SecretsPage = () => {
  const queries = useQueryClient();
  const [community, setCommunity] = useState(homeCommunity);
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const list = useQuery({ queryKey: ["secrets", community], queryFn: () => listSecrets(community), retry: false });
  const again = () => void queries.invalidateQueries({ queryKey: ["secrets", community] });
  const save = useMutation({
    mutationFn: () => saveSecret(community, name.trim(), value),
    onSuccess: () => {
      setName("");
      setValue("");
      again();
    },
  });
  const remove = useMutation({ mutationFn: (each: string) => deleteSecret(community, each), onSuccess: again });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <div>
      <header className="page-head">
        <h1>Secrets</h1>
        <label className="row small">
          Community
          <input
            className="input short"
            type="number"
            min={0}
            value={community}
            onChange={(event) => setCommunity(event.target.valueAsNumber || 0)}
          />
        </label>
      </header>
      {list.isPending ? (
        <Loading />
      ) : list.isError ? (
        <Trouble error={list.error} what="The store of secrets" retry={() => void list.refetch()} />
      ) : (
        <div className="stack-l">
          <form className="row wrap" onSubmit={submit}>
            <input
              className="input grow mono"
              aria-label="Name"
              placeholder="KOFI_TOKEN"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            <input
              className="input grow"
              type="password"
              aria-label="Value"
              autoComplete="off"
              placeholder="Value"
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
            <Button look="primary" icon={Plus} type="submit" disabled={!name.trim() || !value || save.isPending}>
              Keep
            </Button>
          </form>
          {list.data.length === 0 && (
            <Empty title="No secrets yet">
              <p>
                Keep tokens here and write <code>{"{{ secrets.NAME }}"}</code> in a workflow. They never appear in logs,
                exports or executions.
              </p>
            </Empty>
          )}
          <ul className="card">
            {list.data.map((secret) => (
              <li key={secret.name} className="row secret-row">
                <code className="grow">{secret.name}</code>
                <span className="small muted">{ago(secret.updated_at ?? secret.created_at)}</span>
                <IconButton
                  small
                  icon={Trash2}
                  label={`Forget ${secret.name}`}
                  onClick={() => remove.mutate(secret.name)}
                />
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
};

export default SecretsPage;
