// The table of all environment variables, and the type that it gives the loaded settings.

import { guideSettings } from "./guide.js";
import { ownSettings } from "./own.js";
import type { Setting } from "./setting.js";

export const table = { ...guideSettings, ...ownSettings };

export type SettingName = keyof typeof table;

type ValueOf<S> = S extends Setting<infer T> ? T : never;

/** The settings in force, under the names of their environment variables. */
export type Settings = { readonly [Name in SettingName]: ValueOf<(typeof table)[Name]> };

/** What a setting is for. */
export const settingSentence = (name: SettingName): string => table[name].sentence;

/** The rows in the order of the documentation. */
export const rows = Object.entries(table) as readonly [SettingName, Setting<unknown>][]; // Object.entries forgets the keys
