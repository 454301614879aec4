// A client that can reach the checked addresses only: names are answered from the check, and nobody
// is asked a second time, so a name that changes its mind in between leads nowhere else.
import { isIP, type LookupFunction } from "node:net";
import { buildConnector, Pool } from "undici";
import type { Target } from "./target.js";

const connectMilliseconds = 10_000;
const keptMilliseconds = 900;

/** Connections are kept for less than a second between two requests; `headerBytes` bounds an answer's headers. */
export function checkedClient({ url, addresses }: Target, headerBytes: number): Pool {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  const lookup: LookupFunction = (_host, options, callback) => {
    const [first] = found;
    if (options.all) callback(null, found);
    else callback(null, first?.address ?? "", first?.family);
  };
  const connector = buildConnector({ timeout: connectMilliseconds, lookup, allowH2: false, maxCachedSessions: 0 });
  return new Pool(url.origin, {
    connect(options, callback) {
      // A literal address is connected to without a lookup, so it must be the one that was checked.
      const host = options.hostname.replace(/^\[|\]$/g, "");
      if (isIP(host) !== 0 && !addresses.includes(host)) callback(new Error("unchecked address"), null);
      else connector(options, callback);
    },
    maxHeaderSize: headerBytes,
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 1,
    keepAliveTimeout: keptMilliseconds,
    keepAliveMaxTimeout: keptMilliseconds,
  });
}
