// What starts a workflow and what stops it: commands as they are written, gates, filters, cooldowns. One truth for the
// server, which asks it of published workflows, and for the try panel, which asks it of what is drawn.
export * from "./command-gates.js";
export * from "./commands.js";
export * from "./cooldowns.js";
export * from "./data.js";
export * from "./event-gates.js";
export * from "./gates.js";
export * from "./rules.js";
