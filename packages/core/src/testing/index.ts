// What our tests and our users' tests are made of.
export { type Drawn, draw } from "./draw.js";
export { seeded } from "./random.js";
export { randomGraph } from "./random-graph.js";
