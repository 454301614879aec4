// docs/openapi.json: the REST interface as the program itself tells it, asked on a database made for the moment.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const openapiDocument = async (server) => {
  const directory = mkdtempSync(join(tmpdir(), "workflow-core-openapi-"));
  const { createApp } = await server("app.js");
  const { loadSettings } = await server("settings.js");
  const { createLog } = await server("log.js");
  const settings = loadSettings({ DATA_DIR: directory, MODULE_PORT: "0", GRPC_PORT: "0" });
  const app = await createApp({ settings, log: createLog({ level: "ERROR", stdout: false }) });
  try {
    return `${JSON.stringify(app.http.swagger(), null, 2)}\n`;
  } finally {
    await app.close();
    rmSync(directory, { recursive: true, force: true });
  }
};
