// What every widget is given. A widget shows one drawn value and tells when it changes; undefined takes it away.
import type { Field, Json } from "@workflow-core/core";

export interface WidgetProps {
  field: Field;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  /** As problems name it: config.cases[0].value */
  path: string;
  /** The name that screen readers say. */
  label: string;
  id: string;
  invalid: boolean;
  /** The first control of the form, where Enter on a card leads. */
  first?: boolean | undefined;
}
