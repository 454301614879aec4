// A question about triggers, as explain.ts puts it to triggers of either kind.

import type { Gate } from "@workflow-core/core/triggers";
import type { Database } from "../store/database.js";
import type { Trigger } from "./index/trigger.js";

/** The person as far as they are known. */
export interface Person {
  name: string;
  id: string | null;
  roles: readonly string[] | null;
  platform: string | null;
}

/** What was asked, as a kind of trigger hears it. */
export interface Asked<T extends Trigger = Trigger> {
  /** As people read it: !hug, the event raid. */
  written: string;
  kind: T["kind"];
  /** Whether a trigger could have meant it. */
  means(trigger: T): boolean;
  gates(database: Database, trigger: T, person: Person | null): Promise<Gate[]>;
  /** What the trigger log calls it and its like, in small letters. */
  logged(meant: readonly T[]): string[];
  /** What is said when no trigger means it; `known` are all triggers of the kind. */
  nothing(known: readonly T[]): string;
}
