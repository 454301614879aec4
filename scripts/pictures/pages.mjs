// What is pictured: each page with what has to be done on it first. `wide`: there is no picture for a phone.
const card = (page, id) => page.locator(`.react-flow__node[data-id="${id}"]`);
const settle = (page, milliseconds = 700) => page.waitForTimeout(milliseconds);

const tryRaid = async (page, { phone }) => {
  await page.getByRole("button", { name: "Try it" }).click();
  await page.getByRole("tab", { name: "Event" }).click();
  await page.getByRole("button", { name: "raid", exact: true }).click();
  await page.getByRole("button", { name: "Fire" }).click();
  await page.getByRole("log").getByText("Completed").waitFor();
  if (!phone) await card(page, "announce").click();
  await settle(page, 1200);
};

export const pagesOf = ({ ids, runs }) => [
  { name: "workflows", path: "/" },
  {
    name: "new-workflow",
    path: "/",
    act: (page) => page.getByRole("button", { name: "New workflow" }).click(),
  },
  { name: "builder", path: `/workflows/${ids.raid}`, act: tryRaid },
  { name: "builder-empty-hands", path: `/workflows/${ids.songs}` },
  {
    name: "builder-node",
    path: `/workflows/${ids.giveaway}`,
    act: async (page, { phone }) => {
      if (phone) await card(page, "anybody").tap();
      else await card(page, "anybody").click();
    },
  },
  {
    name: "builder-problems",
    path: `/workflows/${ids.board}`,
    act: (page) =>
      page
        .getByRole("button", { name: /problem/ })
        .first()
        .click(),
  },
  {
    name: "builder-palette",
    path: `/workflows/${ids.greeting}`,
    act: (page) => page.getByRole("button", { name: "Add a node" }).first().click(),
  },
  {
    name: "builder-commands",
    path: `/workflows/${ids.greeting}`,
    wide: true,
    act: (page) => page.keyboard.press("Control+k"),
  },
  {
    name: "builder-versions",
    path: `/workflows/${ids.raid}`,
    act: async (page) => {
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("menuitem", { name: "Versions" }).click();
    },
  },
  {
    name: "builder-publish",
    path: `/workflows/${ids.raid}`,
    act: (page) => page.getByRole("button", { name: "Publish" }).click(),
  },
  { name: "executions", path: `/workflows/${ids.giveaway}/runs` },
  { name: "execution", path: `/workflows/${ids.raid}/runs/${runs.raid}` },
  {
    name: "execution-loop",
    path: `/workflows/${ids.giveaway}/runs/${runs.loop}`,
    act: (page) => page.getByRole("button", { name: /^Announce the winner/ }).click(),
  },
  { name: "execution-failed", path: `/workflows/${ids.failing}/runs/${runs.failed}` },
  { name: "execution-running", path: `/workflows/${ids.adBreak}/runs/${runs.running}` },
  { name: "webhooks", path: `/workflows/${ids.github}/manage/webhooks` },
  { name: "schedules", path: `/workflows/${ids.quote}/manage/schedules` },
  { name: "people", path: `/workflows/${ids.raid}/manage/people` },
  { name: "workflow-log", path: `/workflows/${ids.giveaway}/manage/log` },
  { name: "trigger-log", path: "/triggers" },
  { name: "calendar", path: "/schedules" },
  { name: "queue", path: "/status/queue" },
  { name: "secrets", path: "/secrets" },
  { name: "audit", path: "/audit" },
  { name: "status", path: "/status" },
  {
    name: "sign-in",
    path: "/",
    before: (page) => page.route("**/api/v1/session", (route) => route.fulfill({ status: 401, json: refusal })),
  },
  { name: "not-found", path: "/nowhere", wide: true, heading: false },
];

const refusal = { success: false, error: { code: "UNAUTHORIZED", message: "Sign in.", request_id: "" } };
