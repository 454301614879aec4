// Fields hold fields: lists, pairs and conditions draw their parts with the same rows and widgets as the form. They get
// them from here, so that no two files need each other.
import type { Field, Json } from "@workflow-core/core";
import { type ComponentType, createContext, useContext } from "react";
import type { WidgetProps } from "./widget.js";

export interface RowProps {
  name: string;
  field: Field;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  path: string;
  id: string;
  first?: boolean | undefined;
}

export interface Parts {
  Widget: ComponentType<Omit<WidgetProps, "invalid">>;
  FieldRow: ComponentType<RowProps>;
}

const none = () => null;
export const PartsContext = createContext<Parts>({ Widget: none, FieldRow: none });
export const useParts = (): Parts => useContext(PartsContext);
