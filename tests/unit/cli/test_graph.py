#!/usr/bin/env python3
"""test_graph.py MESHCTL: the svg and html of `graph`, of every document in golden/graph, as a strict reader finds them.
Well-formed, all within the view, no text over another, in no font that is wider than the room it was given; nothing of
a document's own becomes markup; the page runs one script, which its policy names, and asks for nothing elsewhere."""

import base64
import hashlib
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
import unicodedata
import unittest
import urllib.request
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path

MESHCTL = sys.argv.pop(1)
DOCUMENTS = sorted((Path(__file__).resolve().parents[2] / "golden/graph").glob("*.json"))
SVG = "{http://www.w3.org/2000/svg}"
SIZES = {"small": 11, "large": 15, None: 12}
ELEMENTS = {"svg", "title", "desc", "style", "g", "rect", "path", "circle", "text"}


def drawn(path, form, *more):
    done = subprocess.run([MESHCTL, "graph", "--from", path, "-o", form, *more], capture_output=True, timeout=60,
                          check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout.decode()


def columns(text):
    """How many columns of a terminal it takes: a letter twice as wide takes two, a mark over one none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class Box:
    def __init__(self, element, dx, dy):
        classes = (element.get("class") or "").split()
        size = next((SIZES[c] for c in classes if c in SIZES), SIZES[None])
        self.text = element.text or ""
        width = float(element.get("textLength") or columns(self.text) * size * 0.605)
        self.left = float(element.get("x")) + dx
        self.left -= {"middle": width / 2, "end": width}.get(element.get("text-anchor"), 0)
        self.right = self.left + width
        self.bottom = float(element.get("y")) + dy + size * 0.2
        self.top = self.bottom - size

    def overlaps(self, other):
        return (self.left < other.right and other.left < self.right and self.top < other.bottom
                and other.top < self.bottom)


def shift_of(element):
    match = re.fullmatch(r"translate\((\S+) (\S+)\)", element.get("transform") or "translate(0 0)")
    return float(match.group(1)), float(match.group(2))


def walk(element, dx=0.0, dy=0.0):
    x, y = shift_of(element)
    yield element, dx + x, dy + y
    for child in element:
        yield from walk(child, dx + x, dy + y)


class Reader(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.scripts, self.attributes, self.inside = [], [], [], None

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.extend((tag, *pair) for pair in attrs)
        self.inside = tag

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside == "script":
            self.scripts.append(data)


class Picture(unittest.TestCase):
    def test_svg_is_well_formed_and_within_its_view(self):
        for path in DOCUMENTS:
            with self.subTest(path.name):
                root = ElementTree.fromstring(drawn(path, "svg"))
                _, _, width, height = map(float, root.get("viewBox").split())
                self.assertEqual(root.get("role"), "img")
                self.assertTrue(root.find(SVG + "title").text and root.find(SVG + "desc").text)
                for element, dx, dy in walk(root):
                    self.assertIn(element.tag.removeprefix(SVG), ELEMENTS)
                    for points in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", element.get("d") or ""):
                        self.assertTrue(0 <= float(points[0]) + dx <= width, element.get("d"))
                        self.assertTrue(0 <= float(points[1]) + dy <= height, element.get("d"))
                    if element.tag == SVG + "text":
                        box = Box(element, dx, dy)
                        self.assertTrue(0 <= box.left and box.right <= width and box.bottom <= height, box.text)
                    if element.tag == SVG + "rect":
                        x, y = float(element.get("x") or 0) + dx, float(element.get("y") or 0) + dy
                        self.assertLessEqual(x + float(element.get("width")), width)
                        self.assertLessEqual(y + float(element.get("height")), height)

    def test_no_text_is_over_another(self):
        for path in DOCUMENTS:
            with self.subTest(path.name):
                root = ElementTree.fromstring(drawn(path, "svg"))
                boxes = [Box(e, dx, dy) for e, dx, dy in walk(root) if e.tag == SVG + "text"]
                self.assertGreater(len(boxes), 5)
                for i, box in enumerate(boxes):
                    for other in boxes[:i]:
                        self.assertFalse(box.overlaps(other), f"{box.text} is over {other.text}")

    def test_everything_that_can_be_pointed_at_has_a_title(self):
        for path in DOCUMENTS:
            root = ElementTree.fromstring(drawn(path, "svg"))
            groups = [g for g in root.iter(SVG + "g") if (g.get("class") or "").split()[:1]
                      in (["node"], ["edge"], ["cluster"])]
            self.assertTrue(groups)
            for group in groups:
                self.assertTrue(group.find(SVG + "title").text)

    def test_a_page_runs_its_own_script_alone(self):
        for path in DOCUMENTS:
            with self.subTest(path.name):
                text = drawn(path, "html")
                reader = Reader()
                reader.feed(text)
                self.assertEqual(len(reader.scripts), 1)
                digest = base64.b64encode(hashlib.sha256(reader.scripts[0].encode()).digest()).decode()
                policy = next(value for tag, name, value in reader.attributes
                              if tag == "meta" and name == "content" and "default-src" in value)
                self.assertIn(f"script-src 'sha256-{digest}'", policy)
                self.assertIn("default-src 'none'", policy)
                self.assertNotIn("connect-src", policy)
                for tag, name, value in reader.attributes:
                    self.assertFalse(name.startswith("on"), f"<{tag} {name}>")
                    if name in ("src", "href"):
                        self.assertEqual((tag, value), ("link", "data:,"))
                self.assertNotIn("alert(1)", "".join(reader.scripts))

    def test_names_of_others_are_no_markup(self):
        for form in ("svg", "html"):
            text = drawn(next(p for p in DOCUMENTS if p.stem == "hostile"), form)
            self.assertIn("&lt;script&gt;alert(1)", text)
            self.assertNotIn("<script>alert", text)
            for character in "\u202e\x07\uffff":
                self.assertNotIn(character, text)

    def serve(self, address, path):
        server = subprocess.Popen([MESHCTL, "graph", "--from", path, "--serve", address], stderr=subprocess.PIPE,
                                  text=True)
        self.addCleanup(server.stderr.close)
        self.addCleanup(server.wait, 20)
        self.addCleanup(server.kill)
        said = []
        while not said or "The mesh is at" not in said[-1]:
            said.append(server.stderr.readline())
            self.assertTrue(said[-1], said)
        return server, said, re.search(r"http://\S+/", said[-1]).group()

    def test_a_page_that_is_served_shows_what_is_new_and_ends_by_an_interrupt(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "status.json"
            two, three = (next(p for p in DOCUMENTS if p.stem == name) for name in ("two", "three"))
            path.write_bytes(two.read_bytes())
            server, said, url = self.serve("0", path)
            self.assertEqual(len(said), 1)
            self.assertTrue(url.startswith("http://127.0.0.1:"))

            def get(name):
                with urllib.request.urlopen(url + name, timeout=10) as answer:
                    return answer.read().decode()

            page = get("")
            self.assertIn("connect-src 'self'", page)
            self.assertNotIn("north", page)
            ElementTree.fromstring(get("mesh.svg"))
            self.assertEqual(json.loads(get("status.json")), json.loads(two.read_text()))
            path.write_bytes(three.read_bytes())
            deadline = time.monotonic() + 20
            while "north" not in get(""):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.1)
            server.send_signal(signal.SIGINT)
            self.assertEqual(server.wait(20), 0)

    def test_an_address_that_others_reach_is_warned_of(self):
        _, said, url = self.serve("0.0.0.0:0", DOCUMENTS[0])
        self.assertTrue(url.startswith("http://0.0.0.0:"))
        self.assertIn("Anybody who reaches this address", said[0])

    def test_a_file_that_is_no_document(self):
        done = subprocess.run([MESHCTL, "graph", "--from", __file__], capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 65)
        self.assertIn(b"test_graph.py:1:1", done.stderr)


if __name__ == "__main__":
    unittest.main()
