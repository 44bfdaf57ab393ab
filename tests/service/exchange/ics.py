"""A small strict reader of RFC 5545, written from the standard: another program than the one that writes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LONGEST_LINE = 75
_LINE = re.compile(r'([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)', re.DOTALL)


@dataclass
class Component:
    """A component with its properties: name, parameters, raw value."""

    name: str
    properties: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)

    def one(self, name: str) -> str:
        """The value of a property that stands there exactly once, unescaped."""
        [value] = [value for key, _, value in self.properties if key == name]
        return unescaped(value)

    def parameters(self, name: str) -> dict[str, str]:
        [found] = [parameters for key, parameters, _ in self.properties if key == name]
        return found

    def all(self, name: str) -> list[Component]:
        return [part for part in self.parts if part.name == name]


def unescaped(value: str) -> str:
    return re.sub(r"\\([nN,;\\])", lambda found: "\n" if found[1] in "nN" else found[1], value)


def read(content: bytes) -> Component:
    """The calendar. AssertionError for whatever the standard does not allow."""
    assert content.endswith(b"\r\n") and b"\n" not in content.replace(b"\r\n", b"")
    raw = content.split(b"\r\n")[:-1]
    assert all(len(line) <= LONGEST_LINE for line in raw), "a line of more than 75 octets"
    joined: list[bytes] = []
    for line in raw:
        assert line, "an empty line"
        if line[:1] in (b" ", b"\t"):
            joined[-1] += line[1:]
        else:
            joined.append(line)
    open_: list[Component] = [Component("FILE")]
    for whole in joined:
        text = whole.decode("utf-8")
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", text)
        found = _LINE.fullmatch(text)
        assert found, text
        name, parameters, value = found.groups()
        if name == "BEGIN":
            open_.append(Component(value))
        elif name == "END":
            done = open_.pop()
            assert done.name == value
            open_[-1].parts.append(done)
        else:
            pairs = re.findall(r';([A-Z0-9-]+)=("[^"]*"|[^";:]*)', parameters)
            open_[-1].properties.append((name, {key: said.strip('"') for key, said in pairs}, value))
    [file] = open_
    [calendar] = file.parts
    assert calendar.name == "VCALENDAR" and not file.properties
    return calendar
