"""A webhook receiver of a test: it keeps every request as it came and answers as it is told."""
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """Listens on a free port of loopback; `answers` holds the status of the next requests.

    Nobody is answered while `gate` is not set.
    """

    def __init__(self):
        self.requests: list[dict] = []
        self.answers: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append(
                    {"path": self.path, "body": body,
                     "headers": {name.lower(): value for name, value in self.headers.items()}})
                receiver.gate.wait()
                try:
                    self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:  # who asked was killed
                    self.close_connection = True

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
