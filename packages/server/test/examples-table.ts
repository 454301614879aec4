// What each example must do for several inputs: its path, what it says in chat, and how it ends. The variables make
// waits short; nothing else is different from what people run.
import type { Json } from "@workflow-core/core";

export interface ExampleCase {
  title: string;
  trigger?: string;
  /** Put over the sample of the trigger. */
  data?: Record<string, Json>;
  variables?: Record<string, Json>;
  /** Modules of the Router that refuse their calls; "sandbox" for the sandbox. */
  refuse?: string[];
  /** Why it fails; unless given, it completes. */
  fails?: string;
  path: string;
  /** Chat messages in order. */
  says: string[];
  /** Other calls outside, by their beginnings, in any order. */
  does?: string[];
  output: Json;
}

const chat = (message: string) => ({ message, username: "ada", user_id: "1001" });
const push = {
  repository: { name: "overlay" },
  sender: { login: "ada" },
  commits: [{ message: "Fix the alert box\n\nIt was late." }, { message: "Add a test" }],
};
const pull = (merged: boolean) => ({
  repository: { name: "overlay" },
  action: "closed",
  pull_request: { title: "Dark theme", merged, user: { login: "linus" } },
});
const github = (event: string, payload: Json) => ({ payload, headers: { "x-github-event": event } });
const draws = (suspense_seconds = 0.01) => ({ suspense_seconds });
const quick = { pace: 0.001 };

