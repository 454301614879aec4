// Sessions of the builder: text under a key until a time that the database's clock decides. All processes see them.
import type { Database } from "./database.js";

/** What access/sessions.ts keeps its sessions in. */
export interface SessionTable {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, seconds: number): Promise<void>;
  delete(key: string): Promise<void>;
}

export const sessionTable = ({ primary }: Database): SessionTable => ({
  async get(key) {
    const { rows } = await primary.query<{ data: string }>({
      name: "session-get",
      text: "SELECT data FROM workflow_sessions WHERE session_key = $1 AND expires_at > statement_timestamp()",
      values: [key],
    });
    return rows[0]?.data;
  },
  async set(key, value, seconds) {
    await primary.query({
      name: "session-set",
      text: `INSERT INTO workflow_sessions (session_key, data, expires_at)
        VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
        ON CONFLICT (session_key) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`,
      values: [key, value, seconds],
    });
  },
  async delete(key) {
    await primary.query("DELETE FROM workflow_sessions WHERE session_key = $1", [key]);
  },
});
