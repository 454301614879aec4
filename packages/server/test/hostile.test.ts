// What is hostile on both sides of the whole program: APIs that workflows call, and code that people write. One node
// fails and says why; everybody else goes on.
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { gzipSync } from "node:zlib";
import type { WorkflowGraph } from "@workflow-core/core";
import { draw } from "@workflow-core/core/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Program, startProgram } from "./support/program.js";

const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024));
const json = { "content-type": "application/json" };
let touched = 0;
const answers: Record<string, RequestListener> = {
  "/inside": (_request, response) => {
    touched += 1;
    response.end("inside");
  },
  "/redirect": (_request, response) => response.writeHead(302, { location: "/inside" }).end(),
  "/packed": (_request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb),
  "/deep": (_request, response) => response.writeHead(200, json).end(`${"[".repeat(100_000)}${"]".repeat(100_000)}`),
  "/endless": (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write("x".repeat(65_536)));
    };
    response.on("drain", more);
    more();
  },
  "/drip": (_request, response) => {
    const timer = setInterval(() => response.write("x"), 50);
    response.on("close", () => clearInterval(timer));
  },
};

let program: Program;
let api: Server;
let headers: Server;

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port; // it listens on TCP
};

beforeAll(async () => {
  api = createServer((request, response) => answers[request.url ?? ""]?.(request, response));
  headers = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const timer = setInterval(() => socket.write(`x-more: ${"a".repeat(4000)}\r\n`), 5);
      socket.on("close", () => clearInterval(timer));
    });
  });
  const ports = [await listen(api), await listen(headers)];
  program = await startProgram({ EGRESS_ALLOW_CIDRS: ports.map((port) => `127.0.0.1/32:${port}`).join(",") });
});
afterAll(async () => {
  await program.close();
  api.close();
  headers.close();
});

/** Publishes a workflow of a community and gives what runs it. */
async function published(community: number, graph: WorkflowGraph) {
  const { call } = program;
  const body = { name: "hostile", entity_id: 1, community_id: community, ...graph };
  const { workflow_id } = (await call("POST", "/api/v1/workflows", body)).data;
  expect((await call("POST", `/api/v1/workflows/${workflow_id}/publish`)).status).toBe(200);
  const path = `/api/v1/workflows/${workflow_id}/execute?wait=60`;
  return async () => (await call("POST", path, { community_id: community, variables: { input: [1, 2, 3] } })).data;
}

const asking = (server: Server, path: string): WorkflowGraph => {
  const { port } = server.address() as AddressInfo; // as above
  const url = `http://127.0.0.1:${port}${path}`;
  return draw("start -> ask -> end", {
    start: ["trigger_command", { command_name: "go" }],
    ask: ["action_webhook", { url, method: "GET", timeout_seconds: 1 }],
    end: ["flow_end", { output_data: { status: "{{ status_code }}" } }],
  });
};

describe("an API that a workflow calls", () => {
  it.each([
    [
      "is inflated to more than may be",
      () => asking(api, "/packed"),
      "RESPONSE_TOO_LARGE",
      "body is larger than 2097152",
    ],
    ["never ends", () => asking(api, "/endless"), "RESPONSE_TOO_LARGE", "body is larger than 2097152 bytes"],
    [
      "has headers that never end",
      () => asking(headers, "/"),
      "RESPONSE_TOO_LARGE",
      "headers are larger than 16384 bytes",
    ],
    ["is a hundred thousand levels deep", () => asking(api, "/deep"), "RESPONSE_TOO_LARGE", "more than 64 levels deep"],
    ["drips", () => asking(api, "/drip"), "TIMEOUT", "no complete answer within 1 s"],
  ])("whose answer %s fails its node, which says so", async (_name, graph, code, message) => {
    const run = await published(1, graph());
    const failed = { status: "failed", error_node_id: "ask", error_type: code };
    expect(await run()).toMatchObject({ ...failed, error_message: expect.stringContaining(message) });
  });

  it("is not followed where it sends the call elsewhere", async () => {
    const run = await published(1, asking(api, "/redirect"));
    expect(await run()).toMatchObject({ status: "completed", final_output: { status: 302 } });
    expect(touched).toBe(0);
  });
});

const shaping = (language: string, code: string, more: object = {}): WorkflowGraph =>
  draw("start -> shape -> end", {
    start: ["trigger_command", { command_name: "go" }],
    shape: ["data_transform", { language, transform_code: code, input_variable: "input", ...more }],
    end: ["flow_end", { output_data: { output: "{{ output }}" } }],
  });

describe("code of three communities that wants everything", () => {
  it("gets nothing, and a fourth's code is answered all the while", async () => {
    const evil = [
      [2, "javascript", "for (;;) { try { for (;;); } catch {} }", "SCRIPT_TIMEOUT"],
      [3, "javascript", "let o = {}; for (;;) o = [o, new Array(1e6).fill(o)]", /SCRIPT_(MEMORY|TIMEOUT)/],
      [4, "javascript", "return input.constructor.constructor('return process.env')()", "SCRIPT_ERROR"],
    ] as const;
    const attacks = await Promise.all(
      evil.map(async ([community, language, code, ends]) => {
        const run = await published(community, shaping(language, code, { timeout_ms: 200 }));
        return { ends, run };
      }),
    );
    const calm = await published(5, shaping("javascript", "return input.map((each) => each * 2)"));
    let over = false;
    const attacked = Promise.all(attacks.map(async ({ ends, run }) => ({ ends, ended: await run() }))).finally(() => {
      over = true;
    });
    let answered = 0;
    while (!over) {
      expect(await calm()).toMatchObject({ status: "completed", final_output: { output: [2, 4, 6] } });
      answered += 1;
    }
    expect(answered).toBeGreaterThan(0);
    for (const { ends, ended } of await attacked) {
      expect(ended).toMatchObject({ status: "failed", error_node_id: "shape" });
      expect(ended.error_type).toMatch(ends);
    }
  });
});
