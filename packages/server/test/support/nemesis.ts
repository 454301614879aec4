// The nemesis of a chaos run: it kills, freezes and cuts what a test has set up, in an order that its seed decides, and
// heals everything in the end.
import { setTimeout as pause } from "node:timers/promises";
import type { Chance } from "./chance.js";
import type { OwnPostgres } from "./own-postgres.js";
import type { PostgresProxy } from "./postgres-proxy.js";
import type { Replica } from "./replicas.js";
import type { Scene } from "./scene.js";
import { until } from "./until.js";

const faults = ["kill", "kill", "postgres", "freeze", "cut"] as const;
type Fault = (typeof faults)[number];

export interface NemesisOptions {
  stage: Scene;
  postgres: OwnPostgres;
  proxy: PostgresProxy;
  chance: Chance;
  seats: number;
  leaseSeconds: number;
  /** The address and the settings with which replicas are started. */
  uri: string;
  env: Record<string, string>;
}

export interface Nemesis {
  /** The replicas that run now, one a seat; undefined while one is being started again. */
  readonly seats: readonly (Replica | undefined)[];
  /** How often each fault has happened. */
  readonly done: Readonly<Record<Fault, number>>;
  /** Fills all seats. */
  begin(): Promise<void>;
  /** Does harm for so many seconds, then mends everything; resolves when all seats are filled again. */
  rage(seconds: number): Promise<void>;
}

export function nemesis(options: NemesisOptions): Nemesis {
  const { stage, postgres, proxy, chance, leaseSeconds, uri, env } = options;
  const seats: (Replica | undefined)[] = Array.from({ length: options.seats }, () => undefined);
  const done: Record<Fault, number> = { kill: 0, postgres: 0, freeze: 0, cut: 0 };
  const underWay = new Set<Promise<void>>();

  const sit = async (seat: number): Promise<void> => {
    seats[seat] = undefined;
    for (;;) {
      // The database may be away just now: a supervisor would try again too.
      const replica = await stage.replica(env, uri).catch(() => undefined);
      seats[seat] = replica;
      if (replica !== undefined) return;
      await pause(300);
    }
  };
  const harm: Record<Fault, () => Promise<void>> = {
    kill: async () => {
      const seat = chance.between(0, seats.length - 1);
      const victim = seats[seat];
      if (victim === undefined) return;
      await victim.kill();
      done.kill += 1;
      await pause(chance.between(0, 1500));
      await sit(seat);
    },
    postgres: async () => {
      await postgres.crash();
      done.postgres += 1;
      await pause(chance.between(0, 1500));
      await postgres.start();
    },
    freeze: async () => {
      const victim = seats[chance.between(0, seats.length - 1)];
      if (victim?.alive !== true) return;
      victim.signal("SIGSTOP");
      done.freeze += 1;
      await pause(leaseSeconds * 1000 * (1.2 + chance.next()));
      victim.signal("SIGCONT");
    },
    cut: async () => {
      proxy.set({ mode: "cut-after", statement: "journal-flight", times: chance.between(1, 4) });
      await pause(chance.between(100, 800));
      proxy.reset();
      proxy.set({ mode: "pass" });
      done.cut += 1;
    },
  };
  const start = (fault: Fault): void => {
    const doing = harm[fault]().finally(() => underWay.delete(doing));
    underWay.add(doing);
  };

  return {
    seats,
    done,
    begin: async () => void (await Promise.all(seats.map((_, seat) => sit(seat)))),
    rage: async (seconds) => {
      const end = performance.now() + seconds * 1000;
      let round: Fault[] = [];
      while (performance.now() < end) {
        if (round.length === 0) round = chance.shuffle(faults);
        start(round.pop() as Fault);
        await pause(chance.between(2000, 4000));
      }
      await Promise.all(underWay);
      proxy.set({ mode: "pass" });
      await postgres.start();
      await until(() => seats.every((seat) => seat?.alive === true), "all seats to be filled", 30_000);
    },
  };
}
