// The table in words: docs/configuration.md, .env.example and the part of `--help` about the environment.

import type { Setting } from "./setting.js";
import { rows, type SettingName } from "./table.js";
import { troubles } from "./troubleshooting.js";
import { warningRules } from "./warnings.js";

type Row = readonly [SettingName, Setting<unknown>];

const introduction = `# Configuration

Everything is set by environment variables; the command line also reads a file \`.env\` in the directory where it is
started, which never overrides a variable that is already set. An empty variable is an unset one. All values are
checked before anything listens, and all mistakes are reported together. Values are taken as they are written: no
variables are expanded, no blanks are cut off.`;

/** The text of docs/configuration.md. */
export function configurationPage(): string {
  const tables = bySection().map(([title, entries]) =>
    [
      `## ${title}`,
      "",
      "| Variable | Type | Default | Accepts | Description |",
      "|---|---|---|---|---|",
      ...entries.map(([name, setting]) => {
        const cells = [`\`${name}\``, setting.kind.type, defaultCell(setting), setting.kind.range, setting.sentence];
        return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
      }),
    ].join("\n"),
  );
  return `${[introduction, ...tables, releaseMode(), warnings(), troubleshooting()].join("\n\n")}\n`;
}

/** The text of .env.example: every variable, commented out, with its default or an example. */
export function envExample(): string {
  const blocks = bySection().map(([title, entries]) => {
    const variables = entries.map(([name, setting]) => {
      const facts = `# ${setting.kind.type}, ${setting.kind.range}; default: ${defaultText(setting) || "unset"}`;
      return `# ${setting.sentence}\n${facts}\n#${name}=${setting.example ?? defaultText(setting)}`;
    });
    return `# --- ${title} ---\n\n${variables.join("\n\n")}`;
  });
  const head = "# Copy to .env and uncomment what you change. The same variables work in the environment, which wins.";
  return `${[head, ...blocks].join("\n\n")}\n`;
}

/** The environment variables for `--help`: one line each, `width` columns for the names. */
export function settingsHelp(): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const sections = bySection().map(([title, entries]) => {
    const lines = entries.map(([name, setting]) => {
      const standard = defaultText(setting);
      return `  ${name.padEnd(width)}${setting.sentence}${standard === "" ? "" : ` [${standard}]`}`;
    });
    return `${title}:\n${lines.join("\n")}`;
  });
  return `Environment variables\n\n${sections.join("\n\n")}\n`;
}

function releaseMode(): string {
  const required = rows.filter(([, setting]) => setting.requiredInRelease).map(([name]) => `\`${name}\``);
  return `## Release mode

\`RELEASE_MODE=true\` does not start without ${required.join(", ")}; it refuses the default \`SECRET_KEY\` and \`API_KEY\`
and a \`SECRET_KEY\` of fewer than 16 characters.`;
}

function warnings(): string {
  const loose = rows.flatMap(([name, { warnAbove }]) =>
    warnAbove === undefined ? [] : [`\`${name}\` above ${warnAbove}`],
  );
  return [
    "## Warnings at start",
    "",
    ...warningRules.map(({ name, message }) => `- \`${name}\`: ${message}`),
    `- Overly permissive limits: ${loose.join(", ")}.`,
    "- A variable whose name is within two letters of one of these.",
  ].join("\n");
}

function troubleshooting(): string {
  const parts = Object.values(troubles).map(
    ({ symptom, solutions }) => `### ${symptom}\n\n${solutions.map((solution) => `- ${solution}`).join("\n")}`,
  );
  return `## Troubleshooting\n\n${parts.join("\n\n")}`;
}

function bySection(): [string, Row[]][] {
  const sections = new Map<string, Row[]>();
  for (const row of rows) sections.set(row[1].section, [...(sections.get(row[1].section) ?? []), row]);
  return [...sections];
}

function defaultCell(setting: Setting<unknown>): string {
  const standard = defaultText(setting);
  const shown = standard === "" ? "unset" : `\`${standard}\``;
  const release =
    setting.inRelease === undefined ? "" : `; \`${setting.kind.show(setting.inRelease)}\` in release mode`;
  return `${shown}${release}${setting.example ? `, e.g. \`${setting.example}\`` : ""}`;
}

/** The default as it would be written; empty where there is none. */
function defaultText(setting: Setting<unknown>): string {
  return setting.default === undefined || setting.default === null ? "" : setting.kind.show(setting.default);
}
