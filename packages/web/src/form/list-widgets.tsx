// Widgets for several of something: lists, structures, pairs.
import type { Field, Json } from "@workflow-core/core";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, IconButton } from "../ui/button.js";
import { useForm } from "./context.js";
import { useParts } from "./parts.js";
import type { WidgetProps } from "./widget.js";

const listIn = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const emptied = (field: Field, list: Json[]): Json[] | undefined =>
  list.length === 0 && field.optional ? undefined : list;

/** What a new item begins as: an object's fields are filled in one by one. */
const blank = (item: Field | undefined): Json => (item?.fields ? {} : "");

export const ListWidget = ({ field, value, onChange, path, label, id }: WidgetProps) => {
  const { Widget } = useParts();
  const { readOnly } = useForm();
  const items = listIn(value);
  const item = field.item;
  const set = (next: Json[]) => onChange(emptied(field, next));
  const swap = (from: number, to: number) => {
    const next = [...items];
    [next[from], next[to]] = [next[to] ?? null, next[from] ?? null];
    set(next);
  };
  if (!item) return null;
  return (
    <div className="list-widget">
      {items.map((each, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items have no identity but their place
        <div key={index} className="list-item">
          <div className="grow">
            <Widget
              field={item}
              value={each}
              label={`${label} ${index + 1}`}
              id={`${id}-${index}`}
              path={`${path}[${index}]`}
              onChange={(next) => set(items.map((old, at) => (at === index ? (next ?? "") : old)))}
            />
          </div>
          {!readOnly && (
            <div className="list-tools">
              <IconButton
                small
                icon={ArrowUp}
                label={`Move ${label} ${index + 1} up`}
                disabled={index === 0}
                onClick={() => swap(index, index - 1)}
              />
              <IconButton
                small
                icon={ArrowDown}
                label={`Move ${label} ${index + 1} down`}
                disabled={index === items.length - 1}
                onClick={() => swap(index, index + 1)}
              />
              <IconButton
                small
                icon={Trash2}
                label={`Remove ${label} ${index + 1}`}
                onClick={() => set(items.filter((_, at) => at !== index))}
              />
            </div>
          )}
        </div>
      ))}
      {!readOnly && (
        <Button small look="quiet" icon={Plus} onClick={() => set([...items, blank(item)])}>
          Add
        </Button>
      )}
    </div>
  );
};

export const ObjectWidget = ({ field, value, onChange, path, id }: WidgetProps) => {
  const { FieldRow } = useParts();
  const object = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  return (
    <div className="object-widget">
      {Object.entries(field.fields ?? {}).map(([key, each]) => (
        <FieldRow
          key={key}
          name={key}
          field={each}
          value={object[key]}
          path={`${path}.${key}`}
          id={`${id}-${key}`}
          onChange={(next) => {
            const { [key]: _old, ...rest } = object;
            onChange(next === undefined ? rest : { ...object, [key]: next });
          }}
        />
      ))}
    </div>
  );
};

export const PairsWidget = ({ field, value, onChange, path, label, id }: WidgetProps) => {
  const { Widget } = useParts();
  const { readOnly } = useForm();
  const object = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  const [rows, setRows] = useState<[string, Json][]>(() => Object.entries(object));
  const told = JSON.stringify(object);
  // Rows may hold what an object cannot: a name that is empty or there twice. They follow the object when it changes elsewhere.
  useEffect(() => {
    setRows((before) =>
      JSON.stringify(Object.fromEntries(before.filter(([key]) => key !== ""))) === told
        ? before
        : Object.entries(JSON.parse(told) as Record<string, Json>),
    );
  }, [told]);
  const set = (next: [string, Json][]) => {
    setRows(next);
    const made = Object.fromEntries(next.filter(([key]) => key !== ""));
    onChange(Object.keys(made).length === 0 && field.optional ? undefined : made);
  };
  const item = field.item;
  if (!item) return null;
  return (
    <div className="list-widget">
      {rows.map(([key, each], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a pair is named by what is being typed
        <div key={index} className="list-item">
          <div className="grow pair">
            <input
              className="input mono"
              aria-label={`${label}: name ${index + 1}`}
              placeholder="name"
              value={key}
              readOnly={readOnly}
              spellCheck={false}
              onChange={(event) => set(rows.map((row, at) => (at === index ? [event.target.value, row[1]] : row)))}
            />
            <Widget
              field={item}
              value={each}
              label={`${label}: value of ${key || index + 1}`}
              id={`${id}-${index}`}
              path={`${path}.${key}`}
              onChange={(next) => set(rows.map((row, at) => (at === index ? [row[0], next ?? ""] : row)))}
            />
          </div>
          {!readOnly && (
            <IconButton
              small
              icon={Trash2}
              label={`Remove ${key || `pair ${index + 1}`}`}
              onClick={() => set(rows.filter((_, at) => at !== index))}
            />
          )}
        </div>
      ))}
      {!readOnly && (
        <Button small look="quiet" icon={Plus} onClick={() => setRows([...rows, ["", ""]])}>
          Add
        </Button>
      )}
    </div>
  );
};
