// Percent-encoding for addresses.

/** Encodes text for one place in an address; halves of characters become U+FFFD instead of an error. */
export const percentEncode = (text: string): string => encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\uFFFD"));
