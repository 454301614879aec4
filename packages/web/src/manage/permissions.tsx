// Who may do what with a workflow: people, roles, or the whole community.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { createPermission, deletePermission, listPermissions, updatePermission } from "../api/manage.js";
import type { Permission } from "../api/types.js";
import { Empty, Loading, Switch, Trouble } from "../ui/bits.js";
import { Button, IconButton } from "../ui/button.js";

const flags = ["can_view", "can_edit", "can_delete", "can_execute"] as const;
const words: Record<(typeof flags)[number], string> = {
  can_view: "View",
  can_edit: "Edit",
  can_delete: "Delete",
  can_execute: "Run",
};
const kinds = ["user_id", "role_id", "community_id"] as const;
type Kind = (typeof kinds)[number];
const kindWords: Record<Kind, string> = { user_id: "User", role_id: "Role", community_id: "Community" };

const nameOf = (row: Permission): string => {
  const kind = kinds.find((each) => row[each] !== null && row[each] !== undefined);
  return kind ? `${kindWords[kind]} ${row[kind]}` : "–";
};

const Row = ({ row, id }: { row: Permission; id: string }) => {
  const queries = useQueryClient();
  const again = () => void queries.invalidateQueries({ queryKey: ["permissions", id] });
  const change = useMutation({
    mutationFn: (body: Partial<Permission>) => updatePermission(id, row.permission_id, body),
    onSuccess: again,
  });
  const remove = useMutation({ mutationFn: () => deletePermission(id, row.permission_id), onSuccess: again });
  return (
    <tr>
      <td>
        <strong>{nameOf(row)}</strong>
      </td>
      {flags.map((flag) => (
        <td key={flag} data-label={words[flag]}>
          <Switch
            checked={row[flag]}
            label={`${nameOf(row)} may ${words[flag].toLowerCase()}`}
            onChange={(on) => change.mutate({ [flag]: on })}
          />
        </td>
      ))}
      <td>
        <IconButton small icon={Trash2} label={`Remove ${nameOf(row)}`} onClick={() => remove.mutate()} />
      </td>
    </tr>
  );
};

export const Permissions = ({ id }: { id: string }) => {
  const queries = useQueryClient();
  const [kind, setKind] = useState<Kind>("user_id");
  const [number, setNumber] = useState("");
  const list = useQuery({ queryKey: ["permissions", id], queryFn: () => listPermissions(id), retry: false });
  const create = useMutation({
    mutationFn: () => createPermission(id, { [kind]: Number(number), can_view: true }),
    onSuccess: () => {
      setNumber("");
      void queries.invalidateQueries({ queryKey: ["permissions", id] });
    },
  });
  if (list.isPending) return <Loading />;
  if (list.isError)
    return <Trouble error={list.error} what="The list of permissions" retry={() => void list.refetch()} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <div className="stack-l">
      <form className="row wrap" onSubmit={submit}>
        <select
          className="select"
          style={{ width: "auto" }}
          aria-label="Kind"
          value={kind}
          onChange={(event) => setKind(event.target.value as Kind)}
        >
          {kinds.map((each) => (
            <option key={each} value={each}>
              {kindWords[each]}
            </option>
          ))}
        </select>
        <input
          className="input grow"
          type="number"
          min={1}
          aria-label="Number"
          placeholder="Its number"
          value={number}
          onChange={(event) => setNumber(event.target.value)}
        />
        <Button look="primary" icon={Plus} type="submit" disabled={create.isPending || number === ""}>
          Let them view
        </Button>
      </form>
      {list.data.length === 0 ? (
        <Empty title="Only its author">
          <p>The author may do everything. Add people, a role, or the community to share it with them.</p>
        </Empty>
      ) : (
        <div className="card table-card permissions">
          <table className="table">
            <thead>
              <tr>
                <th>Who</th>
                {flags.map((flag) => (
                  <th key={flag}>{words[flag]}</th>
                ))}
                <th>
                  <span className="hidden-visually">Remove</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {list.data.map((row) => (
                <Row key={row.permission_id} row={row} id={id} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
};
