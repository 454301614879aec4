// Who looks at a list: services see all of it, people what they may view.
import type { Principal } from "../access/identity.js";
import type { Viewer } from "../store/workflows.js";

export const viewerOf = (principal: Principal): Viewer => (principal.kind === "service" ? { all: true } : principal);
