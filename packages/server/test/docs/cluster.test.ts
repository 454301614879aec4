// The documentation's commands for Kubernetes (`sh cluster`), run by kubectl itself against a stand-in for a cluster's
// API server; and what it was given, compared with Kubernetes' own API description.
import { execFile } from "node:child_process";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findProgram, skipped } from "../support/find-program.js";
import { type KubernetesApi, startKubernetesApi } from "../support/kubernetes-api.js";
import { schemaProblems } from "../support/kubernetes-schemas.js";
import { root, shellOf } from "../support/markdown.js";
import { temporaryDirectory } from "../support/processes.js";

const run = promisify(execFile);
const kubectl = findProgram("kubectl");

describe.skipIf(kubectl === undefined)(`a cluster${skipped("kubectl")}`, () => {
  const place = temporaryDirectory("workflow-core-cluster-");
  let api: KubernetesApi;
  const shell = (...blocks: string[]) =>
    run("bash", ["-euo", "pipefail", "-c", blocks.join("\n")], {
      cwd: place,
      env: { PATH: process.env.PATH, HOME: place, KUBECONFIG: join(place, "kubeconfig") },
    });
  const [install = "", update = ""] = shellOf("docs/operations.md", "cluster");

  beforeAll(async () => {
    api = await startKubernetesApi();
    symlinkSync(`${root}deploy`, join(place, "deploy"));
    writeFileSync(
      join(place, "kubeconfig"),
      JSON.stringify({
        ...{ apiVersion: "v1", kind: "Config", "current-context": "here" },
        clusters: [{ name: "here", cluster: { server: api.url } }],
        contexts: [{ name: "here", context: { cluster: "here", user: "" } }],
      }),
    );
  });
  afterAll(async () => {
    await api.close();
    rmSync(place, { recursive: true, force: true });
  });

  it("is given everything by the commands that install, in an order that works", async () => {
    const { stdout } = await shell(install);
    expect(stdout.match(/ (created|configured|unchanged)$/gm)?.length).toBe(15);
    expect([...api.objects.keys()].sort()).toEqual([
      "/namespaces/workflow-core",
      "workflow-core/configmaps/workflow-core-config",
      "workflow-core/deployments/workflow-core-api",
      "workflow-core/deployments/workflow-core-worker",
      "workflow-core/horizontalpodautoscalers/workflow-core-api",
      "workflow-core/horizontalpodautoscalers/workflow-core-worker",
      "workflow-core/jobs/workflow-core-migrate",
      "workflow-core/networkpolicies/workflow-core",
      "workflow-core/networkpolicies/workflow-core-api",
      "workflow-core/poddisruptionbudgets/workflow-core-api",
      "workflow-core/poddisruptionbudgets/workflow-core-worker",
      "workflow-core/secrets/workflow-core-secrets",
      "workflow-core/serviceaccounts/workflow-core",
      "workflow-core/services/workflow-core",
    ]);
  });

  it("runs the migration again by the commands that update, and waits for the new pods", async () => {
    const { stdout } = await shell(install, update);
    expect(stdout).toContain('job.batch "workflow-core-migrate" deleted');
    expect(stdout).toContain("job.batch/workflow-core-migrate created");
    for (const name of ["api", "worker"])
      expect(stdout).toContain(`deployment "workflow-core-${name}" successfully rolled out`);
  });

  it.each(["staging", "production"])("would understand every field of the overlay %s", async (overlay) => {
    const { stdout } = await shell(`kubectl apply -o json --dry-run=client -k deploy/kubernetes/overlays/${overlay}`);
    const { items } = JSON.parse(stdout);
    expect(items).toHaveLength(13);
    expect(schemaProblems(items)).toEqual([]);
  });
});

it("the comparison with Kubernetes' description finds a field that there is not, a wrong type, a missing field", () => {
  const policy = { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: "few" } };
  const specs = [
    { maxUnavailabel: 1 },
    { maxUnavailable: true },
    { selector: { matchExpressions: [{ key: "a" }] } },
    { maxUnavailable: 1 },
  ];
  const words = ["maxUnavailabel[^ ]* does not exist", "'true' is not assignable", "'operator' is missing"];
  expect(schemaProblems(specs.map((spec) => ({ ...policy, spec })))).toEqual(
    words.map((each) => expect.stringMatching(`^PodDisruptionBudget few: [^]*${each}`)),
  );
});
