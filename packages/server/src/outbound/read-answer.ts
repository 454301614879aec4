// The other side's answer as data: status, headers in lower case, the body parsed when it says that it is JSON.
import { cleanText, type HttpResponse, isForbiddenKey, type Json } from "@workflow-core/core";
import type { Exchanged } from "./exchange.js";
import { decodeUtf8, readJson } from "./read-json.js";

const jsonType = /^\s*(application|text)\/([a-z0-9.+-]+\+)?json\s*(;|$)/i;
const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i;

/** What a workflow sees of an answer. Throws JsonError when its body is JSON that is more than a value may be. */
export function readAnswer(response: Pick<Exchanged, "statusCode" | "headers">, bytes: Uint8Array): HttpResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value === undefined || isForbiddenKey(name)) continue;
    headers[name.toLowerCase()] = cleanText(Array.isArray(value) ? value.join(", ") : value);
  }
  const body = readBodyAs(headers["content-type"] ?? "", bytes);
  return { status_code: response.statusCode, response_body: body, response_headers: headers };
}

function readBodyAs(contentType: string, bytes: Uint8Array): Json {
  if (jsonType.test(contentType)) {
    const text = decodeUtf8(bytes);
    return readJson(text) ?? cleanText(text);
  }
  return cleanText(decode(bytes, charset.exec(contentType)?.[1] ?? "utf-8"));
}

/** Names of character sets that nobody knows count as UTF-8; what does not fit is replaced. */
function decode(bytes: Uint8Array, label: string): string {
  try {
    return new TextDecoder(label).decode(bytes);
  } catch {
    return decodeUtf8(bytes);
  }
}
