import { expect, it } from "vitest";
import { loadSettings } from "../settings.js";
import { welcome } from "./welcome.js";

const at = { url: "http://127.0.0.1:8070", place: "/srv/data/postgres" };
const keys = { SECRET_KEY: "0123456789abcdef0123456789abcdef", API_KEY: "fedcba9876543210" };
const release = { ...keys, RELEASE_MODE: "true", DATABASE_URI: "postgresql://ada:hidden@db/x" };

it("says where it is, where the data are, and what to try", async () => {
  const text = await welcome({ settings: loadSettings({}), ...at });
  for (const part of [at.url, `${at.url}/docs`, at.place, "embedded", "TOKEN=eyJ", "/practice/messages"])
    expect(text).toContain(part);
  expect(text.match(/^\S*curl|^ID=\$\(curl/gm)).toHaveLength(3);
});

it("says where to click, and of a process that only works where it is watched", async () => {
  expect(await welcome({ settings: loadSettings({}), ...at })).toMatch(/browser +http:\/\/127\.0\.0\.1:8070$/m);
  const worker = await welcome({ settings: loadSettings({ ROLE: "worker" }), ...at });
  expect(worker).toContain(`${at.url}/ready  ${at.url}/metrics`);
  expect(worker).not.toMatch(/browser|docs|TOKEN/);
});

it("has no token and no password in release mode", async () => {
  const text = await welcome({ settings: loadSettings(release), ...at });
  expect(text).toContain(at.url);
  expect(text).not.toMatch(/TOKEN|eyJ|curl|embedded|hidden|0123456789/);
});

it("shows executions where a Router takes the calls", async () => {
  const text = await welcome({ settings: loadSettings({ ROUTER_URL: "http://router:8000" }), ...at });
  expect(text).toContain("/workflows/$ID/executions");
  expect(text).not.toContain("practice");
});
