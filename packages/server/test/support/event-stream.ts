// Server-Sent Events, read over a real socket.
import { request } from "node:http";
import { apiKey } from "./app.js";

export interface Message {
  id: string | undefined;
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: each event has its own data
  data: any;
}

export interface Reading {
  messages: Message[];
  status: number;
  ended: boolean;
  /** Stops reading, so that what comes stays with the sender. */
  pause(): void;
  resume(): void;
  leave(): void;
}

/** Reads a stream in the background. */
export function readStream(port: number, path: string, headers: Record<string, string> = {}): Promise<Reading> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { port, path, headers: headers.authorization === undefined ? { "x-api-key": apiKey, ...headers } : headers },
      (response) => {
        const reading: Reading = {
          messages: [],
          status: response.statusCode ?? 0,
          ended: false,
          pause: () => void response.pause(),
          resume: () => void response.resume(),
          leave: () => asked.destroy(),
        };
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
          const whole = text.split("\n\n");
          text = whole.pop() ?? "";
          reading.messages.push(...whole.filter((each) => !each.startsWith(":")).map(parse));
        });
        response.on("end", () => {
          reading.ended = true;
        });
        response.on("error", () => undefined);
        resolve(reading);
      },
    );
    asked.on("error", reject).end();
  });
}

const parse = (text: string): Message => {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(text)?.[1];
  return { id: field("id"), event: field("event") ?? "", data: JSON.parse(field("data") ?? "null") };
};
