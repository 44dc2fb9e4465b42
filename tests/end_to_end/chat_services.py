"""Slack, PagerDuty and ntfy as their documents describe them: what they check, what they answer, how much they bear.

Each keeps in `accepted` what it took, and in `faults` what it refused because a documented limit was broken: a test
that uses one fails at its end if there is any. Sources: Slack, incoming webhooks, Block Kit reference and rate limits;
PagerDuty, Events API v2; ntfy, publish as JSON and its list of error codes.
"""
import json
import re
import threading
from datetime import datetime
from typing import Any

from receiver import Answer, Receiver


class Refused(Exception):
    """What is wrong with a request, in the service's words, and the status by which it says so."""

    def __init__(self, status: int, why: str):
        super().__init__(why)
        self.status, self.why = status, why


def require(holds: bool, status: int, why: str) -> None:
    if not holds:
        raise Refused(status, why)


class Service(Receiver):
    """Checks each request. `told` holds answers to the next requests in place of its own."""

    def __init__(self):
        self.accepted: list[dict] = []
        self.faults: list[str] = []
        self.told: list[Answer] = []
        self._lock = threading.Lock()  # requests come on threads of their own
        super().__init__()

    def answer_to(self, request: dict) -> Answer:
        with self._lock:
            if self.told:
                return self.told.pop(0)
            try:
                body = self.checked(request)
            except Refused as refused:
                if refused.status != 429 and not self.is_expected(refused):
                    self.faults.append(f"{refused.why}: {request['body'][:500]!r}")
                return self.refusal(refused)
            self.accepted.append(body)
            return self.acceptance(body)

    def checked(self, request: dict) -> dict:
        raise NotImplementedError

    def is_expected(self, refused: Refused) -> bool:
        """It is no broken limit: the address or the secret is not the service's."""
        return refused.status in (401, 403, 404, 410)

    def refusal(self, refused: Refused) -> Answer:
        raise NotImplementedError

    def acceptance(self, body: dict) -> Answer:
        raise NotImplementedError


def json_object(request: dict, status: int, why: str) -> dict:
    require(request["headers"].get("content-type", "").startswith("application/json"), status, why)
    try:
        body = json.loads(request["body"].decode("utf-8"))
    except ValueError as wrong:
        raise Refused(status, why) from wrong
    require(isinstance(body, dict), status, why)
    return body


