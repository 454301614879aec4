// A short run of random requests against the built program; `node scripts/fuzz.mjs` runs for ten minutes.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const script = fileURLToPath(new URL("../../../scripts/fuzz.mjs", import.meta.url));

it("answers no random request with 5xx, does not fall, and gives its memory back", async () => {
  const child = spawn(process.execPath, [script, "--seconds", "15"], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (part: string) => {
      said += part;
    });
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect(code, said).toBe(0);
  expect(said).toMatch(/nothing found with seed \d+/);
  // It did ask: doors that refuse everybody would pass too.
  for (const status of ["200", "201", "400", "401", "404", "grpc OK"]) expect(said).toContain(`${status}'`);
  console.info(said.trim().split("\n").at(-2));
}, 90_000);
