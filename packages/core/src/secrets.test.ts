// Secrets in core: where they may stand, what stands for them, and that nobody sees the mark.
import { describe, expect, it } from "vitest";
import { compileTextOnly } from "./config/templates.js";
import { compileExpression, ExpressionSyntaxError } from "./expression/index.js";
import { compileDocument } from "./graph/compile.js";
import { commands } from "./interpreter/commands.js";
import { nodeStates } from "./interpreter/history.js";
import { perform } from "./interpreter/perform.js";
import { simulate } from "./interpreter/simulate.js";
import { begin } from "./interpreter/transition.js";
import { defaultLimits } from "./limits.js";
import type { Call, HttpRequest, Outside } from "./outside.js";
import { hideSecrets, replaceSecrets, secretPlaceholder } from "./secrets.js";
import { draw } from "./testing/index.js";

const mark = "0123456789abcdef0123456789abcdef";

const graph = (config: object, type = "action_webhook", more: object = {}) =>
  draw("start -> call -> end", {
    start: ["trigger_command", { command_name: "go" }],
    call: [type, config as never],
    end: ["flow_end", more as never],
  });
const errorsOf = (document: unknown) =>
  compileDocument(document).problems.filter(({ severity }) => severity === "error");

describe("where a secret may stand", () => {
  it.each([
    { url: "{{ secrets.hook }}", method: "GET" },
    { url: "https://api.example.com/{{ secrets.key }}", method: "GET", params: { key: "{{ secrets.key }}" } },
    { url: "https://api.example.com", headers: { Authorization: "Bearer {{ secrets.token }}" } },
    { url: "https://api.example.com", body: { deep: [{ key: "{{ secrets.token }}" }] } },
    { url: "https://api.example.com", body: "{{ 'key=' + secrets.token }}" },
    { url: "https://api.example.com", body: "{{ username === 'ada' ? secrets.a : secrets['b'] }}" },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of ours
    { url: "https://api.example.com", body: "{{ { key: `x${secrets.a}` } }}" },
  ])("is an HTTP request: %j", (config) => {
    const { plan, problems } = compileDocument(graph(config));
    expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(problems.filter(({ code }) => code === "unset_variable" && !config.body)).toEqual([]);
    expect(plan?.secrets.length).toBeGreaterThan(0);
  });

  it("is a module's parameters", () => {
    const document = graph(
      { module_name: "m", action: "a", params: { key: "{{ secrets.key }}", other: "{{ secrets.b }}" } },
      "action_module",
    );
    expect(compileDocument(document).plan?.secrets).toEqual(["b", "key"]);
  });

  it.each([
    ["action_chat_message", { message: "{{ secrets.key }}" }, "config.message"],
    ["data_variable_set", { variable_name: "x", value: "{{ secrets.key }}" }, "config.value"],
    ["data_variable_set", { variables: { x: ["{{ secrets.key }}"] } }, "config.variables"],
    ["data_transform", { language: "jq", transform_code: ".", input_variable: "{{ secrets.key }}" }, undefined],
    ["condition_if", { condition: "secrets.key === 'a'" }, undefined],
    ["condition_if", { condition: { operator: "equals", left: "{{ secrets.key }}", right: "a" } }, "config.condition"],
    ["condition_filter", { collection: [], condition: "{{ secrets.key }}", output_variable: "x" }, "config.condition"],
    ["action_command", { command: "say", args: ["{{ secrets.key }}"] }, "config.args"],
    ["action_module", { module_name: "{{ secrets.key }}", action: "a" }, "config.module_name"],
    ["action_webhook", { url: "https://a.example", timeout_seconds: "{{ secrets.key }}" }, "config.timeout_seconds"],
    ["action_delay", { delay_seconds: "{{ secrets.key }}" }, "config.delay_seconds"],
  ])("is not %s %j", (type, config, path) => {
    const errors = errorsOf(graph(config, type)).filter(({ node_id }) => node_id === "call");
    expect(errors).not.toEqual([]);
    if (path !== undefined) expect(errors).toContainEqual(expect.objectContaining({ code: "secret_misplaced", path }));
  });

  it("is neither the final output nor a connection's condition", () => {
    const plain = { url: "https://a.example" };
    const output = errorsOf(graph(plain, "action_webhook", { output_data: { x: "{{ secrets.key }}" } }));
    expect(output).toMatchObject([{ code: "secret_misplaced", node_id: "end", path: "config.output_data" }]);
    const document = graph(plain);
    const connections = document.connections.map((each) => ({ ...each, condition: "secrets.key" }));
    expect(errorsOf({ ...document, connections })).toMatchObject([
      { code: "secret_misplaced" },
      { code: "secret_misplaced" },
    ]);
  });

  it.each([
    ...["secrets", "keys(secrets)", "secrets[name]", "secrets?.key", "upper(secrets.key)", "secrets.key.length"],
    ...["secrets.key.trim()", "secrets.key === 'a'", "-secrets.key", "[1].map(x => secrets.key)", "typeof secrets"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of ours
    ...["`${upper('a' + secrets.key)}`", "secrets['a b']", "secrets.schlüssel"],
  ])("is not %s", (source) => {
    expect(() => compileExpression(source)).toThrow(ExpressionSyntaxError);
  });

  it("leaves parameters of that name alone", () => {
    const env = { lookup: () => [{ key: "mine" }], now: 0, random: () => 0 };
    expect(compileExpression("list.map(secrets => secrets.key)").evaluate(env)).toEqual(["mine"]);
  });
});

describe("placeholders", () => {
  it("are found again by their own mark only", () => {
    const text = `a ${secretPlaceholder(mark, "key_1")} b${secretPlaceholder(mark, "Z")}`;
    expect(replaceSecrets(text, mark, (name, before) => `<${name}|${before.length}>`)).toBe("a <key_1|2> b<Z|13>");
    expect(replaceSecrets(text, mark.replace("0", "1"), () => "never")).toBe(text);
    expect(replaceSecrets(text, ".*", () => "never")).toBe(text);
    expect(hideSecrets({ [text]: [text] }, mark)).toEqual({
      "a [secret key_1] b[secret Z]": ["a [secret key_1] b[secret Z]"],
    });
  });

  it("survive what is done to addresses", () => {
    const placeholder = secretPlaceholder(mark, "Key");
    expect(encodeURIComponent(placeholder)).toBe(placeholder);
    expect(new URL(`https://${placeholder}.example.com/${placeholder}`).href).toBe(
      `https://${placeholder}.example.com/${placeholder}`,
    );
  });

  it("at the front of an address keep what follows from changing where it leads", () => {
    const bind = (text: string, variables: Record<string, string>) =>
      compileTextOnly(text, "address").bind({
        lookup: (name) => (name === "secrets.base" ? secretPlaceholder(mark, "base") : variables[name]),
        now: 0,
        random: () => 0,
      });
    expect(bind("{{ secrets.base }}/users/{{ user }}", { user: "../admin?x" })).toBe(
      `${secretPlaceholder(mark, "base")}/users/..%2Fadmin%3Fx`,
    );
  });
});

describe("an execution", () => {
  const document = graph({
    url: "https://api.example.com/{{ secrets.key }}",
    headers: { Authorization: "Bearer {{ secrets.token }}", "X-Said": "{{ username }}" },
    body: ["{{ secrets.token }}"],
  });
  const { plan } = compileDocument(document);
  if (!plan) throw new Error("no plan");
  const forged = secretPlaceholder("f".repeat(32), "token");

  it("hands placeholders with its mark to the outside, and shows none of it", async () => {
    const state = begin(plan, {
      ...{ type: "started", at: 0, trigger: "start", data: { username: forged }, variables: {} },
      context: { execution_id: "e", workflow_id: "w", community_id: 1, entity_id: 1, user_id: null, session_id: null },
      ...{ limits: defaultLimits, seed: "s", secret_mark: mark },
    });
    let asked: HttpRequest | undefined;
    let called: Call | undefined;
    const never = () => Promise.reject(new Error("not asked for"));
    const outside: Outside = {
      ...{ router: never, sandbox: never },
      http: async (request, call) => {
        [asked, called] = [request, call];
        return { ok: true, value: { status_code: 200, response_body: "", response_headers: {} } };
      },
    };
    const [owed] = commands(plan, state);
    if (owed?.type !== "perform") throw new Error("nothing is owed");
    await perform(plan, state, owed, outside, { aborted: false, addEventListener: never, removeEventListener: never });
    const [key, token] = [secretPlaceholder(mark, "key"), secretPlaceholder(mark, "token")];
    expect(asked).toMatchObject({ url: `https://api.example.com/${key}`, body: [token] });
    expect(asked?.headers).toEqual({ Authorization: `Bearer ${token}`, "X-Said": forged });
    expect(called?.secretMark).toBe(mark);
    const shown = nodeStates(plan, state);
    expect(JSON.stringify(shown)).not.toContain(mark);
    expect(shown.call?.input_data).toMatchObject({
      url: "https://api.example.com/[secret key]",
      headers: { Authorization: "Bearer [secret token]" },
      body: ["[secret token]"],
    });
  });

  it("without a mark says what would stand there", async () => {
    const { state } = await simulate(plan, { data: { username: "ada" } });
    expect(nodeStates(plan, state).call?.input_data).toMatchObject({ body: ["[secret token]"] });
  });
});
