// A container engine of the test's own, Debian's Docker, with its data in a folder that is thrown away; and images under
// the names that our files ask for, made from a bare Debian, because no registry of images is within reach. It takes root.
import { execFile, spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { machinesAreThere, unpackDebian, withoutMachines } from "./debian.js";
import { findProgram, skipped } from "./find-program.js";
import { until } from "./until.js";

const run = promisify(execFile);
const programs = ["dockerd", "docker", "docker-compose"];

/** Whether an engine can be started here, and what a test's name says when not. */
export const engineIsThere = machinesAreThere && programs.every((each) => findProgram(each) !== undefined);
export const withoutEngine = withoutMachines || skipped(...programs);

export interface Engine {
  /** For `docker`, wherever it is called. */
  environment: Record<string, string>;
  /** Calls `docker`; gives what it printed. */
  docker(...words: string[]): Promise<string>;
  end(): Promise<void>;
}

/** `docker compose` is a plugin that Debian does not have; its `docker-compose` takes the same words. */
const plugin = `#!/bin/sh
[ "$1" = docker-cli-plugin-metadata ] && exec echo '{"SchemaVersion":"0.1.0","Vendor":"Debian","Version":"1"}'
shift
exec docker-compose "$@"
`;

export async function startEngine(home: string): Promise<Engine> {
  const plugins = join(home, "settings/cli-plugins");
  mkdirSync(plugins, { recursive: true });
  executable(join(plugins, "docker-compose"), plugin);
  const host = `unix://${home}/docker.sock`;
  const folders = ["--data-root", `${home}/data`, "--exec-root", `${home}/exec`, "--pidfile", `${home}/pid`];
  const engine = spawn("dockerd", [...folders, "--host", host], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => engine.once("close", () => resolve()));
  const { PATH = "" } = process.env;
  const environment = { PATH, HOME: home, DOCKER_HOST: host, DOCKER_CONFIG: join(home, "settings") };
  const docker = async (...words: string[]) =>
    (await run("docker", words, { env: environment, maxBuffer: 64 << 20 })).stdout.trim();
  const answers = () =>
    docker("version").then(
      () => true,
      () => false,
    );
  await until(async () => engine.exitCode !== null || (await answers()), "the engine", 60_000);
  return {
    ...{ environment, docker },
    end: async () => {
      engine.kill("SIGTERM");
      await ended;
    },
  };
}

/** What the official image does at its start, with Debian's PostgreSQL. */
const postgres = `#!/bin/bash -eu
export PATH=$(echo /usr/lib/postgresql/*/bin):$PATH PGDATA=/var/lib/postgresql/data
as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
install --directory --owner=postgres "$PGDATA" /var/run/postgresql
if [ ! -e "$PGDATA/PG_VERSION" ]; then
  install --owner=postgres --mode=600 /dev/null /tmp/password && echo "$POSTGRES_PASSWORD" > /tmp/password
  as_postgres initdb --username="$POSTGRES_USER" --pwfile=/tmp/password --encoding=UTF8 --auth-local=trust
  echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
  as_postgres pg_ctl --wait --options="-c listen_addresses=" start
  as_postgres createdb --username="$POSTGRES_USER" "$POSTGRES_DB"
  as_postgres pg_ctl --wait stop
fi
exec setpriv --reuid=postgres --regid=postgres --init-groups "$@" -c "listen_addresses=*"
`;

/** The official image takes calls from everywhere, as it is in a network of its own. */
const redis = `#!/bin/sh
exec "$@" --protected-mode no
`;

/** Makes images of Node, PostgreSQL and Redis. */
export async function makeImages({ docker, environment }: Engine, home: string, names: ImageNames): Promise<void> {
  const folder = join(home, "debian");
  mkdirSync(folder);
  await unpackDebian(folder);
  // The official image's own user.
  await run("chroot", [folder, "useradd", "--create-home", "--uid", "1000", "node"]);
  for (const [name, text] of Object.entries({ postgres, redis }))
    executable(join(folder, `usr/local/bin/${name}-entrypoint`), text);
  await run("bash", ["-c", `tar -C "${folder}" -c . | docker import - ${names.node}`], { env: environment });
  for (const name of ["postgres", "redis"] as const) {
    const context = join(home, name);
    mkdirSync(context);
    writeFileSync(join(context, "Dockerfile"), `FROM ${names.node}\nENTRYPOINT ["${name}-entrypoint"]\n`);
    await docker("build", "--tag", names[name], context);
  }
}

export type ImageNames = Record<"node" | "postgres" | "redis", string>;

function executable(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}
