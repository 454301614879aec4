// The documentation's commands for a machine of one's own (`sh machine`), run as root on a bare Debian that systemd has
// booted, with the guide's production environment, a database and Redis. It has no network, so npm takes what this
// machine's npm has downloaded before.
import { execFile } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bootMachine,
  type Machine,
  machinesAreThere,
  npmCache,
  unpackDebian,
  withoutMachines,
} from "../support/debian.js";
import { root, shellOf } from "../support/markdown.js";
import { temporaryDirectory } from "../support/processes.js";
import { until } from "../support/until.js";

/** The hosts that deploy/env/production.env names, all of them here. */
const hosts = "postgres-primary postgres-replica1 postgres-replica2 redis-cluster router-service";
const environment = {
  ...{ REPOSITORY: "/srv/workflow-core.git", DB_PASSWORD: "the-databases", REDIS_PASSWORD: "of-redis" },
  // The machine's own, not the documentation's.
  ...{ npm_config_cache: "/srv/npm-cache", npm_config_offline: "true" },
};
const services = `
echo "127.0.0.1 ${hosts}" >> /etc/hosts
su postgres -c "psql --quiet" <<< "CREATE ROLE waddlebot LOGIN PASSWORD '$DB_PASSWORD'; CREATE DATABASE waddlebot OWNER waddlebot"
redis-cli config set requirepass "$REDIS_PASSWORD"
`;
const checks = "node /opt/workflow-core/packages/server/bin/healthcheck.js http://127.0.0.1:8070";

describe.skipIf(!machinesAreThere)(`a machine${withoutMachines}`, { timeout: 1_200_000 }, () => {
  const home = temporaryDirectory("workflow-core-machine-");
  const folder = join(home, "debian");
  let machine: Machine;
  const printed = async (script: string) => (await machine.run(script, environment)).stdout.trim();
  const answers = (path: string) =>
    printed(`${checks}${path}`).then(
      () => true,
      () => false,
    );

  beforeAll(async () => {
    mkdirSync(folder);
    await unpackDebian(folder);
    const repository = join(home, "repository.git");
    await promisify(execFile)("git", ["clone", "--quiet", "--bare", root, repository]);
    machine = await bootMachine(folder, {
      [environment.REPOSITORY]: repository,
      [environment.npm_config_cache]: await npmCache(),
    });
    await until(() => printed("pg_isready && redis-cli ping").then(...[() => true, () => false]), "services", 60_000);
    await printed(services);
  }, 1_200_000);
  afterAll(async () => {
    await machine?.close();
    rmSync(home, { recursive: true, force: true });
  }, 300_000);

  it("serves after the commands of docs/operations.md, as the user and in the folders that they make", async () => {
    await printed(shellOf("docs/operations.md", "machine").join("\n"));
    await until(() => answers("/ready"), "the service", 60_000);
    expect(await printed("stat -c %a /etc/workflow-core/workflow-core.env")).toBe("600");
    expect(await printed("ps -o user= -p $(systemctl show -p MainPID --value workflow-core)")).toBe("waddlebot");
    expect(await printed("stat -c '%U %a' /var/log/waddlebotlog /var/lib/workflow-core")).toBe(
      "waddlebot 755\nwaddlebot 700",
    );
    expect(await printed("systemctl is-enabled workflow-core")).toBe("enabled");
  });

  it("is told by its own logrotate to open its log anew", async () => {
    await printed("logrotate --force /etc/logrotate.d/workflow-core");
    const log = "/var/log/waddlebotlog/workflow_core.log";
    const asked = () =>
      printed("exec 3<>/dev/tcp/127.0.0.1/8070; printf 'GET /api/v1/workflows HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3");
    await until(async () => (await asked()) !== "" && (await printed(`wc -c < ${log}`)) !== "0", "lines", 30_000);
    expect(await printed(`stat -c '%U %a' ${log}`)).toBe("waddlebot 644");
    expect(await printed(`tail -n 1 ${log}`)).toContain('"action":"http_sign_in"');
    expect(await printed(`wc -l < ${log}.1`)).not.toBe("0");
    expect(await printed("systemctl show -p NRestarts --value workflow-core")).toBe("0");
  });

  it("starts the service again when it was killed, and ends it in peace", async () => {
    await printed("systemctl kill --signal=KILL --kill-who=main workflow-core");
    const restarts = () => printed("systemctl show -p NRestarts --value workflow-core");
    await until(async () => (await restarts()) === "1" && (await answers("/ready")), "its return", 60_000);
    await printed("systemctl stop workflow-core");
    expect(await printed("systemctl show -p Result --value workflow-core")).toBe("success");
  });

  it("gives the log directory back to the service by the commands of docs/troubleshooting.md", async () => {
    await printed("rm -r /var/log/waddlebotlog; install -d -m 700 /var/log/waddlebotlog");
    await printed(shellOf("docs/troubleshooting.md", "machine").join("\n"));
    await printed("su -s /bin/sh waddlebot -c 'touch /var/log/waddlebotlog/workflow_core.log'");
    expect(await printed("stat -c '%U %a' /var/log/waddlebotlog")).toBe("waddlebot 755");
  });
});
