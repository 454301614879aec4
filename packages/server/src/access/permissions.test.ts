import { describe, expect, it } from "vitest";
import type { Principal } from "./identity.js";
import { type Flag, flags, type GrantRow, may, type Verdict } from "./permissions.js";

const workflow = { author_id: 1, community_id: 10 };
const person = (user_id: number, community_ids: number[] = [], role_ids: number[] = []): Principal => ({
  ...{ kind: "user", user_id, community_ids, role_ids },
});
const none = { can_view: false, can_edit: false, can_delete: false, can_execute: false };
const row = (to: Partial<GrantRow>, ...given: Flag[]): GrantRow => ({
  ...{ user_id: null, role_id: null, community_id: null, ...none },
  ...Object.fromEntries(given.map((flag) => [`can_${flag}`, true])),
  ...to,
});

/** Every kind of caller against every kind of row, for every flag. */
const callers: Record<string, Principal> = {
  service: { kind: "service" },
  author: person(1),
  "author elsewhere": person(1, [99]),
  stranger: person(2),
  "stranger of another community": person(2, [11]),
  member: person(2, [10]),
  "holder of role 5": person(2, [], [5]),
  "member with role 5": person(2, [10], [5]),
};
const rows: Record<string, (flag: Flag) => GrantRow[]> = {
  "no row": () => [],
  "a row for the user with the flag": (flag) => [row({ user_id: 2 }, flag)],
  "a row for the user with other flags": (flag) => [row({ user_id: 2 }, ...flags.filter((each) => each !== flag))],
  "a row for the user with no flag": () => [row({ user_id: 2 })],
  "a row for another user": (flag) => [row({ user_id: 3 }, flag)],
  "a row for role 5": (flag) => [row({ role_id: 5 }, flag)],
  "a row for another role": (flag) => [row({ role_id: 6 }, flag)],
  "a row for the community": (flag) => [row({ community_id: 10 }, flag)],
  "a row for another community": (flag) => [row({ community_id: 11 }, flag)],
  "two rows of which the second fits": (flag) => [row({ user_id: 3 }, flag), row({ user_id: 2 }, flag)],
};

/** Who gets what: y yes, f forbidden, u unknown; in the order of the callers above. */
const table: Record<keyof typeof rows, string> = {
  "no row": "yyyuufuf",
  "a row for the user with the flag": "yyyyyyyy",
  "a row for the user with other flags": "yyyfffff",
  "a row for the user with no flag": "yyyuufuf",
  "a row for another user": "yyyuufuf",
  "a row for role 5": "yyyuufyy",
  "a row for another role": "yyyuufuf",
  "a row for the community": "yyyuuyuy",
  "a row for another community": "yyyuufuf",
  "two rows of which the second fits": "yyyyyyyy",
};
const verdicts: Record<string, Verdict> = { y: "yes", f: "forbidden", u: "unknown" };

describe("who may do what", () => {
  const cases = Object.entries(rows).flatMap(([kind, make]) =>
    Object.entries(callers).flatMap(([name, principal], index) =>
      flags.map((flag) => ({
        kind,
        name,
        flag,
        grants: make(flag),
        principal,
        verdict: verdicts[table[kind]?.[index] ?? ""],
      })),
    ),
  );
  it.each(cases)("$name, $kind, to $flag: $verdict", ({ principal, grants, flag, verdict }) => {
    expect(verdict).toBeDefined();
    expect(may(principal, workflow, grants, flag)).toBe(verdict);
  });

  it("never takes a service's row for nobody's", () => {
    expect(may(person(2), { author_id: 0, community_id: 10 }, [row({})], "view")).toBe("unknown");
  });
});
