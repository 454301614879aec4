// Waiting in tests: for a condition, never for a time.

/** Resolves when `condition` is (or resolves to) true; throws after `patience` milliseconds, saying what it waited for. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = String(condition),
  patience = 10_000,
): Promise<void> {
  const begun = performance.now();
  while (!(await condition())) {
    if (performance.now() - begun > patience) throw new Error(`waited ${patience} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