export const exampleCases: Record<string, ExampleCase[]> = {
  greeting: [
    {
      title: "greets who asks",
      data: { username: "grace" },
      path: "command greet done",
      says: ["Hello, grace! Welcome to the stream!"],
      output: { greeted: "grace" },
    },
    {
      title: "does not run what a name holds",
      data: { username: "{{ 7 * 7 }}" },
      path: "command greet done",
      says: ["Hello, {{ 7 * 7 }}! Welcome to the stream!"],
      output: { greeted: "{{ 7 * 7 }}" },
    },
  ],
  "raid-shout-out": [
    {
      title: "shouts out a large raid",
      data: { from: "grace", viewers: 42 },
      path: "raid big_enough celebrate shout_out overlay announce done",
      says: ["grace raids with 42 viewers! Go and follow them: https://twitch.tv/grace"],
      does: ["!shoutout grace", "browser_source.display"],
      output: { raider: "grace", shouted_out: true },
    },
    {
      title: "thanks a small one",
      data: { from: "linus", viewers: 3 },
      path: "raid big_enough thanks done",
      says: ["Thank you for the raid, linus! Make yourselves at home."],
      output: { raider: "linus", shouted_out: false },
    },
  ],
  giveaway: [
    {
      title: "stops when there are enough winners",
      variables: { ...draws(), entrants: [{ name: "ada", tickets: 2 }], winners_wanted: 1 },
      path: "command anybody tickets add draw drum_roll each_drawn suspense announce remember enough done",
      says: ["1 people, 2 tickets. And the winners are …", "🎉 Number 1: ada! Write !claim within ten minutes."],
      output: { winners: ["ada"], tickets: 2 },
    },
    {
      title: "draws no more winners than people",
      data: { args: ["5"] },
      variables: { ...draws(), entrants: [{ name: "ada", tickets: 1 }] },
      path: "command anybody tickets add draw drum_roll each_drawn suspense announce remember enough done",
      says: ["1 people, 1 tickets. And the winners are …", "🎉 Number 1: ada! Write !claim within ten minutes."],
      output: { winners: ["ada"], tickets: 1 },
    },
    {
      title: "says so when nobody has entered",
      variables: { entrants: [] },
      path: "command anybody nobody no_winner",
      says: ["Nobody has entered the giveaway yet. Write !enter to take part!"],
      output: { winners: [] },
    },
  ],
  "song-request": [
    {
      title: "puts a song into the queue",
      data: { args: ["bohemian", "rhapsody"] },
      path: "command look_up found song short_enough enqueue confirm added",
      says: ["@ada Bohemian Rhapsody by Queen is in the queue."],
      does: ["GET {api}/search?q=bohemian%20rhapsody&limit=1 → 200", 'song_queue.add {"song_id":7'],
      output: { added: true, song: "Bohemian Rhapsody" },
    },
    {
      title: "refuses a long song",
      data: { args: ["thick", "as", "a", "brick"] },
      path: "command look_up found song short_enough too_long refused",
      says: ["@ada Thick as a Brick is longer than 7 minutes."],
      does: ["GET {api}/search?q=thick%20as%20a%20brick"],
      output: { added: false },
    },
    {
      title: "says when nothing is found",
      data: { args: ["la&la", "?"] },
      path: "command look_up found not_found refused",
      says: ['@ada I could not find "la&la ?".'],
      does: ["GET {api}/search?q=la%26la%20%3F&limit=1 → 404"],
      output: { added: false },
    },
    {
      title: "says when the service does not answer, after a second attempt",
      data: { args: ["hang", "up"] },
      path: "command look_up unreachable refused",
      says: ["@ada The music service does not answer. Please try again later."],
      does: ["GET {api}/search?q=hang%20up", "GET {api}/search?q=hang%20up"],
      output: { added: false },
    },
  ],
  "quote-of-the-day": [
    {
      title: "posts the day's quote in the morning",
      trigger: "morning",
      data: { scheduled_time: "2026-01-31T08:00:00Z" },
      path: "morning when choose post done",
      says: ["Quote of the day: “The most dangerous phrase is: we have always done it this way.” (Grace Hopper)"],
      output: { by: "Grace Hopper" },
    },
    {
      title: "posts another one the next day",
      trigger: "morning",
      data: { scheduled_time: "2026-02-01T08:00:00Z" },
      path: "morning when choose post done",
      says: ["Quote of the day: “We can only see a short distance ahead.” (Alan Turing)"],
      output: { by: "Alan Turing" },
    },
    {
      title: "answers the command",
      trigger: "command",
      variables: { quotes: [{ text: "So it goes.", by: "Kurt Vonnegut" }] },
      path: "command when choose post done",
      says: ["Quote of the day: “So it goes.” (Kurt Vonnegut)"],
      output: { by: "Kurt Vonnegut" },
    },
    {
      title: "has a word for it when the quotes are broken",
      trigger: "command",
      variables: { quotes: [] },
      path: "command when choose fallback none",
      says: ["No quote today: somebody has eaten the book."],
      output: { by: null },
    },
  ],
  "moderation-filter": [
    {
      title: "leaves a clean message alone",
      data: chat("what a lovely stream"),
      path: "chat check clean",
      says: [],
      output: { action: "none" },
    },
    {
      title: "warns who shouts",
      data: chat("THIS IS SO GOOD!!!"),
      path: "chat check gravest severity warn done",
      says: ["@ada Please mind our rule on shouting."],
      output: { action: "warn", rule: "shouting" },
    },
    {
      title: "deletes links, but not clips",
      data: chat("buy followers at https://example.org"),
      path: "chat check gravest severity delete tell done",
      says: ["@ada That message broke our rule on links."],
      does: ["moderation.delete_message"],
      output: { action: "delete", rule: "links" },
    },
    {
      title: "lets clips pass",
      data: chat("https://clips.twitch.tv/abc"),
      path: "chat check clean",
      says: [],
      output: { action: "none" },
    },
    {
      title: "goes by the gravest rule",
      data: chat("I WILL FIND YOU https://EXAMPLE.ORG"),
      path: "chat check gravest severity time_out done",
      says: [],
      does: ["moderation.timeout"],
      output: { action: "time_out", rule: "threats" },
    },
  ],
  "poll-reminder": [
    {
      title: "reminds while the poll is open",
      data: { scheduled_time: "2026-01-31T18:10:00Z" },
      path: "clock open text remind overlay done",
      says: ["Which game next? 1) Chess  2) Celeste  3) Factorio. Write the number in chat, 15 min left!"],
      does: ["browser_source.update"],
      output: { reminded: true, minutes_left: 15 },
    },
    {
      title: "stays silent when it is over",
      data: { scheduled_time: "2026-01-31T18:30:00Z" },
      path: "clock open silent",
      says: [],
      output: { reminded: false },
    },
    {
      title: "stays silent without a poll",
      variables: { poll: null },
      path: "clock open silent",
      says: [],
      output: { reminded: false },
    },
  ],
  "github-to-chat": [
    {
      title: "tells about a push, first lines only",
      data: github("push", push),
      path: "hook kind push told",
      says: ["[overlay] ada pushed 2 commits: Fix the alert box; Add a test"],
      output: { told: true, event: "push" },
    },
    {
      title: "tells about a merge",
      data: github("pull_request", pull(true)),
      path: "hook kind merged merge told",
      says: ["[overlay] Merged: Dark theme, thank you linus!"],
      output: { told: true, event: "pull_request" },
    },
    {
      title: "ignores a pull request that is closed unmerged",
      data: github("pull_request", pull(false)),
      path: "hook kind merged ignored",
      says: [],
      output: { told: false, event: "pull_request" },
    },
    {
      title: "tells about a release",
      data: github("release", {
        repository: { name: "overlay" },
        release: { tag_name: "v2", html_url: "https://github.com/x" },
      }),
      path: "hook kind release told",
      says: ["overlay v2 is out: https://github.com/x"],
      output: { told: true, event: "release" },
    },
    {
      title: "thanks for a star on stream",
      data: github("star", { repository: { name: "overlay" }, sender: { login: "grace" } }),
      path: "hook kind star told",
      says: ["grace has given overlay a star!"],
      output: { told: true, event: "star" },
    },
    {
      title: "ignores what it does not know",
      data: { payload: {}, headers: {} },
      path: "hook kind ignored",
      says: [],
      output: { told: false, event: "none" },
    },
  ],
  "light-and-sound": [
    {
      title: "runs all effects at once and puts the lights back",
      data: { bits: 500 },
      variables: { shine_seconds: 0.01 },
      path: "cheer enough effects lights sound overlay together pause normal done",
      says: [],
      does: [
        'lights.scene {"scene":"party","brightness":50}',
        "soundboard.play",
        "browser_source.display",
        'lights.scene {"scene":"normal"}',
      ],
      output: { show: true, effects: 3 },
    },
    {
      title: "goes on without an effect that does not work",
      data: { bits: 100 },
      variables: { shine_seconds: 0.01 },
      refuse: ["soundboard"],
      path: "cheer enough effects lights sound overlay together pause normal done",
      says: [],
      does: ["lights.scene", "soundboard.play", "browser_source.display", "lights.scene"],
      output: { show: true, effects: 3 },
    },
    {
      title: "says thank you for a few bits",
      data: { bits: 5 },
      path: "cheer enough small thanked",
      says: ["Thank you for 5 bits, ada!"],
      output: { show: false },
    },
    {
      title: "fails when the lights cannot be put back",
      data: { bits: 200 },
      variables: { shine_seconds: 0.01 },
      refuse: ["lights"],
      fails: "lights refuses",
      path: "cheer enough effects lights sound overlay together pause normal",
      says: [],
      does: ["lights.scene", "soundboard.play", "browser_source.display", "lights.scene"],
      output: null,
    },
  ],
  leaderboard: [
    {
      title: "shows the top three, the same points on the same place",
      data: { args: [] },
      path: "command players rank top show done",
      says: ["🏆 1. grace (300), 2. ada (120), 2. linus (120)"],
      output: { leader: "grace", shown: 3 },
    },
    {
      title: "shows as many as are asked for",
      data: { args: ["10"] },
      path: "command players rank top show done",
      says: ["🏆 1. grace (300), 2. ada (120), 2. linus (120), 4. alan (45)"],
      output: { leader: "grace", shown: 4 },
    },
    {
      title: "takes words for no number",
      data: { args: ["all"] },
      variables: { points: [{ name: "ada", points: 1 }] },
      path: "command players rank top show done",
      says: ["🏆 1. ada (1)"],
      output: { leader: "ada", shown: 1 },
    },
    {
      title: "says so when nobody has points",
      variables: { points: [{ name: "ada", points: 0 }] },
      path: "command players nobody empty",
      says: ["Nobody has any points yet. Be the first!"],
      output: { leader: null, shown: 0 },
    },
    {
      title: "says so when the points cannot be ranked",
      refuse: ["sandbox"],
      path: "command players rank broken empty",
      says: ["The points cannot be read at the moment."],
      output: { leader: null, shown: 0 },
    },
  ],
  "first-time-chatter": [
    {
      title: "welcomes and gives points",
      data: { username: "grace", user_id: "7" },
      variables: { pause_seconds: 0.01 },
      path: "first pause welcome points done",
      says: ["Welcome, grace! Great to have you here. We call ourselves the Owls."],
      does: ['loyalty.add_points {"user_id":"7","points":100'],
      output: { welcomed: "grace", points: 100 },
    },
    {
      title: "welcomes where there is no name for the community",
      data: { platform: "kick" },
      variables: { pause_seconds: 0.01 },
      path: "first pause welcome points done",
      says: ["Welcome, ada! Great to have you here."],
      does: ["loyalty.add_points"],
      output: { welcomed: "ada", points: 100 },
    },
    {
      title: "welcomes without points when they cannot be given",
      variables: { pause_seconds: 0.01 },
      refuse: ["loyalty"],
      path: "first pause welcome points no_points",
      says: ["Welcome, ada! Great to have you here. We call ourselves the Owls."],
      does: ["loyalty.add_points"],
      output: { welcomed: "ada", points: 0, why: "loyalty refuses" },
    },
  ],
  "ad-break-countdown": [
    {
      title: "counts down, starts the ads and says when they are over",
      data: { args: ["90"] },
      variables: quick,
      path: "command settings count say wait down say wait down say wait down start tell during back done",
      says: [
        "Ad break in 30 seconds.",
        "Ad break in 20 seconds.",
        "Ad break in 10 seconds, get your tea now.",
        "Ads are running for 90 seconds. Subscribers see the break screen.",
        "And we are back!",
      ],
      does: ['twitch.start_commercial {"length":90}'],
      output: { ads: true, seconds: 90 },
    },
    {
      title: "keeps the length within bounds and may skip the countdown",
      data: { args: ["9999"] },
      variables: { ...quick, countdown_from: 0 },
      path: "command settings count start tell during back done",
      says: ["Ads are running for 180 seconds. Subscribers see the break screen.", "And we are back!"],
      does: ['twitch.start_commercial {"length":180}'],
      output: { ads: true, seconds: 180 },
    },
    {
      title: "says when the ads do not start",
      variables: { ...quick, countdown_from: 10 },
      refuse: ["twitch"],
      path: "command settings count say wait down start sorry failed",
      says: ["Ad break in 10 seconds, get your tea now.", "The ad break could not be started: twitch refuses"],
      does: ["twitch.start_commercial"],
      output: { ads: false },
    },
    {
      title: "stops a countdown that is far too long",
      variables: { pace: 0, countdown_from: 1000 },
      fails: 'MAX_LOOP_ITERATIONS (20) exceeded at node "count", whose max_iterations is 20',
      path: `command settings count${" say wait down".repeat(20)}`,
      says: Array.from({ length: 20 }, (_, index) => `Ad break in ${1000 - index * 10} seconds.`),
      output: null,
    },
  ],
  "sub-goal": [
    {
      title: "updates the bar and says how many are missing",
      data: { months: 3 },
      path: "subscription count progress bar reached thanks done",
      says: ["Thank you for 3 months, ada! 8 to go."],
      does: [
        "goals.increment",
        'browser_source.update {"source_type":"general","content":{"title":"Sub goal","now":42,"goal":50,"percent":84}',
      ],
      output: { subs: 42, reached: false },
    },
    {
      title: "celebrates the goal",
      variables: { subs_before: 49 },
      path: "subscription count progress bar reached party cheers done",
      says: ["50 subs! ada, you did it. Thank you all!"],
      does: ["goals.increment", "browser_source.update", "browser_source.display"],
      output: { subs: 50, reached: true },
    },
    {
      title: "goes on beyond it without celebrating again",
      data: { months: 1 },
      variables: { subs_before: 60 },
      path: "subscription count progress bar reached thanks done",
      says: ["Thank you for your first sub, ada!"],
      does: ["goals.increment", "browser_source.update"],
      output: { subs: 61, reached: true },
    },
  ],
};
