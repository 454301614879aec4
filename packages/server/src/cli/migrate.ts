// `workflow-core migrate`: brings the database to this program's tables and ends, for deployments that do so before
// they start the service.
import { openStore } from "../store/open.js";
import { CommandFailure, exitCodes } from "./command-failure.js";
import { print } from "./console.js";
import { readSettings } from "./environment.js";
import { startFailure } from "./start-failure.js";

/** Applies what is missing and says what it did. Throws CommandFailure with the guide's words when it cannot. */
export async function migrateDatabase(): Promise<number> {
  const settings = readSettings();
  const say = (first: string, second?: string | { message: string }, third?: { message: string }) => {
    const fields = typeof second === "object" ? second : third;
    print(fields?.message ?? first);
  };
  try {
    const store = await openStore(settings, { system: say });
    print(`The database is up to date: ${store.place}`);
    await store.close();
  } catch (error) {
    throw new CommandFailure(startFailure(error, settings));
  }
  return exitCodes.done;
}
