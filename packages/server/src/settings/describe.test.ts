import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { configurationPage, envExample, settingsHelp } from "./describe.js";
import { loadSettings } from "./load.js";
import { rows } from "./table.js";
import { explain, troubles } from "./troubleshooting.js";

test("every variable is in the page, in the example and in the help, once", () => {
  for (const [name, { sentence }] of rows) {
    expect(configurationPage().match(new RegExp(`^\\| \`${name}\` \\|`, "gm"))).toHaveLength(1);
    expect(envExample().match(new RegExp(`^#${name}=`, "gm"))).toHaveLength(1);
    expect(settingsHelp().match(new RegExp(`^ {2}${name} `, "gm"))).toHaveLength(1);
    expect(sentence).toMatch(/^(gRPC|[A-Z]).*\.$/);
  }
});

test("the example file, uncommented, is an environment that starts", () => {
  const env = parseEnv(envExample().replaceAll(/^#(?=[A-Z_]+=)/gm, ""));
  expect(Object.keys(env).sort()).toEqual(rows.map(([name]) => name).sort());
  expect(loadSettings(env)).toMatchObject({ MODULE_PORT: 8070, READ_REPLICA_URIS: [expect.any(String)] });
});

test("a trouble is one clear line", () => {
  expect(explain(troubles.database, "localhost:5432 refused the connection")).toBe(
    "Failed to connect to database: localhost:5432 refused the connection. Verify DATABASE_URI format; Check network connectivity to database; Verify credentials; Ensure database exists.",
  );
});
