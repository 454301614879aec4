// Values that are wrong, almost right or right: drawn at random, or from a JSON schema.
const texts = [
  ...["", " ", "a", "null", "0", "-1", "1e400", "NaN", "true", "..", "../../etc/passwd", "%00", "%", "{{", "{{ }}"],
  ...["{{ now() }}", "{{ secrets.x }}", "{{ a.b.c[0] }}", "{{ [1,2].map(x => x) }}", "{{ 'x'.repeat(1e9) }}"],
  ...["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "' OR 1=1 --", '"; DROP TABLE x; --'],
  ...["<script>alert(1)</script>", "\u0000", "\ud800", "\udfff x", "\ufeff", "\u202e", "e\u0301", "🦊", "\r\nX: y"],
  ...[
    "* * * * *",
    "0 0 31 2 *",
    "*/0 * * * *",
    "@daily",
    "Europe/Berlin",
    "2026-02-30T00:00:00Z",
    "0001-01-01T00:00:00Z",
  ],
  ...[
    "http://127.0.0.1:9/",
    "http://169.254.169.254/latest",
    "http://[::1]/",
    "ftp://x.invalid",
    "javascript:1",
    "1.0.0",
  ],
  ...[
    "!hug @ada",
    "!",
    "/",
    "(a+)+$",
    "[",
    "\\",
    "$1",
    "#{x}",
    "%s%n",
    "A".repeat(300),
    "ä".repeat(5000),
    "x".repeat(70_000),
  ],
];
const numbers = [
  0,
  1,
  -1,
  2,
  0.5,
  -0,
  1e9,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 53,
  2 ** 63,
  1e308,
  1e-320,
  99_999_999,
];
const keys = [
  "a",
  "id",
  "name",
  "nodes",
  "config",
  "__proto__",
  "constructor",
  "",
  "\u0000",
  "x".repeat(300),
  "🦊",
  "a.b",
  "0",
];

/** Any JSON value; the deeper, the simpler. */
export function anything(random, depth = 0) {
  return random.weighted([
    [4, () => random.pick(texts)],
    [3, () => random.pick(numbers)],
    [2, () => random.pick([true, false, null])],
    [depth > 4 ? 0 : 2, () => random.times(random.below(5), () => anything(random, depth + 1))],
    [
      depth > 4 ? 0 : 3,
      () => members(random.times(random.below(5), () => [random.pick(keys), anything(random, depth + 1)])),
    ],
    [0.1, () => nested(random)],
    [0.05, () => random.times(20_000, (index) => index)],
  ])();
}

/** Own members, `__proto__` too. */
const members = (entries) => {
  const made = {};
  for (const [key, value] of entries)
    Object.defineProperty(made, key, { value, enumerable: true, configurable: true, writable: true });
  return made;
};

const nested = (random) => {
  let value = 1;
  for (let depth = random.pick([10, 63, 64, 65, 200, 2000]); depth > 0; depth -= 1)
    value = random.maybe(0.5) ? [value] : { a: value };
  return value;
};

/** A value that fits a schema more or less; `world` gives ids of what is there. */
export function fitting(random, schema, components, world, name = "", depth = 0) {
  if (schema === undefined || depth > 8) return anything(random, 4);
  if (schema.$ref !== undefined)
    return fitting(random, components[schema.$ref.split("/").at(-1)], components, world, name, depth + 1);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fitting(random, random.pick(choices), components, world, name, depth + 1);
  if (schema.enum !== undefined) return random.pick(schema.enum);
  if (schema.const !== undefined) return schema.const;
  const inside = (part, key) => fitting(random, part, components, world, key, depth + 1);
  switch (Array.isArray(schema.type) ? random.pick(schema.type) : schema.type) {
    case "string":
      return world.text(random, name, schema.format) ?? random.pick(texts);
    case "integer":
    case "number":
      return random.maybe(0.7)
        ? (schema.minimum ?? 0) + random.below(Math.min(10, (schema.maximum ?? 10) - (schema.minimum ?? 0) + 1))
        : random.pick(numbers);
    case "boolean":
      return random.maybe(0.5);
    case "null":
      return null;
    case "array":
      return random.times(Math.max(schema.minItems ?? 0, random.below(4)), () => inside(schema.items, name));
    case "object": {
      const known = Object.entries(schema.properties ?? {});
      const required = new Set(schema.required ?? []);
      const chosen = known.filter(([key]) => required.has(key) || random.maybe(0.4));
      const extra = typeof schema.additionalProperties === "object" ? random.below(3) : 0;
      return members([
        ...chosen.map(([key, part]) => [key, inside(part, key)]),
        ...random.times(extra, (index) => [`${random.pick(keys)}${index}`, inside(schema.additionalProperties, "")]),
      ]);
    }
    default:
      return anything(random, 3);
  }
}

/** A copy with something in it changed, gone or added. */
export function spoiled(random, value) {
  const copy = structuredClone(value);
  const places = [];
  const walk = (at) => {
    if (typeof at !== "object" || at === null || places.length > 3000) return;
    for (const key of Object.keys(at)) {
      places.push([at, key]);
      walk(at[key]);
    }
  };
  walk(copy);
  for (let change = random.below(3); change >= 0 && places.length > 0; change -= 1) {
    const [at, key] = random.pick(places);
    const kind = random.below(4);
    if (kind === 0) delete at[key];
    else if (kind === 1 && !Array.isArray(at))
      Object.defineProperty(at, random.pick(keys), {
        value: anything(random),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    else at[key] = anything(random);
  }
  return copy;
}

/** A body that need not even be JSON. */
export const garbage = (random) =>
  random.weighted([
    [2, () => JSON.stringify(anything(random)).slice(0, -1)],
    [1, () => "[".repeat(random.pick([10, 100_000]))],
    [1, () => Buffer.from(random.times(random.below(2000), () => random.below(256)))],
    [1, () => '{"a":1e999}'],
    [1, () => '{"a":"\\ud800"}'],
    [1, () => `{"a":"${"x".repeat(random.pick([1000, 1_100_000]))}"}`],
    [1, () => '{"__proto__":{"admin":true},"a":1}'],
    [1, () => `{${random.times(5000, (index) => `"k${index}":${index}`).join(",")}}`],
    [1, () => Buffer.from([0xc3, 0x28, 0xff, 0xfe])],
  ])();

export const anyText = (random) => random.pick(texts);
