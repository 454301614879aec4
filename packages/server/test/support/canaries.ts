// Canaries: the secrets of all test servers have values that occur nowhere else. Wherever one is found that is not its
// own place (a line of a log, an answer, a row), a secret leaked, and the test file fails (canary-check.ts).
import pg from "pg";

export const canaries = {
  secretKey: "canary-secret-key-of-the-tests-0123456789",
  apiKey: "canary-api-key-of-the-tests",
  replicaSecretKey: "canary-secret-key-of-the-replicas-0123456789",
  replicaApiKey: "canary-api-key-of-the-replicas",
};

const values: readonly string[] = Object.values(canaries);
const found: string[] = [];

/** Looks for canaries in something that people may see. */
export function lookForCanaries(text: string, place: string): void {
  const canary = values.find((value) => text.includes(value));
  if (canary === undefined) return;
  const at = text.indexOf(canary);
  found.push(`${canary} in ${place}: ${text.slice(Math.max(0, at - 200), at + 200)}`);
}

/** What was found since the last call. */
export const takeLeaks = (): string[] => found.splice(0);

/** Secrets of webhooks are drawn by the server: what is in these columns may be nowhere else. */
const webhookSecrets = ["secret", "previous_secret", "sender_secret"];
const shortestSecret = 16;

/** Looks through all tables of a database before it is dropped. */
export async function lookThroughDatabase(uri: string): Promise<void> {
  const client = new pg.Client({ connectionString: uri });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_name LIKE 'workflow%' AND table_type = 'BASE TABLE'",
    );
    if (tables.length === 0) return;
    const drawn = tables.some(({ name }) => name === "workflow_webhooks")
      ? `UNION SELECT value FROM workflow_webhooks AS w, jsonb_each_text(to_jsonb(w)) WHERE key = ANY($2) AND length(value) >= ${shortestSecret}`
      : "";
    const looks = tables.map(({ name }) => {
      const row = name === "workflow_webhooks" ? "(to_jsonb(t) - $2::text[])" : "to_jsonb(t)";
      return `SELECT canary, '${name}' AS place, ${row}::text AS row FROM ${pg.escapeIdentifier(name)} AS t
        JOIN secrets ON strpos(${row}::text, canary) > 0`;
    });
    const { rows } = await client.query<{ canary: string; place: string; row: string }>(
      // $2 is named once more, so that its type is known where no table asks for it.
      `WITH secrets(canary) AS (SELECT unnest($1::text[]) ${drawn}), unused AS (SELECT $2::text[])
       ${looks.join(" UNION ALL ")} LIMIT 20`,
      [values, webhookSecrets],
    );
    for (const { canary, place, row } of rows) found.push(`${canary} in table ${place}: ${row.slice(0, 400)}`);
  } finally {
    await client.end();
  }
}
