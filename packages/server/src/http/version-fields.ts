// How versions are spoken of over HTTP: their numbers, the labels that people give them, and that one is not there.
import { z } from "zod";
import { type AppError, appError } from "../errors.js";
import type { VersionLabel } from "../store/versions.js";

export const versionName = z.string().min(1).max(20);

/** A text that is null when nothing is in it. */
const label = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .nullable()
    .transform((text) => text || null);

export const versionLabel = z.object({
  title: label(120).meta({ description: "What to call the version; empty: only its number." }),
  note: label(2000).meta({ description: "Why it was made." }),
});

/** 1.0.3 “Calm chat” */
export const versionCalled = ({ version, title }: { version: string } & Pick<VersionLabel, "title">): string =>
  title === null ? version : `${version} “${title}”`;

export const noVersion = (version: string): AppError =>
  appError("NOT_FOUND", `The workflow has no version ${version.slice(0, 20)}.`);
