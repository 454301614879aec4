// Lines in several languages that call a webhook, signed where it asks for that.

const shell = (address: string, token: string, signed: boolean, secret: string): string =>
  signed
    ? `BODY='{"hello": "world"}'
SIGNATURE=$(printf '%s' '${token}'"$BODY" | openssl dgst -sha256 -hmac '${secret}' | sed 's/^.* //')
curl -X POST '${address}' \\
  -H 'Content-Type: application/json' \\
  -H "X-Webhook-Signature: sha256=$SIGNATURE" \\
  -d "$BODY"`
    : `curl -X POST '${address}' \\
  -H 'Content-Type: application/json' \\
  -d '{"hello": "world"}'`;

const javascript = (address: string, token: string, signed: boolean, secret: string): string =>
  `${signed ? 'import { createHmac } from "node:crypto";\n' : ""}const body = JSON.stringify({ hello: "world" });
${signed ? `const signature = createHmac("sha256", "${secret}").update("${token}" + body).digest("hex");\n` : ""}await fetch("${address}", {
  method: "POST",
  headers: {
    "Content-Type": "application/json",${signed ? '\n    "X-Webhook-Signature": "sha256=" + signature,' : ""}
  },
  body,
});`;

const python = (address: string, token: string, signed: boolean, secret: string): string =>
  `import ${signed ? "hashlib, hmac, " : ""}json, urllib.request
body = json.dumps({"hello": "world"}).encode()
headers = {"Content-Type": "application/json"}
${signed ? `headers["X-Webhook-Signature"] = "sha256=" + hmac.new(b"${secret}", b"${token}" + body, hashlib.sha256).hexdigest()\n` : ""}urllib.request.urlopen(urllib.request.Request("${address}", body, headers))`;

/** `secret` may be unknown: then a place for it is left. */
export const callLines = (address: string, token: string, signed: boolean, secret = "YOUR_SECRET") => ({
  curl: shell(address, token, signed, secret),
  JavaScript: javascript(address, token, signed, secret),
  Python: python(address, token, signed, secret),
});
