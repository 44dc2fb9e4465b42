"""A collector of traces: it takes OTLP/JSON over HTTP and keeps every span."""
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def plain(attributes: list[dict]) -> dict:
    return {one["key"]: int(one["value"]["intValue"]) if "intValue" in one["value"]
            else one["value"]["stringValue"] for one in attributes}


class Collector:
    """Listens on a free port of loopback. Nobody is answered while `gate` is not set."""

    def __init__(self):
        self.spans: list[dict] = []
        self.fields: list[dict] = []
        self.gate = threading.Event()
        self.gate.set()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.gate.wait()
                collector.take(self.path, dict(self.headers), json.loads(body))
                try:
                    self.send_response(200)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    self.close_connection = True

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def take(self, path: str, fields: dict, document: dict) -> None:
        assert path == "/v1/traces" and fields["Content-Type"] == "application/json"
        self.fields.append(fields)
        for resource in document["resourceSpans"]:
            who = plain(resource["resource"]["attributes"])
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    self.spans.append({**span, "resource": who, "attributes": plain(span["attributes"])})

    def trace(self, trace_id: str) -> list[dict]:
        return [span for span in self.spans if span["traceId"] == trace_id]

    def stop(self) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
