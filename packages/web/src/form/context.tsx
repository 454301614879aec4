// What all fields of one form share: the node, its problems, and the data that previews are made of.
import type { Env, Json, Problem } from "@workflow-core/core";
import { createContext, useContext } from "react";

export interface SampleData {
  /** Every name that can be read there; null where the value is not known. */
  variables: Readonly<Record<string, Json>>;
  /** Names that are known but have no value yet. */
  unknown: readonly string[];
  /** Where they come from: the trigger's example, the last try, or a past execution. */
  source: "example" | "try" | "run";
}

export interface FormContextValue {
  nodeId: string;
  readOnly: boolean;
  problems: readonly Problem[];
  sample: SampleData;
}

export const emptySample: SampleData = { variables: {}, unknown: [], source: "example" };

export const FormContext = createContext<FormContextValue>({
  nodeId: "",
  readOnly: false,
  problems: [],
  sample: emptySample,
});
export const useForm = (): FormContextValue => useContext(FormContext);

/** The problems at a field and inside it. */
export const problemsAt = (problems: readonly Problem[], path: string): Problem[] =>
  problems.filter(
    (each) =>
      each.path === path || each.path?.startsWith(`${path}.`) === true || each.path?.startsWith(`${path}[`) === true,
  );

export const sampleEnv = ({ variables }: SampleData): Env => ({
  lookup: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
  now: Date.now(),
  random: () => 0.42,
  names: () => Object.keys(variables),
});
