// Ids of nodes are free text; values of headers are not.

/** What is no visible ASCII is percent-encoded, and the percent sign itself, so that different texts stay different. */
export const headerText = (text: string): string => text.replace(/[^\x21-\x7e]|%/gu, encode);

/** As a part of a URL: more is encoded. Half characters, which have no encoding, are replaced. */
export const encode = (text: string): string => encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));
