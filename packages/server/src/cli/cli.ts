// The command line. Commands are loaded when they are asked for, so that `--help` is quick.
import { readFileSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { CommandFailure, exitCodes } from "./command-failure.js";

/** Carries out a command line (process.argv) and sets the exit code. Never rejects for mistakes of the user. */
export async function runCli(argv: readonly string[]): Promise<void> {
  const words = argv.slice(2);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (words[0] === "start") return; // a service lives on when nobody reads what it prints
    if (error.code === "EPIPE") process.exit(process.exitCode ?? 0); // the reader has seen enough
    throw error;
  });
  try {
    if (words[0] === "help" && words[1] === "settings") return await helpSettings();
    await program().parseAsync(words, { from: "user" });
  } catch (error) {
    process.exitCode = await tellFailure(error);
  }
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];

const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };

const identifier = wholeNumber(1, 2_147_483_647);
const identifiers = (text: string, before: number[] = []): number[] => [...before, identifier(text)];

const seconds = (text: string): number => {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (value > 0 && value <= 31_536_000) return value;
  throw new InvalidArgumentError("It must be a number of seconds above 0.");
};

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return String(version);
}

function program(): Command {
  const root = new Command("workflow-core")
    .description("Workflow engine for chat communities.")
    .version(version())
    .exitOverride()
    .showHelpAfterError("(try: workflow-core --help)")
    .helpCommand("help [command]", "Show the help of a command; help settings shows every environment variable")
    .addHelpText(
      "after",
      "\nSettings come from the environment and the file .env; see them all with: workflow-core help settings",
    );
  addService(root);
  addFiles(root);
  addKnowledge(root);
  for (const command of root.commands) command.showHelpAfterError(`(try: workflow-core ${command.name()} --help)`);
  return root;
}

function addService(root: Command): void {
  root
    .command("start")
    .description("Start the service: REST and gRPC, the worker, and the database where none is given")
    .addOption(new Option("--role <role>", "what this process does, instead of ROLE").choices(["api", "worker", "all"]))
    .option("--port <number>", "HTTP port, instead of MODULE_PORT; 0 takes any free one", wholeNumber(0, 65_535))
    .action(async (options) => finish((await import("./start.js")).start(options)));
  root
    .command("migrate")
    .description("Bring the database up to date, then end")
    .action(async () => finish((await import("./migrate.js")).migrateDatabase()));
  root
    .command("doctor")
    .description(
      "Check settings, database, Redis, services, ports and this machine; exit code 1 when anything is wrong",
    )
    .option("--json", "print the findings as JSON")
    .action(async (options) => finish((await import("./doctor.js")).doctor(options)));
}

function addFiles(root: Command): void {
  root
    .command("validate")
    .description("Check workflow files; exit code 1 when any has errors")
    .argument("<file...>", "workflow files; - is standard input")
    .option("--json", "print the result as JSON")
    .action(async (files, options) => finish((await import("./validate.js")).validate(files, options)));
  root
    .command("run")
    .description("Run a workflow file once in this process; nothing is stored")
    .argument("<file>", "workflow file; - is standard input")
    .option("--var <name=value>", "give a variable; JSON where the value is JSON, else text (repeatable)", collect)
    .option("--data <json>", "what the trigger gives, as a JSON object; the rest is the trigger's sample")
    .option("--trigger <node>", "start from this trigger; otherwise from the first")
    .option("--user <name>", "the person who starts it, as username")
    .option("--timeout <seconds>", "end it as timed out after so long", seconds)
    .option("--seed <text>", "source of chance: the same text gives the same draws")
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      "\nExit codes: 0 completed, 1 failed, 2 cancelled or could not be started, 3 timed out." +
        "\nWithout ROUTER_URL the practice router takes the calls. HTTP calls are real; EGRESS_ALLOW_CIDRS opens private addresses.",
    )
    .action(async (file, options) => finish(runFile(file, options)));
}

function addKnowledge(root: Command): void {
  root
    .command("nodes")
    .description("List the node types, or show everything about one")
    .argument("[type]", "node type, such as action_webhook")
    .option("--json", "print the result as JSON")
    .action(async (type, options) => (await import("./nodes.js")).nodes(type, options));
  root
    .command("token")
    .description("Make a token for trying the API; for development only")
    .requiredOption("--user <id>", "user_id of the person", identifier)
    .option("--name <name>", "username of the person")
    .option("--community <id>", "a community they belong to (repeatable)", identifiers)
    .option("--role <id>", "a role they have (repeatable)", identifiers)
    .option("--expires <seconds>", "how long it is valid", wholeNumber(1, 31_536_000), 3600)
    .option("--json", "print token and expires_at as JSON")
    .action(async (options) => (await import("./token.js")).token(options));
}

async function runFile(file: string, options: Record<string, unknown>): Promise<number> {
  const [{ run }, { readData, readVariable }] = await Promise.all([import("./run.js"), import("./run-input.js")]);
  const given = (options.var ?? []) as string[]; // `collect` made it
  const { var: _, data, ...rest } = options;
  return run(file, {
    ...rest,
    var: given.reduce((before, each) => readVariable(each, before), {}),
    ...(typeof data === "string" ? { data: readData(data) } : {}),
  });
}

async function finish(exitCode: Promise<number>): Promise<void> {
  process.exitCode = await exitCode;
}

async function helpSettings(): Promise<void> {
  const [{ settingsHelp }, { print }] = await Promise.all([import("../settings.js"), import("./console.js")]);
  print(settingsHelp().trimEnd());
}

/** Says what went wrong and gives the exit code. What is not foreseen is a bug and is shown with its stack. */
async function tellFailure(error: unknown): Promise<number> {
  // commander has printed its message already, or the help or version that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  const { complain } = await import("./console.js");
  if (error instanceof CommandFailure) {
    complain(error.message);
    return error.exitCode;
  }
  const { SettingsError } = await import("../settings.js");
  if (error instanceof SettingsError) {
    for (const { name, message, hint } of error.problems) complain(`${name} ${message}. ${hint}`);
    return exitCodes.failed;
  }
  complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return exitCodes.failed;
}
