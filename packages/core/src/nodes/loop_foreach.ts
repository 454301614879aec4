import { collection, fixedNumber, name, optional, withDefault } from "../config/fields.js";
import { decision, emit, iterate } from "../node.js";
import { names, shown } from "./words.js";

export const loopForeach = decision({
  type: "loop_foreach",
  category: "loop",
  title: "For each",
  icon: "repeat",
  feature: "advanced_workflows",
  summary: "Runs its body once for every item of a list, one after the other.",
  details:
    "The list is looked at once, before the first item. Item and index belong to the iteration; other variables that " +
    "the body sets stay. More items than allowed fail the execution with MAX_LOOP_ITERATIONS.",
  config: {
    collection: collection("List", { help: "A list, or a template that gives one: {{ winners }}" }),
    item_variable: withDefault(name("Name of the item"), "item"),
    index_variable: withDefault(name("Name of the index", { help: "Counts from 0." }), "index"),
    max_iterations: optional(
      fixedNumber("At most", { help: "May only be lower than MAX_LOOP_ITERATIONS.", min: 1, int: true }),
    ),
  },
  ports: { loop_body: "Once for each item", output: "Once, after the last item" },
  label: ({ collection }) => `for each of ${shown(collection, "the list", 50)}`,
  sets: ({ item_variable, index_variable }) => names(item_variable ?? "item", index_variable ?? "index"),
  decide: ({ config, iteration }) =>
    iteration < config.collection.length
      ? iterate({ [config.item_variable]: config.collection[iteration] ?? null, [config.index_variable]: iteration })
      : emit("output", { iterations: iteration }),
  examples: [
    {
      title: "After the last item",
      config: { collection: ["a", "b"] },
      iteration: 2,
      result: emit("output", { iterations: 2 }),
    },
    { title: "An empty list", config: { collection: [] }, result: emit("output", { iterations: 0 }) },
    {
      title: "The second item",
      config: { collection: "{{ names }}", item_variable: "name" },
      variables: { names: ["Ada", "Grace"] },
      iteration: 1,
      result: iterate({ name: "Grace", index: 1 }),
    },
  ],
});
