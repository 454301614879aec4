// The settings as every command reads them: from the environment and the file .env of the working directory.
import { type Environment, loadEnvironment, loadSettings, type Settings } from "../settings.js";
import { CommandFailure } from "./command-failure.js";

/** The settings in force, `overrides` before all else. Throws SettingsError with every mistake, or CommandFailure. */
export function readSettings(overrides: Environment = {}): Settings {
  try {
    loadEnvironment(process.cwd());
  } catch (error) {
    throw new CommandFailure(`The file .env cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  for (const [name, value] of Object.entries(overrides)) if (value !== undefined) process.env[name] = value;
  return loadSettings(process.env);
}
