// The receiving side of a webhook by the official JavaScript library: reads one request as JSON
// ({secret, body, headers}) and prints its message, or fails if the signature does not hold.
const { Webhook } = require("standardwebhooks");

const request = JSON.parse(require("fs").readFileSync(0, "utf8"));
const message = new Webhook(request.secret).verify(request.body, request.headers);
process.stdout.write(JSON.stringify(message));
