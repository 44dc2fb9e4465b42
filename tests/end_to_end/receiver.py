"""A webhook receiver of a test: it keeps every request as it came and answers as it is told."""
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Receiver:
    """Listens on a free port of loopback; `answers` holds the status of the next requests.

    Nobody is answered while `gate` is not set. A service that looks at what it is sent overrides `answer_to`.
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
                request = (
                    {"path": self.path, "body": body, "at": time.monotonic(),
                     "headers": {name.lower(): value for name, value in self.headers.items()}})
                receiver.requests.append(request)
                receiver.gate.wait()
                answer = receiver.answer_to(request)
                try:
                    self.send_response(answer.status)
                    for name, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(answer.body)
                except OSError:  # who asked was killed
                    self.close_connection = True

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def answer_to(self, request: dict) -> Answer:
        del request
        return Answer(self.answers.pop(0) if self.answers else 204)

    def stop(self) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
