// Node-RED: the everyday job as a flow of its nodes. Nothing is stored.
import { contest } from "../lib/contestant.mjs";
import { load } from "../lib/load.mjs";
import { startNodeRed } from "../lib/node-red.mjs";
import { openApi, order, totalOf } from "../lib/shop.mjs";

const api = await openApi();
const to = "msg";
const rule = (p, from) => ({ t: "set", p, pt: to, to: from, tot: to });
const { program, url } = await startNodeRed([
  { type: "http in", url: "/orders", method: "post" },
  { type: "change", rules: [rule("order", "payload"), rule("items", "payload.items")] },
  {
    ...{ type: "switch", property: "items.length", propertyType: to, outputs: 2, checkall: "false" },
    ...{ rules: [{ t: "gt", v: "2", vt: "num" }, { t: "else" }], wires: [["n3"], ["n3"]] },
  },
  {
    ...{ type: "function", outputs: 1, libs: [] },
    func: `const { items, order } = msg; msg.payload = { id: order.id, total: ${totalOf} }; return msg;`,
  },
  { type: "http request", method: "POST", ret: "obj", url: api.url, persist: true, headers: [] },
  { type: "http response", wires: [] },
]);
const headers = { "content-type": "application/json" };
await contest(
  (request) => load(url, request, (index) => ({ path: "/orders", headers, body: order(index) })),
  async () => {
    await program.stop();
    api.close();
  },
);
