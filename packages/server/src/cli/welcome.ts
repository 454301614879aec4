// What `start` says when it is ready: where it is, where its data are, and in development how to see something happen.
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { examplesDirectory, firstExample } from "../examples.js";
import type { Settings } from "../settings.js";
import { paint } from "./console.js";
import { developmentToken } from "./token.js";

export interface Welcome {
  settings: Settings;
  /** Where it listens. */
  url: string;
  /** Where the data are. */
  place: string;
}

const tokenHours = 24;

/** The text. A token is only in it when RELEASE_MODE is false. */
export async function welcome({ settings, url, place }: Welcome): Promise<string> {
  const own = settings.DATABASE_URI === undefined ? `${place} ${paint.dim("(embedded PostgreSQL)")}` : place;
  const lines = [
    "",
    paint.bold(paint.green("Workflow Core is running.")),
    "",
    ...(settings.ROLE === "worker"
      ? [`  Health and metrics     ${paint.cyan(`${url}/ready`)}  ${paint.cyan(`${url}/metrics`)}`]
      : [`  Open in a browser      ${paint.cyan(url)}`, `  Documentation          ${paint.cyan(`${url}/docs`)}`]),
    `  Data                   ${own}`,
  ];
  if (settings.RELEASE_MODE || settings.ROLE === "worker") return [...lines, ""].join("\n");
  const exp = Math.floor(Date.now() / 1000) + tokenHours * 3600;
  const token = await developmentToken(settings, { user: 1, name: "developer", community: [1] }, exp);
  const practice = settings.ROUTER_URL === undefined;
  if (practice) lines.push(`  Router                 none: the practice router takes the calls`);
  lines.push(
    "",
    paint.dim(`# A token for development: user 1 of community 1, for ${tokenHours} hours`),
    `TOKEN=${token}`,
  );
  const examples = examplesDirectory();
  if (examples) lines.push("", ...commandsToTry(url, practice, fileURLToPath(new URL(firstExample, examples))));
  return [...lines, ""].join("\n");
}

/** Three commands for bash, as they stand. */
function commandsToTry(url: string, practice: boolean, greeting: string): string[] {
  const near = relative(process.cwd(), greeting);
  const file = quoted(near.startsWith("..") ? greeting : near);
  const who = '-H "Authorization: Bearer $TOKEN"';
  const json = "-H 'Content-Type: application/json'";
  const document = `'{"entity_id":1,"community_id":1,'"$(tail -c +2 ${file})"`;
  const find = 'grep -o \'"workflow_id":"[^"]*\' | head -n 1 | cut -d \'"\' -f 4';
  const api = `${url}/api/v1`;
  const last = practice
    ? [paint.dim("# 3. See what it has said in chat"), `curl -sw '\\n' ${who} ${api}/practice/messages`]
    : [paint.dim("# 3. See its executions"), `curl -sw '\\n' ${who} ${api}/workflows/$ID/executions`];
  return [
    paint.dim("# 1. Create the greeting workflow and publish it"),
    `ID=$(curl -s ${who} ${json} -d ${document} ${api}/workflows | ${find}) && curl -sw '\\n' -X POST ${who} ${api}/workflows/$ID/publish`,
    paint.dim("# 2. Run it, as if Ada had written the command in chat"),
    `curl -sw '\\n' ${who} ${json} -d '{"community_id":1,"variables":{"username":"Ada"}}' "${api}/workflows/$ID/execute?wait=10"`,
    ...last,
  ];
}

/** A path as bash takes it. */
const quoted = (path: string): string => (/^[\w./@-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
