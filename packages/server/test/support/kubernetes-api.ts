// A stand-in for a cluster's API server, as far as kubectl asks: discovery, objects that are kept, whole lists for
// watches. It schedules nothing: a Deployment is as good as rolled out when it is stored. What it was given is compared
// with the official schemas by kubernetes-schemas.ts.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

// biome-ignore lint/suspicious/noExplicitAny: objects of every kind
export type KubernetesObject = any;

/** What the manifests may hold: group and version, plural, kind. */
const resources = [
  ["v1", "namespaces", "Namespace"],
  ["v1", "configmaps", "ConfigMap"],
  ["v1", "secrets", "Secret"],
  ["v1", "serviceaccounts", "ServiceAccount"],
  ["v1", "services", "Service"],
  ["apps/v1", "deployments", "Deployment"],
  ["autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"],
  ["batch/v1", "jobs", "Job"],
  ["networking.k8s.io/v1", "networkpolicies", "NetworkPolicy"],
  ["policy/v1", "poddisruptionbudgets", "PodDisruptionBudget"],
] as const;

const verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];
const groupOf = (version: string) => version.split("/").slice(0, -1).join("");
const rootOf = (version: string) => (version.includes("/") ? `apis/${version}` : `api/${version}`);
const groups = [...new Set(resources.map(([version]) => version))].filter((version) => version.includes("/"));

/** What is answered whatever is stored, by path. */
const discovery = new Map<string, object>([
  ["/api", { kind: "APIVersions", versions: ["v1"] }],
  [
    "/apis",
    {
      kind: "APIGroupList",
      apiVersion: "v1",
      groups: groups.map((groupVersion) => {
        const version = { groupVersion, version: groupVersion.split("/")[1] };
        return { name: groupOf(groupVersion), versions: [version], preferredVersion: version };
      }),
    },
  ],
  [
    "/openapi/v3",
    {
      paths: Object.fromEntries(
        resources.map(([version]) => [rootOf(version), { serverRelativeURL: `/openapi/v3/${rootOf(version)}` }]),
      ),
    },
  ],
  ...["v1", ...groups].flatMap((groupVersion): [string, object][] => {
    const own = resources.filter(([version]) => version === groupVersion);
    const list = own.map(([, name, kind]) => ({
      name,
      kind,
      namespaced: kind !== "Namespace",
      verbs,
      singularName: "",
    }));
    return [
      [`/${rootOf(groupVersion)}`, { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources: list }],
      [`/openapi/v3/${rootOf(groupVersion)}`, { openapi: "3.0.0", paths: Object.fromEntries(own.map(validated)) }],
    ];
  }),
]);

/** Says that the server itself looks for unknown fields, so that kubectl leaves it to the server. */
function validated([version, name, kind]: (typeof resources)[number]): [string, object] {
  const about = { group: groupOf(version), version: version.split("/").at(-1), kind };
  const parameters = [{ name: "fieldValidation", in: "query", schema: { type: "string" } }];
  return [`/${rootOf(version)}/${name}/{name}`, { patch: { parameters, "x-kubernetes-group-version-kind": about } }];
}

export interface KubernetesApi {
  /** For `server` of a kubeconfig. */
  url: string;
  /** What is stored, by `namespace/plural/name`. */
  objects: Map<string, KubernetesObject>;
  close(): Promise<void>;
}

export async function startKubernetesApi(): Promise<KubernetesApi> {
  const objects = new Map<string, KubernetesObject>();
  const server = createServer((request, response) => {
    answer(objects, request).then(
      ([code, body, stays]) => send(response, code, body, stays),
      (error: Error) => send(response, 500, status(500, error.message)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, objects, close };
}

function send(response: ServerResponse, code: number, body: object, stays = false): void {
  response.writeHead(code, { "content-type": "application/json" });
  response.write(stays ? "" : JSON.stringify(body));
  if (stays) response.flushHeaders();
  else response.end();
}

const reasons: Record<number, string> = { 200: "", 404: "NotFound", 409: "AlreadyExists", 500: "InternalError" };
const status = (code: number, message: string) => ({
  ...{ kind: "Status", apiVersion: "v1", status: code === 200 ? "Success" : "Failure", message, code },
  reason: reasons[code],
});

/** The code, the body, and whether the answer stays open, as a watch does in which nothing happens. */
async function answer(
  objects: KubernetesApi["objects"],
  request: IncomingMessage,
): Promise<[number, object, boolean?]> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://cluster");
  const known = discovery.get(pathname);
  if (known !== undefined) return [200, known];
  const match = /^\/(?:api|apis\/[^/]+)\/v\d(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?$/.exec(pathname);
  const [, namespace = "", plural = "", name] = match ?? [];
  const about = resources.find(([, each]) => each === plural);
  if (about === undefined) return [404, status(404, `the server could not find ${pathname}`)];
  const at = (key = name) => `${namespace}/${plural}/${key}`;
  const said = JSON.parse((await text(request)) || "null") as KubernetesObject;
  if (request.method === "POST") {
    if (namespace !== "" && !objects.has(`/namespaces/${namespace}`))
      return [404, status(404, `namespaces "${namespace}" not found`)];
    if (objects.has(at(said.metadata.name))) return [409, status(409, `${said.metadata.name} already exists`)];
    objects.set(at(said.metadata.name), stored(said, namespace));
    return [201, objects.get(at(said.metadata.name))];
  }
  const wanted = name ?? /^metadata\.name=(.+)$/.exec(searchParams.get("fieldSelector") ?? "")?.[1];
  const found = objects.get(at(wanted));
  if (searchParams.get("watch")) return [200, {}, true];
  if (name === undefined) {
    const items = found === undefined ? [] : [found];
    return [200, { kind: `${about[2]}List`, apiVersion: about[0], metadata: { resourceVersion: "1" }, items }];
  }
  if (found === undefined) return [404, status(404, `${plural} "${name}" not found`)];
  if (request.method === "DELETE") objects.delete(at());
  if (request.method === "PATCH") Object.assign(found.metadata.annotations, said.metadata?.annotations);
  return request.method === "DELETE" ? [200, status(200, "")] : [200, found];
}

/** As the server completes it: identity, and for a Deployment that all its pods are there. */
function stored(said: KubernetesObject, namespace: string): KubernetesObject {
  const own = { uid: `uid-of-${said.metadata.name}`, resourceVersion: "1", generation: 1 };
  const metadata = { ...said.metadata, ...own, ...(namespace === "" ? {} : { namespace }) };
  if (said.kind !== "Deployment") return { ...said, metadata };
  const counts = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };
  return { ...said, metadata, spec: { replicas: 1, ...said.spec }, status: { observedGeneration: 1, ...counts } };
}
