"""Guards that documents can be found: every decision is listed, and no link leads nowhere."""
import re

import tree

DECISIONS = "docs/adr/"


def unlinked_decisions(files) -> list[str]:
    texts = {file.path: file.text for file in files}
    index = texts.get(DECISIONS + "README.md", "")
    decisions = [path for path in texts if path.startswith(DECISIONS) and path.endswith(".md")]
    return [path for path in decisions
            if not path.endswith("README.md") and f"({path.removeprefix(DECISIONS)})" not in index]


def broken_links(file) -> list[str]:
    outside = ("http://", "https://", "mailto:", "#")
    text = re.sub(r"```.*?```|`[^`\n]*`", "", file.text, flags=re.DOTALL)
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)
               if not target.startswith(outside)]
    folder = (tree.ROOT / file.path).parent
    return [f"{file.path} -> {target}" for target in targets if not (folder / target).exists()]


def test_every_decision_is_linked_from_the_list():
    assert unlinked_decisions(tree.files()) == []


def test_every_link_between_documents_leads_somewhere():
    documents = [file for file in tree.files() if file.path.endswith(".md")]
    assert [link for file in documents for link in broken_links(file)] == []


def test_an_unlisted_decision_and_a_broken_link_are_found():
    decision = tree.File("docs/adr/0001-a-log.md", "# A log\n")
    index = tree.File("docs/adr/README.md", "[another](0002-other.md)\n")
    assert unlinked_decisions([decision, index]) == ["docs/adr/0001-a-log.md"]
    assert broken_links(index) == ["docs/adr/README.md -> 0002-other.md"]
