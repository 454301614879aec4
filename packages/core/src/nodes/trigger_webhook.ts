import { fixedValue, optional } from "../config/fields.js";
import { trigger } from "../node.js";

export const triggerWebhook = trigger({
  type: "trigger_webhook",
  category: "trigger",
  title: "Webhook",
  icon: "webhook",
  summary: "Starts when another program sends JSON to the workflow's own address.",
  details:
    "Addresses, secrets, allowed senders and rate limits are kept beside the workflow, under its webhooks. Headers come " +
    "in lower case and without secrets. The same delivery starts one execution, however often it is sent.",
  config: {
    sample_payload: optional(
      fixedValue("Sample", { help: "What a call's body looks like: for previews, tests and completion." }),
    ),
  },
  ports: { output: "A call came in" },
  gives: {
    payload: "The call's body",
    headers: "The call's headers, names in lower case",
    webhook: "The webhook that was called: id and name",
  },
  label: () => "when the webhook is called",
  sample: ({ sample_payload }) => ({
    payload: sample_payload ?? {},
    headers: { "content-type": "application/json" },
    webhook: { id: "00000000-0000-4000-8000-000000000001", name: "Sample" },
  }),
  examples: [
    {
      title: "A shop's order",
      config: { sample_payload: { order: { id: 17, total: 12.5 } } },
      result: {
        output: {
          payload: { order: { id: 17, total: 12.5 } },
          headers: { "content-type": "application/json" },
          webhook: { id: "00000000-0000-4000-8000-000000000001", name: "Sample" },
        },
      },
    },
    {
      title: "Without a sample",
      config: {},
      result: {
        output: {
          payload: {},
          headers: { "content-type": "application/json" },
          webhook: { id: "00000000-0000-4000-8000-000000000001", name: "Sample" },
        },
      },
    },
  ],
});
