// What is generated from proto/workflow.proto is what is kept.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { temporaryDirectory } from "../support/processes.js";

const server = fileURLToPath(new URL("../../", import.meta.url));
const buf = fileURLToPath(new URL("../../../../node_modules/.bin/buf", import.meta.url));
const directory = temporaryDirectory("workflow-core-proto-");
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it("the code and the descriptors fit the proto", () => {
  execFileSync(buf, ["generate", "--output", directory], { cwd: server, stdio: "pipe" });
  execFileSync(buf, ["build", "proto", "--output", join(directory, "descriptor.binpb")], {
    cwd: server,
    stdio: "pipe",
  });
  const code = "src/grpc/generated/workflow.ts";
  expect(readFileSync(join(directory, code), "utf8")).toBe(readFileSync(join(server, code), "utf8"));
  const made = readFileSync(join(directory, "descriptor.binpb"));
  expect(made.equals(readFileSync(join(server, "proto/descriptor.binpb")))).toBe(true);
});
