// Bare machines: Debian as its own packages make it, with nothing of the machine on which the tests run but Node and npm.
// They are booted with systemd as first process and have a network of their own, in which there is nobody else. It takes
// root, mmdebstrap and systemd-nspawn.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { findProgram, skipped } from "./find-program.js";
import { root } from "./markdown.js";
import { until } from "./until.js";

const run = promisify(execFile);
const big = { maxBuffer: 64 << 20 };
const programs = ["mmdebstrap", "systemd-nspawn"];

/** Whether such machines can be made here, and what a test's name says when not. */
export const machinesAreThere = process.getuid?.() === 0 && programs.every((each) => findProgram(each) !== undefined);
export const withoutMachines = process.getuid?.() === 0 ? skipped(...programs) : " (skipped: takes root)";

// systemd, what the documentation's commands call, and the services that they need. A database and Redis are installed
// in all of them, so that one archive is enough.
const packages =
  "ca-certificates,dbus,gettext-base,git,iproute2,logrotate,openssl,passwd,postgresql,procps,redis-server,systemd,systemd-sysv";

/** An archive of the bare system. Made once, and kept beside what was installed. */
async function debianArchive(): Promise<string> {
  const folder = join(root, "node_modules/.cache/workflow-core");
  const archive = join(folder, "debian-bookworm.tar");
  if (existsSync(archive)) return archive;
  mkdirSync(folder, { recursive: true });
  const unfinished = join(folder, `unfinished-${process.pid}.tar`);
  await run("mmdebstrap", ["--variant=minbase", `--include=${packages}`, "bookworm", unfinished], big);
  renameSync(unfinished, archive);
  return archive;
}

/** The system with this Node and its npm, and what these need to reach a registry from here, unpacked into a folder. */
export async function unpackDebian(folder: string): Promise<void> {
  await run("tar", ["-xf", await debianArchive(), "-C", folder]);
  cpSync(process.execPath, join(folder, "usr/bin/node"));
  const settings = (await run("npm", ["config", "get", "globalconfig"])).stdout.trim();
  for (const [from, to] of [
    ["/etc/ssl/certs/ca-certificates.crt", "etc/ssl/certs/ca-certificates.crt"],
    [settings, "usr/etc/npmrc"],
  ] as const)
    if (existsSync(from)) cpSync(from, join(folder, to));
  writeFileSync(join(folder, "etc/hosts"), "127.0.0.1 localhost\n"); // as an installer does
  // The package has taken the first port that was free on this machine.
  await run("bash", ["-c", `sed -i 's/^port = .*/port = 5432/' "${folder}"/etc/postgresql/*/main/postgresql.conf`]);
  const npm = join((await run("npm", ["root", "--global"])).stdout.trim(), "npm");
  mkdirSync(join(folder, "usr/lib/node_modules"), { recursive: true });
  cpSync(npm, join(folder, "usr/lib/node_modules/npm"), { recursive: true });
  for (const name of ["npm", "npx"])
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(folder, `usr/bin/${name}`));
}

export interface Machine {
  /** Runs a script as root; rejects when a command of it fails. */
  run(script: string, environment?: Record<string, string>): Promise<{ stdout: string; stderr: string }>;
  /** Pulls its plug. */
  close(): Promise<void>;
}

/** Boots the system in a folder; `shown` are folders of this machine under the names that they have there. */
export async function bootMachine(folder: string, shown: Record<string, string>): Promise<Machine> {
  const binds = Object.entries(shown).map(([there, here]) => `--bind=${here}:${there}`);
  const how = ["--quiet", "--register=no", "--keep-unit", "--private-network", "--console=pipe", "--boot"];
  const shell = spawn("systemd-nspawn", [...how, ...binds, `--directory=${folder}`], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => shell.once("close", () => resolve()));
  await until(() => shell.exitCode !== null || firstProcess(shell) !== undefined, "the machine", 30_000);
  const first = firstProcess(shell);
  if (first === undefined) throw new Error("systemd-nspawn could not start the machine");
  const within = ["--target", first, "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd"];
  const machine: Machine = {
    run: (script, environment = {}) =>
      run("nsenter", [...within, "bash", "--norc", "-euo", "pipefail", "-c", script], {
        ...big,
        env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", ...environment },
      }),
    close: async () => {
      process.kill(Number(first), "SIGKILL");
      await ended;
    },
  };
  const booted = () => machine.run("systemctl is-active multi-user.target").then(...isWell);
  await until(booted, "the machine's start", 120_000).catch(async (error: Error) => {
    await machine.close();
    throw error;
  });
  return machine;
}

const isWell = [() => true, () => false] as const;

/** The machine's process 1, by its number here. There is another child before, which makes it. */
function firstProcess({ pid, exitCode }: ChildProcess): string | undefined {
  if (exitCode !== null) return undefined;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  return children.find((child) => {
    try {
      return /^NSpid:.*\t1$/m.test(readFileSync(`/proc/${child}/status`, "utf8"));
    } catch {
      return false; // it has just ended
    }
  });
}

/** Where npm keeps what it has downloaded, for machines without a network. */
export const npmCache = async (): Promise<string> =>
  dirname(join((await run("npm", ["config", "get", "cache"])).stdout.trim(), "_cacache"));
