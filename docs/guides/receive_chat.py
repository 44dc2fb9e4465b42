#!/usr/bin/env python3
"""Stands for a chat with an incoming webhook, and says what would be read there: receive_chat.py HOST:PORT."""
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Chat(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for block in body["blocks"]:
            print(block["text"]["text"], flush=True)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


host, port = sys.argv[1].split(":")
HTTPServer((host, int(port)), Chat).serve_forever()
