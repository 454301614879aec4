// The manifests in deploy/kubernetes agree with each other and with the program: names, labels, ports, settings.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { rows } from "../src/settings/table.js";
import { loadSettings } from "../src/settings.js";
import { readYaml } from "./support/yaml.js";

const folder = fileURLToPath(new URL("../../../deploy/kubernetes/", import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".yaml"));

const texts = z.record(z.string(), z.string());
const reference = z.strictObject({ name: z.string() });
const selector = z.strictObject({ matchLabels: texts });
const probe = z.looseObject({ httpGet: z.strictObject({ path: z.string(), port: z.string() }) });
const container = z.looseObject({
  image: z.literal("waddlebot/workflow-core"), // the tag is the kustomization's
  args: z.array(z.string()).default([]),
  env: z.array(z.strictObject({ name: z.string(), value: z.string() })).default([]),
  envFrom: z.array(z.union([z.strictObject({ configMapRef: reference }), z.strictObject({ secretRef: reference })])),
  ports: z.array(z.strictObject({ name: z.string(), containerPort: z.int() })).default([]),
  ...{ startupProbe: probe.optional(), livenessProbe: probe.optional(), readinessProbe: probe.optional() },
  lifecycle: z
    .strictObject({ preStop: z.strictObject({ exec: z.strictObject({ command: z.array(z.string()) }) }) })
    .optional(),
  securityContext: z.looseObject({
    readOnlyRootFilesystem: z.literal(true),
    allowPrivilegeEscalation: z.literal(false),
  }),
});
const pod = z.looseObject({
  metadata: z.strictObject({ labels: texts }),
  spec: z.looseObject({
    serviceAccountName: z.string(),
    terminationGracePeriodSeconds: z.int().optional(),
    securityContext: z.looseObject({ runAsNonRoot: z.literal(true), runAsUser: z.literal(1000) }),
    containers: z.tuple([container]),
  }),
});
const made = <K extends string, S extends z.ZodRawShape>(kind: K, shape: S) =>
  z.looseObject({
    apiVersion: z.string(),
    kind: z.literal(kind),
    metadata: z.looseObject({ name: z.string() }),
    ...shape,
  });
const spec = <S extends z.ZodRawShape>(shape: S) => ({ spec: z.looseObject(shape) });
const patch = z.strictObject({
  target: z.strictObject({ kind: z.string(), name: z.string().optional() }),
  patch: z.string(),
});
const port = z.looseObject({ name: z.string(), port: z.int(), targetPort: z.string() });

const kinds = z.discriminatedUnion("kind", [
  z.looseObject({
    kind: z.literal("Kustomization"),
    resources: z.array(z.string()),
    patches: z.array(patch).default([]),
  }),
  made("Namespace", {}),
  made("ServiceAccount", {}),
  made("ConfigMap", { data: texts }),
  made("Secret", { stringData: texts }),
  made("Deployment", spec({ replicas: z.undefined().optional(), selector, template: pod })), // the number is the autoscaler's
  made("Job", spec({ template: pod })),
  made("Service", spec({ selector: texts, ports: z.array(port) })),
  made("PodDisruptionBudget", spec({ selector })),
  made("HorizontalPodAutoscaler", spec({ scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }) })),
  made("NetworkPolicy", spec({ podSelector: selector })),
]);
type Manifest = z.infer<typeof kinds>;

const documents = files.flatMap((file) =>
  readYaml(readFileSync(folder + file, "utf8"), kinds).map((it) => ({ file, it })),
);
const of = <K extends Manifest["kind"]>(kind: K): Extract<Manifest, { kind: K }>[] =>
  documents.flatMap(({ it }) => (isOf(it, kind) ? [it] : []));
const isOf = <K extends Manifest["kind"]>(it: Manifest, kind: K): it is Extract<Manifest, { kind: K }> =>
  it.kind === kind;

const [config, secret, service] = [of("ConfigMap")[0], of("Secret")[0], of("Service")[0]];
const deployments = of("Deployment");
const pods = [...deployments, ...of("Job")].map(({ spec: { template } }) => template);
const component = ({ metadata }: z.infer<typeof pod>) => metadata.labels["app.kubernetes.io/component"];
const chosen = (labels: Record<string, string> = {}) =>
  pods
    .filter(({ metadata }) => Object.entries(labels).every(([name, value]) => metadata.labels[name] === value))
    .map(component)
    .sort();

