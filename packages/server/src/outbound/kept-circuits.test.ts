import { expect, it } from "vitest";
import type { Clock } from "../clock.js";
import { type CircuitName, createKeptCircuits, type KeptCircuits } from "./kept-circuits.js";

let now = 0;
const clock: Clock = { now: () => 0, monotonic: () => now, setTimer: () => () => {} };
const of = (host: string, community: number | null): CircuitName => ({ port: "http", community, host });
const kept = (circuits: KeptCircuits<string>) =>
  circuits
    .all()
    .map(([{ community, host }, value]) => `${community} ${host} ${value}`)
    .sort();

it("keeps hosts by community", () => {
  const circuits = createKeptCircuits<string>(clock);
  circuits.set(of("a", 1), "x");
  circuits.set(of("a", null), "y");
  circuits.set(of("a", 1), "z");
  expect(circuits.get(of("a", 2))).toBeUndefined();
  expect(circuits.get(of("b", 1))).toBeUndefined();
  expect(circuits.get({ ...of("a", 1), port: "router" })).toBeUndefined();
  expect(kept(circuits)).toEqual(["1 a z", "null a y"]);
});

it("is bounded for each community, whose many hosts push out its own alone", () => {
  const circuits = createKeptCircuits<string>(clock, { mostOfOne: 2 });
  circuits.set(of("other", 2), "");
  for (const host of ["a", "b", "c"]) circuits.set(of(host, 1), "");
  expect(kept(circuits)).toEqual(["1 b ", "1 c ", "2 other "]);
  circuits.get(of("b", 1));
  circuits.set(of("d", 1), "");
  expect(kept(circuits)).toEqual(["1 b ", "1 d ", "2 other "]);
});

it("is bounded in all: the community that has been quiet longest loses what it has not called longest", () => {
  const circuits = createKeptCircuits<string>(clock, { most: 4 });
  circuits.set(of("a", 1), "");
  circuits.set(of("b", 1), "");
  circuits.set(of("a", 2), "");
  circuits.set(of("a", 3), "");
  circuits.get(of("a", 1));
  circuits.set(of("z", 4), "");
  expect(kept(circuits)).toEqual(["1 a ", "1 b ", "3 a ", "4 z "]);
  for (let n = 0; n < 1_000; n++) circuits.set(of(`h${n}`, n), "");
  expect(circuits.all()).toHaveLength(4);
});

it("forgets what was not called for ten minutes", () => {
  const circuits = createKeptCircuits<string>(clock);
  circuits.set(of("a", 1), "");
  circuits.set(of("b", 1), "");
  circuits.set(of("c", 2), "");
  now += 300_000;
  circuits.get(of("b", 1));
  now += 300_001;
  expect(kept(circuits)).toEqual(["1 b "]);
  expect(circuits.get(of("a", 1))).toBeUndefined();
});
