// The program. Everything a person can ask of it is a command of cli/.
process.env.TZ = "UTC";
// A log that is rotated while the service starts must not end it; start.ts says what the signal means.
if (process.argv[2] === "start") process.on("SIGHUP", () => undefined);
const { runCli } = await import("./cli/cli.js");
await runCli(process.argv);
