#!/usr/bin/env python3
"""Receives webhooks, believes those that are signed, and says each in a line.

receive_webhook.py HOST:PORT SECRET (pip install standardwebhooks)
"""
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

(host, port), secret = sys.argv[1].split(":"), sys.argv[2]
known = set()  # a message may come more than once, always under the same id


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            message = Webhook(secret).verify(body, dict(self.headers))
        except WebhookVerificationError as problem:
            print("not believed:", problem, flush=True)
            return self.answer(400)
        if self.headers["webhook-id"] not in known:
            known.add(self.headers["webhook-id"])
            print(message["type"], message["data"].get("level", ""), flush=True)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer((host, int(port)), Receiver)
print("waiting", flush=True)
server.serve_forever()
