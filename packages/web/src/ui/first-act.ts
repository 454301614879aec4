// What people's acts need comes with their first act, so that looking at a page costs only what it shows.
const acts = ["pointerdown", "keydown", "input"] as const;

/** Settles when somebody first presses, touches or types anything. */
export const firstAct: Promise<void> = new Promise((resolve) => {
  const act = () => {
    for (const each of acts) window.removeEventListener(each, act, true);
    resolve();
  };
  for (const each of acts) window.addEventListener(each, act, true);
});
