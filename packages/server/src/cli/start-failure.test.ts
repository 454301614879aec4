import { expect, it } from "vitest";
import { EmbeddedPostgresError } from "../store/embedded-error.js";
import { startFailure } from "./start-failure.js";

const at = { MODULE_PORT: 80, HOST: "10.9.9.9" };
const system = (code: string, syscall: string) => Object.assign(new Error(`${syscall} ${code}`), { code, syscall });

it.each([
  [system("EADDRINUSE", "listen"), /^Address already in use: MODULE_PORT 80\. Change MODULE_PORT or GRPC_PORT; /],
  [system("EACCES", "listen"), /^MODULE_PORT 80 may not be listened on/],
  [system("EADDRNOTAVAIL", "listen"), /^HOST 10\.9\.9\.9 is not an address of this machine/],
  [system("ECONNREFUSED", "connect"), /^Failed to connect to database: connect ECONNREFUSED\. Verify DATABASE_URI/],
  [new EmbeddedPostgresError("Set DATA_DIR."), /^Set DATA_DIR\.$/],
  [new Error("Failed to connect to database: no. Verify DATABASE_URI format."), /^Failed to connect to database: no\./],
  [new Error("surprise"), /^Error: surprise\n +at /],
  ["text", /^text$/],
])("puts %s into words", (error, words) => expect(startFailure(error, at)).toMatch(words));
