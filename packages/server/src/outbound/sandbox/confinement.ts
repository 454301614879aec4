// Walls around a sandbox process beside the one inside it: no network, nobody's user, no files but its own. Which of
// them this machine can build is tried out, strongest first.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** A way to start the process; more walls before fewer. */
export interface Confinement {
  /** For logs and status: the walls, in words. */
  name: string;
  command: string;
  /** What stands before the program's own arguments. */
  before: readonly string[];
  uid?: number;
  gid?: number;
}

const nobody = 65_534;
const heapMegabytes = 192;
const stackKilobytes = 3_900;
const unshare = "/usr/bin/unshare";

/** The ways to try on this machine, strongest first; the last one always works where Node does. */
export function confinements(): Confinement[] {
  const plain = { name: "files", command: process.execPath, before: [] };
  if (process.platform === "win32") return [plain];
  const root = process.getuid?.() === 0;
  const asNobody = { ...plain, name: "files, user", uid: nobody, gid: nobody };
  if (!existsSync(unshare)) return root ? [asNobody, plain] : [plain];
  const without = (name: string, ...options: string[]) => ({
    name,
    command: unshare,
    before: ["--net", ...options, "--", process.execPath],
  });
  if (!root) return [without("files, network", "--map-root-user"), plain];
  const ids = ["--setuid", String(nobody), "--setgid", String(nobody)];
  return [without("files, user, network", ...ids), asNobody, without("files, network"), plain];
}

/** Arguments of Node for the program at `child`: little memory, and no files beyond the program and its engines. */
export function nodeArguments(child: URL): string[] {
  const program = fileURLToPath(child);
  return [
    `--max-old-space-size=${heapMegabytes}`,
    `--stack-size=${stackKilobytes}`,
    Number(process.versions.node.split(".")[0]) >= 24 ? "--permission" : "--experimental-permission",
    "--allow-worker",
    ...readable(program).map((path) => `--allow-fs-read=${path}`),
    program,
  ];
}

/** The program's folder and the folders of the packages that it imports, with what says which kind of module they are. */
function readable(program: string): string[] {
  const require = createRequire(import.meta.url);
  const core = require.resolve("quickjs-emscripten-core");
  const types = createRequire(core).resolve("@jitl/quickjs-ffi-types");
  const variant = require.resolve("@jitl/quickjs-wasmfile-release-sync");
  const folders = [dirname(require.resolve("jq-web")), ...[core, types, variant].map((file) => dirname(dirname(file)))];
  return [`${dirname(program)}/`, ...folders.map((folder) => `${folder}/`), packageFile()];
}

const packageFile = () => fileURLToPath(new URL("../../../package.json", import.meta.url));
