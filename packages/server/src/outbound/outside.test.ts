import { afterEach, describe, expect, it } from "vitest";
import { callOf } from "../../test/support/calls.js";
import { startFakeRouter } from "../../test/support/fake-router.js";
import { createOutside, type ServerOutside } from "./outside.js";

let outside: ServerOutside;
afterEach(() => outside.close());

describe("the outside", () => {
  it("practises while there is no Router", async () => {
    outside = createOutside({ routerUrl: undefined, routerApiKey: "key", egressAllow: [] });
    await outside.router("modules", { module_name: "chat", params: { message: "hi" } }, 5, callOf());
    expect(outside.practice?.messages({ limit: 1 })).toMatchObject([{ text: "hi" }]);
    expect(outside.status().circuits).toEqual([]);
  });

  it("calls the Router, guarded HTTP and the sandbox", async () => {
    const fake = await startFakeRouter();
    outside = createOutside({ routerUrl: fake.url, routerApiKey: "key", egressAllow: [], sandboxSize: 1 });
    expect(await outside.router("modules", {}, 5, callOf())).toMatchObject({ ok: true });
    const http = { url: fake.url, method: "GET", headers: {}, body: undefined, timeoutSeconds: 5 };
    expect(await outside.http(http, callOf())).toMatchObject({ ok: false, failure: { code: "EGRESS_BLOCKED" } });
    const code = { language: "jq" as const, source: ".+1", input: 1, variables: {}, timeoutMs: 1_000 };
    expect(await outside.sandbox(code, callOf())).toEqual({ ok: true, value: { output: 2, logs: [] } });
    expect(fake.ledger).toHaveLength(1);
    expect(outside.practice).toBeUndefined();
    expect(outside.status()).toMatchObject({
      circuits: [
        { port: "router", community: null, host: new URL(fake.url).host, state: "closed" },
        { port: "router", community: 1, host: new URL(fake.url).host, state: "closed" },
      ],
      sandbox: { processes: 1, busy: 0, runs: 1 },
    });
    await fake.close();
  });
});