test("every file belongs to a kustomization but the Secret, which would replace the real one", () => {
  const listed = documents.flatMap(({ file, it }) =>
    it.kind === "Kustomization" ? it.resources.map((each) => file.slice(0, file.lastIndexOf("/") + 1) + each) : [],
  );
  const loose = files.filter((file) => !file.endsWith("kustomization.yaml") && !listed.includes(file));
  expect(loose).toEqual(["base/secret.yaml"]);
  const known = documents.map(({ it }) => (it.kind === "Kustomization" ? it.kind : `${it.kind} ${it.metadata.name}`));
  expect(known).toHaveLength(new Set(known).size + of("Kustomization").length - 1);
  const targets = of("Kustomization").flatMap(({ patches }) => patches.map(({ target }) => target));
  expect(targets.length).toBeGreaterThan(3);
  for (const { kind, name = "" } of targets)
    expect(known.filter((each) => each.startsWith(`${kind} ${name}`))).not.toEqual([]);
});

test("ConfigMap and Secret, as the overlays change them, are settings that the program takes in every pod", () => {
  const change = z.array(z.strictObject({ op: z.enum(["add", "replace"]), path: z.string(), value: z.unknown() }));
  const changes = of("Kustomization").map(({ patches }) =>
    patches
      .filter(({ target }) => target.kind === "ConfigMap")
      .flatMap((each) => readYaml(each.patch, change).flat())
      .map(({ path, value }) => [path.replace("/data/", ""), z.string().parse(value)] as const),
  );
  expect(changes.filter((each) => each.length > 0)).toHaveLength(2);
  const names = new Set<string>(rows.map(([name]) => name));
  for (const [change, { spec }] of changes.flatMap((each) => pods.map((pod) => [each, pod] as const))) {
    const [{ env: own, envFrom }] = spec.containers;
    const added = own.map(({ name, value }) => [name, value]);
    const env = { ...config?.data, ...secret?.stringData, ...Object.fromEntries([...change, ...added]) };
    expect(Object.keys(env).filter((name) => !names.has(name))).toEqual([]);
    expect(loadSettings(env)).toMatchObject({
      RELEASE_MODE: true,
      HOST: "0.0.0.0",
      MODULE_PORT: 8070,
      GRPC_PORT: 50_070,
    });
    expect(envFrom).toEqual([
      { configMapRef: { name: config?.metadata.name } },
      { secretRef: { name: secret?.metadata.name } },
    ]);
  }
});

test("selectors choose the pods that are meant", () => {
  expect(deployments.map(({ metadata }) => metadata.name)).toEqual(["workflow-core-api", "workflow-core-worker"]);
  const accounts = of("ServiceAccount").map(({ metadata }) => metadata.name);
  for (const { metadata, spec } of deployments) {
    const mine = component(spec.template);
    expect([metadata.name, chosen(spec.selector.matchLabels)]).toEqual([`workflow-core-${mine}`, [mine]]);
    expect(spec.template.spec.containers[0].env).toContainEqual({ name: "ROLE", value: mine });
    const budgets = of("PodDisruptionBudget").filter(
      ({ spec: { selector } }) => chosen(selector.matchLabels)[0] === mine,
    );
    const scalers = of("HorizontalPodAutoscaler").filter(({ spec }) => spec.scaleTargetRef.name === metadata.name);
    expect([budgets.length, scalers.map(({ spec }) => spec.scaleTargetRef.kind)]).toEqual([1, ["Deployment"]]);
  }
  expect(chosen(service?.spec.selector)).toEqual(["api"]);
  const policies = of("NetworkPolicy").map(({ spec }) => chosen(spec.podSelector.matchLabels));
  expect(policies).toEqual([["api", "migrate", "worker"], ["api"]]);
  for (const { spec } of pods) expect(accounts).toContain(spec.serviceAccountName);
});

test("ports and probes have names that exist, and pods have time to end", () => {
  const numbers: Record<string, number> = {
    http: Number(config?.data.MODULE_PORT),
    grpc: Number(config?.data.GRPC_PORT),
  };
  for (const { spec } of deployments.map(({ spec: { template } }) => template)) {
    const [{ ports, startupProbe, livenessProbe, readinessProbe, lifecycle }] = spec.containers;
    for (const { name, containerPort } of ports) expect(containerPort).toBe(numbers[name]);
    const probed = [startupProbe, livenessProbe, readinessProbe].map((each) => each?.httpGet);
    expect(probed.map((each) => each?.path)).toEqual(["/health", "/health", "/ready"]);
    for (const each of probed) expect(ports.map(({ name }) => name)).toContain(each?.port);
    const pause = Number(lifecycle?.preStop.exec.command[1] ?? 0);
    // serve.ts adds five seconds to SHUTDOWN_TIMEOUT_SECONDS.
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(pause + loadSettings({}).SHUTDOWN_TIMEOUT_SECONDS + 5);
  }
  const api = deployments[0]?.spec.template.spec.containers[0].ports.map(({ name, containerPort }) => [
    name,
    containerPort,
  ]);
  expect(service?.spec.ports.map(({ targetPort, port }) => [targetPort, port])).toEqual(api);
  expect(of("Job").map(({ spec }) => spec.template.spec.containers[0].args)).toEqual([["migrate"]]);
});
