// Receives webhooks, believes those that are signed, and says each in a line.
// node receive_webhook.cjs HOST:PORT SECRET (npm install standardwebhooks)
const http = require("node:http");
const { Webhook } = require("standardwebhooks");

const [address, secret] = process.argv.slice(2);
const [host, port] = address.split(":");
const known = new Set(); // a message may come more than once, always under the same id

http.createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    try {
        const message = new Webhook(secret).verify(Buffer.concat(parts).toString(), request.headers);
        if (!known.has(request.headers["webhook-id"])) console.log(message.type, message.data.level ?? "");
        known.add(request.headers["webhook-id"]);
        response.writeHead(204).end();
    } catch (problem) {
        console.log("not believed:", problem.message);
        response.writeHead(400).end();
    }
}).listen(Number(port), host, () => console.log("waiting"));
