// Runs beside every test file: fails it when a secret was found where none may be.
import { afterAll, expect } from "vitest";
import { takeLeaks } from "./canaries.js";

// Registered first, so it runs last: after the file's own hooks have closed servers and dropped databases.
afterAll(() => {
  expect(takeLeaks(), "secrets were found").toEqual([]);
});
