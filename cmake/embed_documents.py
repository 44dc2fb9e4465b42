"""Writes docs/openapi.yaml, the same as JSON, and the pages for people as C++ arrays."""
import html
import json
import pathlib
import re
import sys

import yaml

METHODS = ("get", "post", "patch", "delete")
STYLE = """body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; color: #222; }
h1, h2, h3 { line-height: 1.2; } h2 { border-top: 1px solid #ccc; padding-top: 1rem; }
code, pre { font: 14px/1.4 ui-monospace, monospace; background: #f4f4f4; } pre { padding: .6rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; } td, th { border: 1px solid #ddd; padding: .3rem .5rem;
  text-align: left;
vertical-align: top; } details { margin: .5rem 0; } summary { cursor: pointer; } .method { font-weight: bold; }
@media (prefers-color-scheme: dark) { body { background: #181818; color: #ddd; } code, pre { background: #262626; }
a { color: #8ab4f8; } td, th, h2 { border-color: #444; } }
"""


class Reference:
    """The page at /docs: every operation and schema as plain HTML, without scripts."""

    def __init__(self, api):
        self.api, self.parts = api, []

    def page(self):
        info = self.api["info"]
        self.add(f"<h1>{esc(info['title'])} API</h1>{prose(info['description'])}")
        self.add('<p>As a file: <a href="/openapi.json">JSON</a>, <a href="/openapi.yaml">YAML</a>.</p>')
        self.contents()
        for tag in self.api["tags"]:
            self.add(f"<h2>{esc(tag['name'])}</h2>{prose(tag['description'])}")
            for path, method, operation in self.operations():
                if operation["tags"] == [tag["name"]]:
                    self.operation(path, method, operation)
        self.add("<h2>Schemas</h2>")
        for name, schema in self.api["components"]["schemas"].items():
            self.add(f'<h3 id="{name}">{name}</h3>{self.schema(schema)}')
        return page(info["title"] + " API", self.parts)

    def add(self, text):
        self.parts.append(text)

    def operations(self):
        for path, item in self.api["paths"].items():
            for method in METHODS:
                if method in item:
                    yield path, method, item[method]

    def contents(self):
        rows = [f'<li><a href="#{o["operationId"]}"><code>{m.upper()} {esc(p)}</code></a> {esc(o["summary"])}</li>'
                for p, m, o in self.operations()]
        self.add("<details><summary>All operations</summary><ul>" + "".join(rows) + "</ul></details>")

    def operation(self, path, method, operation):
        self.add(f'<h3 id="{operation["operationId"]}">{esc(operation["summary"])}</h3>'
                 f'<p><code><span class="method">{method.upper()}</span> {esc(path)}</code></p>')
        self.add(prose(operation.get("description", "")))
        parameters = [self.resolved(parameter) for parameter in operation.get("parameters", [])]
        if parameters:
            rows = "".join(f"<tr><td><code>{esc(p['name'])}</code></td><td>{p['in']}</td>"
                           f"<td>{self.schema(p['schema'])} {esc(p.get('description', ''))}</td></tr>"
                           for p in parameters)
            self.add(f"<details><summary>Parameters</summary><table>{rows}</table></details>")
        if "requestBody" in operation:
            self.add("<p>Body</p>" + self.content(operation["requestBody"]["content"]))
        self.responses(operation["responses"])

    def responses(self, responses):
        rows = []
        for status, response in responses.items():
            response = self.resolved(response)
            content = self.content(response.get("content", {})) if status < "300" else ""
            headers = ", ".join(f"<code>{esc(name)}</code>" for name in response.get("headers", {}))
            rows.append(f"<tr><td>{status}</td><td>{esc(response['description'])}"
                        f"{'<br>' + headers if headers else ''}{content}</td></tr>")
        self.add(f"<details><summary>Answers</summary><table>{''.join(rows)}</table></details>")

    def content(self, content):
        text = ""
        for media, described in content.items():
            text += f"<p><code>{esc(media)}</code>: {self.schema(described.get('schema', {}))}</p>"
        examples = [described["example"] for described in content.values() if "example" in described]
        if examples:
            example = examples[0]
            shown = example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
            text += f"<pre>{esc(shown)}</pre>"
        return text

    def schema(self, schema):
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            return f'<a href="#{name}">{name}</a>'
        for word in ("oneOf", "allOf", "anyOf"):
            if word in schema:
                joint = " and " if word == "allOf" else " or "
                return joint.join(self.schema(part) for part in schema[word]) + self.note(schema)
        if "properties" in schema:
            required = schema.get("required", [])
            rows = "".join(f"<tr><td><code>{esc(name)}</code>{'' if name in required else ' (optional)'}</td>"
                           f"<td>{self.schema(part)}</td></tr>" for name, part in schema["properties"].items())
            return f"{prose(schema.get('description', ''))}<table>{rows}</table>"
        kind = schema.get("type", "any")
        kind = " or ".join(kind) if isinstance(kind, list) else kind
        if kind == "array":
            return "list of " + self.schema(schema.get("items", {})) + self.note(schema)
        facts = [f"{word} {schema[word]}" for word in ("format", "minimum", "maximum", "maxLength", "default")
                 if word in schema]
        facts += [" | ".join(map(str, schema["enum"]))] if "enum" in schema else []
        facts += [f'always {schema["const"]}'] if "const" in schema else []
        return esc(", ".join([kind] + facts)) + self.note(schema)

    def note(self, schema):
        return ". " + esc(schema["description"]) if "description" in schema else ""

    def resolved(self, item):
        while "$ref" in item:
            found = self.api
            for part in item["$ref"][2:].split("/"):
                found = found[part]
            item = found
        return item


