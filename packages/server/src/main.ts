// The program. Everything a person can ask of it is a command of cli/.
process.env.TZ = "UTC";
const { runCli } = await import("./cli/cli.js");
await runCli(process.argv);
