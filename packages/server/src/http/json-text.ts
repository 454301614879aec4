// JSON as text inside gRPC messages and queries: read through the same gate as a body over HTTP.
import { isJsonObject, type Json } from "@workflow-core/core";
import { appError, isAppError } from "../errors.js";
import { readBody } from "./edge.js";

/** The object that a field holds; an empty field holds none. Throws BAD_REQUEST and INVALID_JSON with the field's name. */
export function jsonObject(field: string, text: string): Record<string, Json> {
  if (text.trim() === "") return {};
  const value = read(field, text);
  if (isJsonObject(value)) return value;
  throw refusal(field, "must be a JSON object");
}

function read(field: string, text: string): Json {
  try {
    return readBody(Buffer.from(text)) as Json; // the gate lets nothing else through
  } catch (error) {
    if (!isAppError(error)) throw error;
    throw refusal(field, error.message.replace(/^The body /, "").replace(/\.$/, ""));
  }
}

/** A field that is not right, said as over HTTP. */
export const refusal = (field: string, message: string) =>
  appError("BAD_REQUEST", `${field}: ${message}`, { details: [{ path: field, message }] });
