// One measure: its contestants take turns, several rounds, and what is reported are medians and ratios. A turn begins
// when the database server has finished what the turns before it left behind (vacuuming, dirty pages).
import { median } from "./figures.mjs";
import { enter } from "./process.mjs";

/** How many: a contestant's share of the request's count, and at least as many as are in flight. */
const countOf = (request, { weight = 1 }, quick) => {
  const whole = quick ? (request.quick ?? request.count / 10) : request.count;
  return Math.round(Math.max(whole * weight, Math.min(whole, request.inFlight, quick ? 32 : 256), 1));
};

/** How much of a request's count each contestant does unmeasured first, that its code is compiled; none with `warm: 0`. */
const usualWarmth = 0.2;

export const columnOf = ({ label, inFlight }, figure, { figures }) =>
  [label ?? `${inFlight} in flight`, ...(figures.length > 1 ? [figure] : [])].join(", ");

/** Without the requests and contestants that are not for a quick run (`quick: false`). */
const shortened = (measure) => ({
  ...measure,
  requests: measure.requests.filter((request) => request.quick !== false),
  contestants: measure.contestants.filter((each) => each.quick !== false),
});

/** Carries a measure out; gives a row for each contestant, request and figure, and one for each contestant that failed. */
export const carryOut = async (whole, { database, quick, rounds, say }) => {
  const measure = quick ? shortened(whole) : whole;
  const { warm = usualWarmth } = measure;
  const warmth = quick ? Math.min(warm, usualWarmth) : warm;
  const rows = [];
  let contestants = [];
  const uris = [];
  for (const { file, env = {} } of measure.contestants) uris.push(await database.fresh(file, env));
  const entered = await Promise.all(measure.contestants.map((each, index) => enter(each, uris[index])));
  for (const [index, each] of measure.contestants.entries()) {
    if (entered[index]) contestants.push({ ...each, process: entered[index] });
    else {
      say(`  ${each.name}: not here (${each.needs ?? "it did not start"})`);
      rows.push({ measure: measure.name, contestant: each.name, missing: each.needs ?? "it did not start" });
    }
  }
  const ask = async (each, request, answers) => {
    try {
      if (!quick) await database.calm();
      answers.push(await each.process.ask(request));
    } catch (error) {
      contestants = contestants.filter((other) => other !== each);
      say(`  ${each.name}: ${error.message}`);
      rows.push({ measure: measure.name, contestant: each.name, ...request, failed: error.message });
    }
  };
  for (const request of measure.requests) {
    const answers = new Map(contestants.map((each) => [each.name, []]));
    if (warmth > 0)
      for (const each of [...contestants])
        await ask(each, { ...request, count: Math.ceil(countOf(request, each, quick) * warmth) }, []);
    for (let round = 0; round < Math.min(rounds, measure.rounds ?? rounds); round += 1)
      for (const each of [...contestants])
        await ask(each, { ...request, count: countOf(request, each, quick) }, answers.get(each.name));
    for (const figure of measure.figures) rows.push(...compared(measure, request, figure, contestants, answers, say));
  }
  await Promise.all(contestants.map((each) => each.process.leave()));
  return rows;
};

function compared(measure, request, figure, contestants, answers, say) {
  const base = measure.contestants[0].name;
  const middle = ({ name }) => median((answers.get(name) ?? []).flatMap((answer) => answer[figure] ?? []));
  const first = middle({ name: base });
  return contestants.flatMap((each) => {
    const value = middle(each);
    if (value === undefined) return [];
    const ratio = first === undefined ? undefined : Number((first / value).toFixed(3));
    const against = each.name === base || ratio === undefined ? "" : `we are at ${ratio} times`;
    const column = columnOf(request, figure, measure);
    say(`  ${each.name.padEnd(58)} ${column.padEnd(24)} ${value.toFixed(2).padStart(10)} ${figure}   ${against}`);
    const about = { measure: measure.name, contestant: each.name, ...request, column, figure };
    return [{ ...about, [figure]: Number(value.toFixed(2)), ratio }];
  });
}
