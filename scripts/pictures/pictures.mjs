// Pictures of every page, light and dark, for a desk and for a phone, into docs/images. `node scripts/pictures/pictures.mjs
// [name …]` makes all or the named ones, against a server of its own with believable data. Build first.
// The browser itself writes WebP, so that the whole folder stays small without another program.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { fill } from "./data.mjs";
import { pagesOf } from "./pages.mjs";
import { startServer } from "./server.mjs";

const out = process.env.PICTURES_DIR ?? fileURLToPath(new URL("../../docs/images/", import.meta.url));
const port = Number(process.env.PICTURES_PORT ?? 8290);
const program = process.env.CHROMIUM_PATH ?? ["/usr/bin/chromium", "/usr/bin/google-chrome"].find(existsSync);
/** The first picture of the README: a wide desk. */
const readme = { name: "builder", file: "builder.png", viewport: { width: 1880, height: 1000 } };
const screens = {
  1440: { viewport: { width: 1440, height: 900 } },
  390: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1 },
};

/** A PNG as WebP, in the browser. */
const smaller = async (painter, png) => {
  const url = await painter.evaluate(
    async (source) => {
      const image = await createImageBitmap(await (await fetch(source)).blob());
      const canvas = new OffscreenCanvas(image.width, image.height);
      canvas.getContext("2d").drawImage(image, 0, 0);
      const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.86 });
      const bytes = new Uint8Array(await blob.arrayBuffer());
      let text = "";
      for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
      return btoa(text);
    },
    `data:image/png;base64,${png.toString("base64")}`,
  );
  return Buffer.from(url, "base64");
};

const shoot = async (browser, origin, each, options) => {
  const context = await browser.newContext({ baseURL: origin, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  try {
    // Nobody else is there: the other pictures' browsers are not people.
    await page.route("**/presence", (route) => route.fulfill({ json: { success: true, data: { others: [] } } }));
    await each.before?.(page);
    await page.goto(each.path, { waitUntil: "load" });
    if (each.heading !== false) await page.getByRole("heading", { level: 1 }).first().waitFor({ state: "attached" });
    await page.waitForTimeout(700);
    await each.act?.(page, { phone: options.isMobile === true });
    await page.waitForTimeout(600);
    return await page.screenshot({ animations: "disabled" });
  } finally {
    await context.close();
  }
};

const picture = async (browser, painter, origin, each, theme, width) => {
  const png = await shoot(browser, origin, each, { colorScheme: theme, ...screens[width] });
  const file = `${each.name}-${theme}-${width}`;
  writeFileSync(`${out}/${file}.webp`, await smaller(painter, png));
  if (process.env.PICTURES_PNG) writeFileSync(`${out}/${file}.png`, png);
};

const wanted = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const server = process.env.PICTURES_DATA
  ? { ...JSON.parse(process.env.PICTURES_DATA), stop: async () => {} }
  : await startServer(port);
const browser = await chromium.launch({
  ...(program ? { executablePath: program } : {}),
  args: ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--font-render-hinting=none"],
});
try {
  const found = server.ids ? server : await fill(server.origin);
  const painter = await browser.newPage();
  for (const each of pagesOf(found)) {
    if (wanted.length > 0 && !wanted.includes(each.name)) continue;
    const widths = each.wide ? ["1440"] : Object.keys(screens);
    const all = ["light", "dark"].flatMap((theme) => widths.map((width) => [theme, width]));
    await Promise.all(
      all.map(async ([theme, width]) => {
        try {
          await picture(browser, painter, server.origin, each, theme, width);
        } catch (error) {
          console.error(`${each.name} ${theme} ${width}: ${error.message}`);
          process.exitCode = 1;
        }
      }),
    );
    if (each.name === readme.name) {
      const png = await shoot(browser, server.origin, each, { colorScheme: "light", viewport: readme.viewport });
      writeFileSync(`${out}/${readme.file}`, png);
    }
    console.log(each.name);
  }
} finally {
  await browser.close();
  await server.stop();
}
