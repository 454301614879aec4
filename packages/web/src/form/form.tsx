// The form of a node's config, made from its type's fields.
import type { Fields, Json } from "@workflow-core/core";
import { useId } from "react";
import { ZoneContext } from "./cron-widget.js";
import { FieldRow } from "./field-row.js";
import "./form.css";

interface Props {
  fields: Fields;
  config: Readonly<Record<string, Json>>;
  onChange: (key: string, value: Json | undefined) => void;
}

export const ConfigForm = ({ fields, config, onChange }: Props) => {
  const id = useId();
  const zone = typeof config.timezone === "string" ? config.timezone : undefined;
  return (
    <ZoneContext.Provider value={zone}>
      {Object.entries(fields).map(([key, field], index) => (
        <FieldRow
          key={key}
          name={key}
          field={field}
          value={config[key]}
          path={`config.${key}`}
          id={`${id}-${key}`}
          first={index === 0}
          onChange={(value) => onChange(key, value)}
        />
      ))}
    </ZoneContext.Provider>
  );
};
