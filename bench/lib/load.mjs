// The load: so many clients, each with a connection of its own that is kept open, and each asking again as soon as it
// has its answer. The same for all contestants.
import { Pool } from "undici";
import { keepInFlight } from "./contestant.mjs";

/** `request(index)` gives {path, headers, body} of a POST; throws at an answer of 300 or more. Gives perSecond. */
export const load = async (origin, { count, inFlight }, request) => {
  const pool = new Pool(origin, { connections: inFlight, pipelining: 1, headersTimeout: 60_000 });
  let index = 0;
  try {
    return await keepInFlight(count, inFlight, async () => {
      const answer = await pool.request({ method: "POST", ...request(index++) });
      const text = await answer.body.text();
      if (answer.statusCode >= 300) throw new Error(`${answer.statusCode} ${text.slice(0, 500)}`);
    });
  } finally {
    await pool.close();
  }
};
