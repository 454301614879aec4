// The index of live triggers: from where something happened and what it is to the triggers that it concerns, in one
// look-up each. How many workflows there are besides makes no difference.
//
// X1. A trigger stands under each of its keys once, and under no other.
// X2. Replacing a workflow's triggers leaves nothing of the old ones.
import type { Trigger } from "./trigger.js";

/** Where an event happened. */
export interface Place {
  community_id: number;
  entity_id: number;
}

const bucketName = ({ community_id, entity_id }: Place, kind: Trigger["kind"], key: string): string =>
  `${community_id} ${entity_id} ${kind} ${key}`;

const bucketNames = (trigger: Trigger): string[] => trigger.keys.map((key) => bucketName(trigger, trigger.kind, key));

export class TriggerIndex {
  readonly #buckets = new Map<string, Trigger[]>();
  readonly #byWorkflow = new Map<string, readonly Trigger[]>();
  #examined = 0;

  /** How many triggers were handed out as candidates since the beginning. */
  get examined(): number {
    return this.#examined;
  }

  /** How many workflows have live triggers. */
  get workflows(): number {
    return this.#byWorkflow.size;
  }

  /** Everything that a workflow has from now on; nothing removes it (X2). */
  replace(workflowId: string, triggers: readonly Trigger[]): void {
    for (const trigger of this.#byWorkflow.get(workflowId) ?? [])
      for (const name of bucketNames(trigger)) {
        const left = (this.#buckets.get(name) ?? []).filter((each) => each !== trigger);
        if (left.length > 0) this.#buckets.set(name, left);
        else this.#buckets.delete(name);
      }
    if (triggers.length === 0) this.#byWorkflow.delete(workflowId);
    else this.#byWorkflow.set(workflowId, triggers);
    for (const trigger of triggers)
      for (const name of bucketNames(trigger)) {
        const bucket = this.#buckets.get(name);
        if (bucket) bucket.push(trigger);
        else this.#buckets.set(name, [trigger]);
      }
  }

  /** The workflows that have triggers. */
  workflowIds(): string[] {
    return [...this.#byWorkflow.keys()];
  }

  /** The triggers under a key, in the order in which they went live here. */
  find(place: Place, kind: Trigger["kind"], key: string): readonly Trigger[] {
    const found = this.#buckets.get(bucketName(place, kind, key)) ?? [];
    this.#examined += found.length;
    return found;
  }
}
