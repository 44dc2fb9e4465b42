// The receiving side of a webhook that is signed by a key pair, with Node's own crypto: reads one
// request as JSON ({key, body, headers}) and fails if none of its signatures holds.
const crypto = require("crypto");

const request = JSON.parse(require("fs").readFileSync(0, "utf8"));
const raw = Buffer.from(request.key.replace(/^whpk_/, ""), "base64");
const key = crypto.createPublicKey({
  format: "jwk",
  key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") },
});
const { headers } = request;
const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${request.body}`;
const signatures = headers["webhook-signature"].split(" ").map((entry) => entry.split(","));
const holds = signatures.some(
  ([version, text]) =>
    version === "v1a" && crypto.verify(null, Buffer.from(content), key, Buffer.from(text, "base64")),
);
if (!holds) throw new Error("no signature holds");