def is_text(value: Any, most: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= most


class Slack(Service):
    """One incoming webhook. It bears one message a second."""

    path = "/services/T00000000/B00000000/" + "X" * 24

    def __init__(self):
        super().__init__()
        self._last = float("-inf")
        self.is_revoked = False

    @property
    def hook(self) -> str:
        return self.url + self.path

    def checked(self, request: dict) -> dict:
        require(request["path"] == self.path and not self.is_revoked, 404, "no_service")
        # A message that was on its way a little longer makes the next one look early.
        require(request["at"] - self._last >= 0.8, 429, "rate_limited")
        self._last = request["at"]
        body = json_object(request, 400, "invalid_payload")
        require(is_text(body.get("text"), 40_000), 400, "no_text")
        blocks = body.get("blocks", [])
        require(isinstance(blocks, list) and len(blocks) <= 50, 400, "invalid_blocks")
        for block in blocks:
            self._check_block(block)
        return body

    @staticmethod
    def _check_block(block: dict) -> None:
        limits = {"header": (("plain_text",), 150), "section": (("plain_text", "mrkdwn"), 3000)}
        require(block.get("type") in limits, 400, "invalid_blocks")
        kinds, most = limits[block["type"]]
        text = block.get("text", {})
        require(text.get("type") in kinds and is_text(text.get("text"), most), 400, "invalid_blocks")

    def refusal(self, refused: Refused) -> Answer:
        headers = {"Retry-After": "1"} if refused.status == 429 else {}
        return Answer(refused.status, refused.why.encode(), headers)

    def acceptance(self, body: dict) -> Answer:
        return Answer(200, b"ok", {"Content-Type": "text/html"})


class PagerDuty(Service):
    """The enqueue endpoint of Events API v2; `open` are the incidents that nobody has resolved."""

    bytes_max = 512 * 1024

    def __init__(self, keys: set[str]):
        super().__init__()
        self.keys = keys
        self.open: dict[str, str] = {}  # the summary by the key

    @property
    def enqueue(self) -> str:
        return self.url + "/v2/enqueue"

    def checked(self, request: dict) -> dict:
        require(request["path"] == "/v2/enqueue", 404, "not found")
        require(len(request["body"]) < self.bytes_max, 413, "event is too large")
        event = json_object(request, 400, "JSON cannot be parsed")
        key = event.get("routing_key")
        require(isinstance(key, str) and len(key) == 32, 400, "'routing_key' is invalid")
        require(event.get("event_action") in ("trigger", "acknowledge", "resolve"), 400, "'event_action' is invalid")
        needs_key = event["event_action"] != "trigger"
        require(is_text(event.get("dedup_key"), 255) or (not needs_key and "dedup_key" not in event), 400,
                "'dedup_key' is invalid")
        if "payload" in event or event["event_action"] == "trigger":
            self._check_payload(event.get("payload"))
        require(key in self.keys, 400, "Invalid routing key")
        return event

    @staticmethod
    def _check_payload(payload: Any) -> None:
        require(isinstance(payload, dict), 400, "'payload' is missing or blank")
        require(is_text(payload.get("summary"), 1024), 400, "'summary' is missing or too long")
        require(is_text(payload.get("source"), 255), 400, "'source' is missing or blank")
        require(payload.get("severity") in ("critical", "error", "warning", "info"), 400, "'severity' is invalid")
        require(isinstance(payload.get("custom_details", {}), (dict, str)), 400, "'custom_details' is invalid")
        try:
            datetime.fromisoformat(payload.get("timestamp", "2026-01-01T00:00:00Z").replace("Z", "+00:00"))
        except ValueError as wrong:
            raise Refused(400, "'timestamp' is invalid") from wrong

    def is_expected(self, refused: Refused) -> bool:
        return refused.why == "Invalid routing key"

    def refusal(self, refused: Refused) -> Answer:
        body = {"status": "invalid event", "message": "Event object is invalid", "errors": [refused.why]}
        return Answer(refused.status, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def acceptance(self, body: dict) -> Answer:
        key = body.get("dedup_key", f"event-{len(self.accepted)}")
        if body["event_action"] == "trigger":
            self.open[key] = body["payload"]["summary"]
        elif body["event_action"] == "resolve":
            self.open.pop(key, None)
        answer = {"status": "success", "message": "Event processed", "dedup_key": key}
        return Answer(202, json.dumps(answer).encode(), {"Content-Type": "application/json"})


class Ntfy(Service):
    """Its topics take messages from one token. A visitor has 60 requests, and one more every five seconds."""

    codes = {400: 40024, 403: 40301, 413: 41301, 429: 42901}

    def __init__(self, token: str):
        super().__init__()
        self.token = token

    def checked(self, request: dict) -> dict:
        require(request["headers"].get("authorization") == f"Bearer {self.token}", 403, "forbidden")
        require(request["path"] == "/", 404, "page not found")
        body = json_object(request, 400, "invalid request: request body must be valid JSON")
        topic = body.get("topic")
        require(isinstance(topic, str) and re.fullmatch(r"[-_A-Za-z0-9]{1,64}", topic) is not None, 400,
                "invalid request: topic invalid")
        message = body.get("message", "")
        # A longer one is stored as a file that nobody reads on a lock screen.
        require(isinstance(message, str) and len(message.encode()) <= 4096, 413, "message too large")
        require(isinstance(body.get("title", ""), str), 400, "invalid request: title invalid")
        require(body.get("priority", 3) in (1, 2, 3, 4, 5), 400, "invalid request: priority invalid")
        tags = body.get("tags", [])
        require(isinstance(tags, list) and all(isinstance(tag, str) for tag in tags), 400,
                "invalid request: tags invalid")
        used = len(self.accepted) - (request["at"] - self.requests[0]["at"]) / 5
        require(used < 60, 429, "limit reached: too many requests")
        return body

    def refusal(self, refused: Refused) -> Answer:
        body = {"code": self.codes.get(refused.status, refused.status * 100), "http": refused.status,
                "error": refused.why}
        return Answer(refused.status, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def acceptance(self, body: dict) -> Answer:
        answer = {"id": f"m{len(self.accepted)}", "event": "message", "topic": body["topic"]}
        return Answer(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})