def page(title, parts):
    return ('<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
            'content="width=device-width"><title>' + esc(title) + '</title>'
            '<link rel="stylesheet" href="/docs/style.css"></head><body>' + "\n".join(parts)
            + "</body></html>\n")


def problems_page(markdown):
    """The headings, paragraphs, lists and code blocks that docs/problems.md is made of."""
    parts = []
    for block in re.split(r"\n\s*\n", markdown.strip()):
        heading = re.match(r"(#+) (.*)\n?", block)
        if block.startswith("```"):
            parts.append(f"<pre>{html.escape(block.strip('`').partition(chr(10))[2])}</pre>")
        elif block.startswith("- "):
            items = re.split(r"^- ", block, flags=re.MULTILINE)[1:]
            parts.append("<ul>" + "".join(f"<li>{esc(item)}</li>" for item in items) + "</ul>")
        elif heading:
            level, name = len(heading[1]), heading[2]
            anchor = f' id="{name}"' if level == 3 else ""
            parts.append(f"<h{level}{anchor}>{esc(name)}</h{level}>{prose(block[heading.end():])}")
        else:
            parts.append(prose(block))
    return page("Problems", parts)


def esc(text):
    """Escaped, with `code` and **bold** of Markdown."""
    text = html.escape(str(text))
    for mark, tag in (("**", "strong"), ("`", "code")):
        pieces = text.split(mark)
        text = pieces[0] + "".join(f"<{'' if i % 2 else '/'}{tag}>{piece}" for i, piece in enumerate(pieces[1:], 1))
    return text


def prose(text):
    return "".join(f"<p>{esc(paragraph)}</p>" for paragraph in text.strip().split("\n\n") if paragraph)


def array(name, text):
    """As numbers: a string literal of this length is more than a compiler has to take."""
    octets = ",".join(str(octet) for octet in text.encode())
    return (f"constexpr unsigned char {name}_octets[] = {{{octets}}};\n"
            f"}}  // namespace\nstd::string_view {name}() {{\n"
            f"    return {{reinterpret_cast<const char*>({name}_octets), sizeof {name}_octets}};\n}}\nnamespace {{\n")


def main():
    source, problems, target = map(pathlib.Path, sys.argv[1:4])
    text = source.read_text(encoding="utf-8")
    api = yaml.safe_load(text)
    documents = {"openapi_yaml": text, "openapi_json": json.dumps(api, ensure_ascii=False),
                 "reference_html": Reference(api).page(), "reference_css": STYLE,
                 "problems_html": problems_page(problems.read_text(encoding="utf-8"))}
    target.write_text("// Generated by cmake/embed_documents.py.\n#include \"api/resources/documents.hpp\"\n\n"
                      "namespace outlay::api::documents {\nnamespace {\n"
                      + "".join(array(name, content) for name, content in documents.items())
                      + "}  // namespace\n}  // namespace outlay::api::documents\n", encoding="utf-8")


if __name__ == "__main__":
    main()
