"""Holds answers against an OpenAPI document: status, header fields, media type and body.

Knows the part of JSON Schema that the document uses; an unknown keyword is an error, so that
nothing goes unchecked.
"""
import json
import re
from typing import Any

import httpx

KINDS = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": list,
         "null": type(None)}
# Keywords that say nothing about which values are right.
ANNOTATIONS = {"description", "example", "default", "format", "title"}


class Description:
    def __init__(self, document: dict):
        self._document = document
        self._patterns = {path: re.compile(re.sub(r"\{\w+\}", "[^/]+", path))
                          for path in sorted(document["paths"], key=lambda path: path.count("{"))}

    def check(self, answer: httpx.Response) -> tuple[str, str]:
        """Fails if the answer is not described; returns its operation, as method and path."""
        path = next(path for path, pattern in self._patterns.items()
                    if pattern.fullmatch(answer.request.url.path))
        method = answer.request.method.lower()
        responses = self._document["paths"][path][method]["responses"]
        place = f"{method} {path} {answer.status_code}"
        described = responses.get(str(answer.status_code))
        assert described is not None, f"{place}: the status is not described"
        self._check_parts(answer, self._resolved(described), place)
        return method, path

    def check_message(self, message: dict) -> None:
        """Fails if the body of a webhook is not described under its type."""
        described = self._document["webhooks"][message["type"]]["post"]["requestBody"]
        schema = described["content"]["application/json"]["schema"]
        self._check(message, schema, message["type"])

    def _check_parts(self, answer: httpx.Response, described: dict, place: str) -> None:
        for name in ("ETag", "Location", "Link", "Consistency-Token", "Preference-Applied",
                     "Idempotent-Replayed", "Retry-After", "Accept-Post", "Accept-Patch"):
            if name in answer.headers:
                assert name in described.get("headers", {}), f"{place}: {name} is not described"
        content = described.get("content", {})
        if not content:
            assert answer.content == b"", f"{place}: a body is not described"
            return
        media_type = answer.headers["content-type"].partition(";")[0]
        assert media_type in content, f"{place}: {media_type} is not described"
        schema = content[media_type].get("schema", {})
        whole = self._resolved(schema).get("type") == "string"
        for body in [answer.text] if whole else bodies_of(answer, media_type):
            self._check(body, schema, place)

    def _resolved(self, schema: dict) -> dict:
        while "$ref" in schema:
            found = self._document
            for name in schema["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            schema = found
        return schema

    def _check(self, value: Any, schema: dict, place: str) -> None:
        for keyword, wanted in self._resolved(schema).items():
            if keyword not in ANNOTATIONS:
                getattr(self, f"_check_{keyword}")(value, wanted, self._resolved(schema), place)

    def _fits(self, value: Any, schema: dict) -> bool:
        try:
            self._check(value, schema, "")
        except AssertionError:
            return False
        return True

    def _check_type(self, value, wanted, _, place) -> None:
        kinds = [wanted] if isinstance(wanted, str) else wanted
        assert any(isinstance(value, KINDS[kind]) and (kind == "boolean") == isinstance(value, bool)
                   for kind in kinds), f"{place}: {value!r} is no {wanted}"

    def _check_properties(self, value, wanted, _, place) -> None:
        for name, schema in wanted.items() if isinstance(value, dict) else ():
            if name in value:
                self._check(value[name], schema, f"{place}/{name}")

    def _check_required(self, value, wanted, _, place) -> None:
        if isinstance(value, dict):
            assert not set(wanted) - set(value), f"{place}: {set(wanted) - set(value)} is missing"

    def _check_additionalProperties(self, value, wanted, schema, place) -> None:
        if wanted is False and isinstance(value, dict):
            extra = set(value) - set(schema["properties"])
            assert not extra, f"{place}: {extra} is not described"

    def _check_items(self, value, wanted, _, place) -> None:
        for number, item in enumerate(value if isinstance(value, list) else ()):
            self._check(item, wanted, f"{place}/{number}")

    def _check_enum(self, value, wanted, _, place) -> None:
        assert value in wanted, f"{place}: {value!r} is none of {wanted}"

    def _check_const(self, value, wanted, _, place) -> None:
        assert value == wanted, f"{place}: {value!r} is not {wanted!r}"

    def _check_pattern(self, value, wanted, _, place) -> None:
        assert not isinstance(value, str) or re.search(wanted, value), f"{place}: {value!r}"

    def _check_minimum(self, value, wanted, _, place) -> None:
        assert value is None or value >= wanted, f"{place}: {value} is below {wanted}"

    def _check_maximum(self, value, wanted, _, place) -> None:
        assert value is None or value <= wanted, f"{place}: {value} is above {wanted}"

    def _check_minLength(self, value, wanted, _, place) -> None:
        assert not isinstance(value, str) or len(value) >= wanted, f"{place}: {value!r}"

    def _check_maxLength(self, value, wanted, _, place) -> None:
        assert not isinstance(value, str) or len(value) <= wanted, f"{place}: {value!r}"

    def _check_minItems(self, value, wanted, _, place) -> None:
        assert not isinstance(value, list) or len(value) >= wanted, f"{place}: fewer than {wanted}"

    def _check_maxItems(self, value, wanted, _, place) -> None:
        assert not isinstance(value, list) or len(value) <= wanted, f"{place}: too many items"

    def _check_uniqueItems(self, value, wanted, _, place) -> None:
        texts = [json.dumps(item) for item in value]
        assert not wanted or len(set(texts)) == len(texts), f"{place}: an item is there twice"

    def _check_allOf(self, value, wanted, _, place) -> None:
        for schema in wanted:
            self._check(value, schema, place)

    def _check_oneOf(self, value, wanted, _, place) -> None:
        fitting = sum(self._fits(value, schema) for schema in wanted)
        assert fitting == 1, f"{place}: {value!r} fits {fitting} forms"

    def _check_anyOf(self, value, wanted, _, place) -> None:
        assert any(self._fits(value, schema) for schema in wanted), f"{place}: {value!r} fits none"


def bodies_of(answer: httpx.Response, media_type: str) -> list:
    """The JSON values of a body, none for other types."""
    if media_type == "application/x-ndjson":
        return [json.loads(line) for line in answer.text.splitlines()]
    return [answer.json()] if media_type.endswith("json") else []
