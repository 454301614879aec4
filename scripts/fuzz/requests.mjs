// Requests over HTTP, made from the OpenAPI document: right, half right and wrong in every part.
import { request } from "node:http";
import { anyText, anything, fitting, garbage, spoiled } from "./values.mjs";
import { credentials } from "./world.mjs";

const methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "QUERY"];
const types = [
  "application/json; charset=utf-8",
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "",
  "application/json;",
  "a",
];
const patienceMs = 20_000;
/** So long a stream is read. */
const streamMs = 300;

/** All operations of a document: `{path, method, operation}`. */
export const operationsOf = (openapi) =>
  Object.entries(openapi.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );

const printable = (text) =>
  String(text)
    .replace(/[^\x20-\x7e]/g, "")
    .slice(0, 9000);

/** Draws a request to one of the operations. */
export function draw(random, { operations, components, world }) {
  // What is removed cannot be asked for: rarely.
  const { path, method, operation } = random.weighted(
    operations.map((each) => [each.method === "DELETE" ? 0.1 : 1, each]),
  );
  const address = path.replace(/\{(\w+)\}/g, (_, name) => encodeUnlessOdd(world.parameter(random, name)));
  const wanted = operation.requestBody?.content?.["application/json"]?.schema;
  const body = wanted === undefined && random.maybe(0.9) ? undefined : bodyOf(random, wanted, components, world, path);
  const headers = {
    ...credentials(random),
    ...(body === undefined ? {} : { "content-type": random.maybe(0.95) ? "application/json" : random.pick(types) }),
  };
  if (random.maybe(0.1))
    headers[
      random.pick([
        "if-match",
        "idempotency-key",
        "last-event-id",
        "x-forwarded-for",
        "expect",
        "range",
        "accept",
        "x-delivery-id",
        "x-webhook-signature",
        "origin",
      ])
    ] = printable(anyText(random));
  if (random.maybe(0.01)) headers["x-long"] = "h".repeat(random.pick([8000, 17_000, 60_000]));
  return {
    method: random.maybe(0.96) ? method : random.pick(methods),
    path: `${random.maybe(0.99) ? address : printable(`/${anyText(random)}`).replace(/ /g, "%20")}${queryOf(random, operation, components, world)}`,
    headers,
    body,
    /** Leaves before the answer is there. */
    leaves: random.maybe(0.02),
  };
}

const encodeUnlessOdd = (text) => (text.includes("%") ? text : encodeURIComponent(text));

function queryOf(random, operation, components, world) {
  const pairs = (operation.parameters ?? [])
    .filter((each) => each.in === "query" && random.maybe(each.required ? 0.95 : 0.25))
    .map(({ name, schema }) => [
      name,
      random.maybe(0.8) ? fitting(random, schema, components, world, name) : anything(random, 3),
    ]);
  if (random.maybe(0.03)) pairs.push([anyText(random), anyText(random)]);
  const text = pairs
    .map(([name, value]) => `${safely(name)}=${safely(typeof value === "string" ? value : JSON.stringify(value))}`)
    .join("&");
  // A long wait would hold a request for nothing.
  return text === "" ? "" : `?${text.replace(/wait=[^&]*/, `wait=${random.pick(["0", "1", "0.1", "61", "x"])}`)}`;
}

const safely = (text) =>
  encodeURIComponent(String(text).toWellFormed?.() ?? String(text).replace(/\p{Surrogate}/gu, "?")).slice(0, 9000);

function bodyOf(random, schema, components, world, path) {
  const drawn = /workflows(\/validate|\/\{id\}(\/test)?)?$/.test(path);
  const graph = () => ({ name: "Random", entity_id: 1, community_id: 1, ...random.pick(world.graphs) });
  const value = random.weighted([
    [drawn ? 8 : 0, () => (random.maybe(0.5) ? graph() : spoiled(random, graph()))],
    [6, () => ({ ...fitting(random, schema, components, world), ...(random.maybe(0.5) ? { community_id: 1 } : {}) })],
    [3, () => spoiled(random, fitting(random, schema, components, world))],
    [1, () => anything(random)],
    [1, () => undefined],
  ])();
  if (value === undefined) return garbage(random);
  const text = JSON.stringify(value);
  return text === undefined || text.length > 3_000_000 ? "{}" : text.replace(/"wait(\w*)":\d+/g, '"wait$1":1');
}

/** Sends it; gives the status (0: the connection ended without one) and the answer's JSON or text. */
export function send(port, { method, path, headers, body, leaves }, agent) {
  return new Promise((resolve) => {
    let asked;
    const done = (status, text = "", answered = {}) => {
      clearTimeout(patience);
      resolve({ status, text, headers: answered });
    };
    const patience = setTimeout(() => {
      asked?.destroy();
      done(-1);
    }, patienceMs);
    try {
      asked = request({ host: "127.0.0.1", port, method, path, headers, agent }, (response) => {
        let text = "";
        const stream = String(response.headers["content-type"]).startsWith("text/event-stream");
        if (stream) setTimeout(() => response.destroy(), streamMs);
        response.setEncoding("utf8").on("data", (part) => {
          if (text.length < 1_000_000) text += part;
        });
        response.on("error", () => undefined).on("close", () => done(response.statusCode, text, response.headers));
      });
    } catch {
      return done(0); // Node itself refuses to send it
    }
    asked.on("error", () => done(0));
    if (leaves) setTimeout(() => asked.destroy(), 2);
    asked.end(body);
  });
}
