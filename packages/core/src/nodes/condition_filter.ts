import { collection, name, predicate, withDefault } from "../config/fields.js";
import { decision, emit } from "../node.js";
import { names, shown, spokenCondition } from "./words.js";

export const conditionFilter = decision({
  type: "condition_filter",
  category: "condition",
  title: "Filter",
  icon: "list-filter",
  feature: "advanced_workflows",
  summary: "Keeps the items of a list for which a condition holds.",
  details:
    "The condition is asked once per item, which it sees as item, with its place in the list as index, counted from 0.",
  config: {
    collection: collection("List", { help: "A list, or a template that gives one: {{ viewers }}" }),
    condition: predicate("Keep it if", { help: "Asked of every item, such as item.score > 10." }),
    output_variable: withDefault(name("Variable", { help: "Gets the items that are kept." }), "filtered"),
  },
  ports: { pass: "At least one item is left", fail: "No item is left" },
  label: ({ collection, condition }) => `keep of ${shown(collection, "the list", 25)} if ${spokenCondition(condition)}`,
  sets: ({ output_variable }) => names(output_variable ?? "filtered"),
  decide: ({ config }) => {
    const items = config.collection.filter((item, index) => config.condition({ item, index }));
    const output = { items, count: items.length };
    return emit(items.length > 0 ? "pass" : "fail", output, { [config.output_variable]: items });
  },
  examples: [
    {
      title: "Those with enough points",
      config: { collection: "{{ players }}", condition: "item.score >= limit", output_variable: "winners" },
      variables: {
        limit: 10,
        players: [
          { id: 1, score: 12 },
          { id: 2, score: 3 },
        ],
      },
      result: emit("pass", { items: [{ id: 1, score: 12 }], count: 1 }, { winners: [{ id: 1, score: 12 }] }),
    },
    {
      title: "Every second one",
      config: { collection: ["a", "b", "c"], condition: "index % 2 == 0" },
      result: emit("pass", { items: ["a", "c"], count: 2 }, { filtered: ["a", "c"] }),
    },
    {
      title: "None is left",
      config: { collection: [1, 2], condition: { operator: "greater_than", left: "{{ item }}", right: 5 } },
      result: emit("fail", { items: [], count: 0 }, { filtered: [] }),
    },
  ],
});
