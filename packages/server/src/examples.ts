// Where the examples lie that come with the program: src and dist lie alike, in the package and in the repository.
import { existsSync } from "node:fs";

const places = ["../examples/", "../../../examples/"].map((place) => new URL(place, import.meta.url));

/** The example that a newcomer tries first. */
export const firstExample = "greeting.workflow.json";

/** Their folder; undefined: they were left out of this installation. */
export const examplesDirectory = (): URL | undefined =>
  places.find((place) => existsSync(new URL(firstExample, place)));
