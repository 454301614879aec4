// Compiling workflows of many nodes.
import { contest } from "../lib/contestant.mjs";

const { compile } = await import(new URL("../../packages/core/dist/index.js", import.meta.url).href);
const { draw } = await import(new URL("../../packages/core/dist/testing/index.js", import.meta.url).href);
const set = ["data_variable_set", { variable_name: "x", value: "{{ x + 1 }}" }];
const end = ["flow_end", {}];

const chain = (size) => {
  const ids = Array.from({ length: size - 2 }, (_, index) => `n${index}`);
  return draw(
    `start -> ${ids.join(" -> ")} -> end`,
    { start: "trigger_webhook", end, ...Object.fromEntries(ids.map((id) => [id, set])) },
    { global_variables: { x: 0 } },
  );
};
const diamonds = () => {
  const nodes = { start: "trigger_webhook", d0: set };
  const paths = ["start -> d0"];
  for (let index = 0; index < 40; index += 1) {
    paths.push(`d${index} -> a${index} -> d${index + 1}`, `d${index} -> b${index} -> d${index + 1}`);
    Object.assign(nodes, { [`a${index}`]: set, [`b${index}`]: set, [`d${index + 1}`]: set });
  }
  return draw(paths.join(";"), nodes, { global_variables: { x: 0 } });
};
await contest(({ count, inFlight, label }) => {
  const graph = label === "40 diamonds" ? diamonds() : chain(inFlight);
  const times = Array.from({ length: count }, () => {
    const begun = performance.now();
    if (!compile(graph).plan) throw new Error("it does not compile");
    return performance.now() - begun;
  });
  return { milliseconds: times.sort((left, right) => left - right)[Math.floor(count / 2)] };
});
