// The builder in headless Chromium, against our whole server: a workflow of so many nodes is opened, the canvas panned
// with the wheel, a node dragged. Frames are what requestAnimationFrame sees while the pointer moves.
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";
import { contest } from "../lib/contestant.mjs";
import { quantile } from "../lib/figures.mjs";
import { startServer } from "../lib/server.mjs";

const executablePath = [
  process.env.CHROMIUM_PATH,
  ...["/usr/bin/chromium", "/usr/bin/google-chrome", chromium.executablePath()],
].find((path) => path !== undefined && existsSync(path));
if (executablePath === undefined) throw new Error("there is no Chromium; CHROMIUM_PATH says where it is");
const size = Number(process.env.NODES);
const server = await startServer();
const { workflow_id } = await server.api("POST", "/workflows", workflow(size), "1");
const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath, args });
const address = `${server.url}/workflows/${workflow_id}`;

const answer = async ({ count }) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(watchFrames);
  await page.goto(address);
  await page.locator(".react-flow__node").first().waitFor();
  const paint = await page.evaluate(() => globalThis.bench.firstNode);
  await page.waitForTimeout(1500); // what is loaded behind it is loaded
  await page.mouse.move(900, 500);
  const panned = await during(page, count, async (step) => {
    await page.mouse.wheel(step % 60 < 30 ? 24 : -24, step % 40 < 20 ? 12 : -12);
  });
  await page.waitForTimeout(600);
  const node = await boxInView(page);
  const [x, y] = [node.x + node.width / 2, node.y + 12];
  await page.mouse.move(x, y);
  await page.mouse.down();
  const dragged = await during(page, count, async (step) => {
    const turn = step / 12;
    await page.mouse.move(x + 90 * Math.sin(turn), y + 60 * (1 - Math.cos(turn)));
  });
  await page.mouse.up();
  await context.close();
  return {
    ...{ paint, pan: panned.median, "pan, worst 5 %": panned.worst },
    ...{ drag: dragged.median, "drag, worst 5 %": dragged.worst },
  };
};
await contest(answer, async () => {
  await browser.close();
  await server.program.stop();
});

/** In the page: when the first node had been painted, milliseconds from the start of loading; frames, and where things were. */
function watchFrames() {
  const bench = { firstNode: undefined, frames: [], places: [] };
  globalThis.bench = bench;
  let seen = false;
  const placeOf = (selector) => document.querySelector(selector)?.style.transform;
  const frame = (now) => {
    bench.frames.push(now);
    bench.places.push(`${placeOf(".react-flow__viewport")} ${placeOf(".react-flow__node.dragging")}`);
    if (seen) bench.firstNode ??= now; // the frame before this one has been painted
    seen ||= document.querySelector(".react-flow__node") !== null;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

/** Frames a second while `move` is done so many times, one after the other. Throws when nothing moves. */
async function during(page, steps, move) {
  await page.evaluate(() => Object.assign(globalThis.bench, { frames: [], places: [] }));
  for (let step = 0; step < steps; step += 1) await move(step);
  const { frames, places } = await page.evaluate(() => globalThis.bench);
  if (new Set(places).size < steps / 10) throw new Error("nothing moves");
  const gaps = frames.slice(1).map((at, index) => at - frames[index]);
  return { median: 1000 / quantile(gaps, 0.5), worst: 1000 / quantile(gaps, 0.95) };
}

/** Where a node lies whose head is well within the picture. */
async function boxInView(page) {
  for (const node of await page.locator(".react-flow__node").all()) {
    const box = await node.boundingBox();
    if (box && box.x > 350 && box.x < 1000 && box.y > 200 && box.y < 600) return box;
  }
  throw new Error("no node is in view");
}

function workflow(count) {
  const ids = Array.from({ length: count }, (_, index) => `n${index}`);
  const config = { variable_name: "x", value: "{{ x + 1 }}" };
  const nodeOf = (index) => ({
    ...(index === 0
      ? { node_type: "trigger_command", config: { command_name: "go" } }
      : { node_type: "data_variable_set", config }),
    position: { x: (index % 25) * 312, y: Math.floor(index / 25) * 192 },
  });
  return {
    ...{ name: "Large", entity_id: 1, community_id: 1, global_variables: { x: 0 } },
    nodes: Object.fromEntries(ids.map((id, index) => [id, nodeOf(index)])),
    connections: ids.slice(1).map((id, index) => ({
      ...{ connection_id: `c${index}`, from_node_id: ids[index], from_port_name: "output", to_node_id: id },
    })),
  };
}
