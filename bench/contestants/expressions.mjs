// Evaluating compiled expressions and templates, by CPU time.
import { contest } from "../lib/contestant.mjs";

const { compileExpression, compileTemplate } = await import(
  new URL("../../packages/core/dist/index.js", import.meta.url).href
);
const variables = { score: 21, username: "ada", items: Array.from({ length: 10 }, (_, n) => ({ n })) };
const env = {
  lookup: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
  now: 0,
  random: () => 0.5,
};
const jobs = {
  "score * 2 + 1": () => compileExpression("score * 2 + 1").evaluate,
  "{{ username }}": () => compileTemplate("{{ username }}").value,
  "filter and map, 10 items": () => compileExpression("items.filter(x => x.n > 3).map(x => x.n)").evaluate,
};
await contest(({ count, label }) => {
  const run = jobs[label]();
  const before = process.cpuUsage();
  let last;
  for (let index = 0; index < count; index += 1) {
    variables.score = index; // so that nothing can be remembered
    last = run(env);
  }
  const { user, system } = process.cpuUsage(before);
  if (last === undefined) throw new Error("no value");
  return { millionPerCpuSecond: count / (user + system) };
});
