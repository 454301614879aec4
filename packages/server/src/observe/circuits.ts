// The circuits of all processes behind one port (WORKERS). Each finds out for itself which hosts are down; whichever is
// asked tells of all.
import type { CircuitState } from "../outbound/breaker.js";
import type { Supervised } from "./siblings.js";

export interface ProcessCircuit extends CircuitState {
  /** The number of the process on its machine; 1 when it is the only one. */
  worker: number;
}

export interface Circuits {
  /** Of this process. */
  own(): CircuitState[];
  /** Of all of them. */
  all(): Promise<ProcessCircuit[]>;
}

export function createCircuits(own: () => CircuitState[], supervised: Supervised | undefined): Circuits {
  const worker = Number(supervised?.worker ?? 1);
  const here = () => own().map((circuit) => ({ ...circuit, worker }));
  if (supervised === undefined) return { own, all: async () => here() };
  const ask = supervised.ask("circuits", async () => JSON.stringify(here()));
  const all = async () => {
    // The same program wrote these texts a moment ago; a process that could not answer gives an empty one.
    const circuits = (await ask()).flatMap((text): ProcessCircuit[] => JSON.parse(text || "[]"));
    return circuits.sort((left, right) => left.worker - right.worker);
  };
  return { own, all };
}
