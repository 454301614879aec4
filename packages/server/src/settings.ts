// The settings: every environment variable in one table (settings/guide.ts and settings/own.ts), and what is made of it.

export { settingsHelp } from "./settings/describe.js";
export { loadEnvironment } from "./settings/environment.js";
export { limitsFrom } from "./settings/limits.js";
export { type Environment, loadSettings, type SettingProblem, SettingsError, secretValues } from "./settings/load.js";
export type { EgressRange } from "./settings/networks.js";
export { type SettingName, type Settings, settingSentence } from "./settings/table.js";
export { explain, troubles } from "./settings/troubleshooting.js";
export { type SettingWarning, settingWarnings } from "./settings/warnings.js";
