// The query of an address: parameters are added behind what is there, before the fragment.
import { percentEncode } from "../config/percent.js";
import type { Json } from "../json.js";

const word = (value: Json): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

/** The address with these parameters: a list gives its name once per item, null leaves it out. */
export const withQuery = (url: string, params: Record<string, Json>): string => {
  const pairs = Object.entries(params).flatMap(([key, value]) => {
    const values = Array.isArray(value) ? value : [value];
    return values.filter((each) => each !== null).map((each) => `${percentEncode(key)}=${percentEncode(word(each))}`);
  });
  if (pairs.length === 0) return url;
  const hash = url.indexOf("#");
  const address = hash < 0 ? url : url.slice(0, hash);
  const fragment = hash < 0 ? "" : url.slice(hash);
  const joint = !address.includes("?") ? "?" : /[?&]$/.test(address) ? "" : "&";
  return `${address}${joint}${pairs.join("&")}${fragment}`;
};
