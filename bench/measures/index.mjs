// All measures, in the order in which they run. A measure's contestants answer the same requests in turns; the first
// one is ours and the base of the ratios. A request says how many are in flight and how many there are in all (`quick`:
// how many with --quick); an answer has every one of the measure's `figures`, or leaves out what cannot be had here.
// Of a contestant, `weight` is the share of the count that it can do in a bearable time, `needs` is what it cannot run
// without. `rounds` is how often, where that is not as often as for all.
import { builderMeasures } from "./builder.mjs";
import { doorMeasures } from "./doors.mjs";
import { engineMeasures } from "./engine.mjs";
import { languageMeasures } from "./language.mjs";
import { operationMeasures } from "./operation.mjs";

export const measures = [
  ...engineMeasures,
  ...doorMeasures,
  ...operationMeasures,
  ...builderMeasures,
  ...languageMeasures,
];
