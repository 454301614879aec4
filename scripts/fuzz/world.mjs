// What there is on the server that is being asked: people, ids that it gave out, documents that it takes.
import { createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

export const apiKey = "an-api-key-for-random-requests";
export const secretKey = "a-secret-key-for-random-requests-0123456789";

const base64 = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A JWT with these claims. */
function token(claims, header = { alg: "HS256", typ: "JWT" }, key = secretKey) {
  const text = `${base64(header)}.${base64(claims)}`;
  return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
}

const member = token({ user_id: 7, username: "ada", community_ids: [1] });
const tokens = [
  ...[member, token({ user_id: 8, community_ids: [2] }), token({ user_id: 9 })],
  ...[
    token({ user_id: 7, exp: 1 }),
    token({ user_id: "7" }),
    token({ user_id: 2 ** 53 }),
    token({ user_id: 7, exp: "never" }),
  ],
  ...[
    token({ user_id: 7 }, { alg: "none" }),
    token({ user_id: 7 }, { alg: "HS256", crit: ["x"] }),
    token({ user_id: 7 }, undefined, "x"),
  ],
  ...["", "x.y.z", "a".repeat(4000), `${member}x`, "\u00e9"],
];

/** Headers that say who is asking; mostly somebody who may do much. */
export const credentials = (random) =>
  random.weighted([
    [10, () => ({ "x-api-key": apiKey })],
    [8, () => ({ authorization: `Bearer ${member}` })],
    [4, () => ({ authorization: `Bearer ${random.pick(tokens)}` })],
    [1, () => ({})],
    [1, () => ({ "x-api-key": apiKey, "x-on-behalf-of": random.pick(["7", "8", "abc", "-1", "9007199254740993"]) })],
    [
      1,
      () => ({
        "x-api-key": random.pick(["", "x", apiKey.slice(1)]),
        authorization: random.pick(["", "Basic eDp5", "Bearer"]),
      }),
    ],
    [1, () => ({ cookie: random.pick(["wc_session=x", "=", "a=b; c", "workflow_core_session=%"]) })],
  ])();

/** Workflows that can be published; they call nobody outside. */
const documents = () => {
  const folder = new URL("../../examples/", import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.map((file) =>
    JSON.parse(readFileSync(new URL(file, folder), "utf8").replace(/https?:\/\/[^/"{\s]+/g, "http://127.0.0.1:9")),
  );
};

const mostRemembered = 200;

/** Remembers what answers name, so that later requests can ask for it. */
export function createWorld() {
  const known = { workflow_id: [], execution_id: [], webhook_id: [], schedule_id: [], permission_id: [], token: [] };
  const note = (name, value) => {
    if (typeof value !== "string" && typeof value !== "number") return;
    known[name].push(String(value));
    if (known[name].length > mostRemembered) known[name].shift();
  };
  const graphs = documents();
  return {
    graphs,
    known,
    /** Workflows that were made as they should be, the oldest first. */
    good: [],
    /** Keeps the ids in an answer. */
    learn(data) {
      for (const each of Array.isArray(data) ? data : [data])
        for (const name of Object.keys(known)) if (typeof each === "object" && each !== null) note(name, each[name]);
    },
    /** A text that is likely right for a member of this name; undefined: none is. */
    text(random, name, format) {
      if (name in known && random.maybe(0.8)) return random.pick(known[name]);
      if (format === "uuid") return random.pick(known.workflow_id);
      if (random.maybe(0.5)) return undefined;
      return {
        name: "A name",
        message: "!hello @ada",
        cron_expression: "*/5 * * * *",
        timezone: "Europe/Berlin",
        version: "1.0.0",
      }[name];
    },
    /** The value of a parameter in an address. */
    parameter(random, name) {
      const kind = name === "id" ? "workflow_id" : name;
      if (random.maybe(0.85) && known[kind]?.length > 0) return random.pick(known[kind]);
      if (name === "community_id") return random.pick(["1", "2", "x", "-1", "99999999999"]);
      if (name === "version") return random.pick(["1.0.0", "1.0.1", "x", "%00"]);
      if (name === "name") return random.pick(["key", "a-b", "x".repeat(70)]);
      return random.pick([
        "abc",
        "5f0c1a52-6f0e-4d0e-9a39-0d3f1f6a7b11",
        "..",
        "%2e%2e%2f",
        "%00",
        "%ff",
        "__proto__",
        "1",
        "9".repeat(30),
      ]);
    },
  };
}
