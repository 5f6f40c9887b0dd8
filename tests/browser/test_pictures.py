"""The pictures in a real browser, and Graphviz' reading of the DOT: what a reader of texts cannot see. Each document of
golden/graph, as svg and html, for those who like it light and those who like it dark: nothing is complained of, nothing
is asked for, no text is over another in the browser's own fonts. With SCREENSHOTS a folder, pictures of all of them are
left there, to be looked at."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from chromium import Browser

MESHCTL = os.environ["MESHCTL"]
SCREENSHOTS = os.environ.get("SCREENSHOTS")
DOCUMENTS = sorted((Path(__file__).resolve().parents[1] / "golden/graph").glob("*.json"))

BOXES = """[...document.querySelectorAll("svg text")].map((text) => {
  const box = text.getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom, text.textContent];
})"""
VIEW = """(() => {
  const box = document.querySelector("svg").getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom];
})()"""
CARD = """(() => {
  const box = document.getElementById("node-%d").querySelector("rect").getBoundingClientRect();
  return [box.left + 5, box.top + 5];
})()"""
COLORS = """["svg .paper", "svg .box", "svg .card"].map((name) => {
  const part = document.querySelector(name);
  return part ? getComputedStyle(part).fill : null;
})"""
SLACK = 1.0  # of a pixel: a line's letters reach into the room between lines


def over(a, b):
    """Lines of text are higher than their letters: a third above and below counts as nothing."""
    third = min(a[3] - a[1], b[3] - b[1]) / 3
    return (a[0] < b[2] - SLACK and b[0] < a[2] - SLACK and a[1] + third < b[3] - third
            and b[1] + third < a[3] - third)


class Pictures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.browser = Browser()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.addClassCleanup(cls.browser.close)

    def draw(self, document, form):
        path = Path(self.folder.name) / f"{document.stem}.{form}"
        with open(path, "wb") as out:
            subprocess.run([MESHCTL, "graph", "--from", document, "-o", form], stdout=out, check=True, timeout=60)
        return path

    def shown(self):
        """Each picture, in each form and scheme, as it stands in the browser."""
        for document in DOCUMENTS:
            for form in ("svg", "html"):
                path = self.draw(document, form)
                for scheme in ("light", "dark"):
                    with self.subTest(document=document.stem, form=form, scheme=scheme):
                        self.browser.open(path, scheme)
                        yield f"{document.stem}-{form}-{scheme}"

    def test_nothing_is_complained_of_and_nothing_overlaps(self):
        for name in self.shown():
            if SCREENSHOTS:
                self.browser.screenshot(Path(SCREENSHOTS) / f"{name}.png")
            self.assertEqual(self.browser.complaints, [])
            view, boxes = self.browser.evaluate(VIEW), self.browser.evaluate(BOXES)
            self.assertGreater(len(boxes), 5)
            for i, box in enumerate(boxes):
                self.assertTrue(view[0] - SLACK <= box[0] and box[2] <= view[2] + SLACK, box)
                self.assertTrue(view[1] - SLACK <= box[1] and box[3] <= view[3] + SLACK, box)
                for other in boxes[:i]:
                    self.assertFalse(over(box, other), f"{box} is over {other}")

    def test_light_and_dark_are_different(self):
        path = self.draw(next(d for d in DOCUMENTS if d.stem == "three"), "svg")
        colors = []
        for scheme in ("light", "dark"):
            self.browser.open(path, scheme)
            colors.append(self.browser.evaluate(COLORS))
        for light, dark in zip(*colors):
            self.assertNotEqual(light, dark)

    def test_what_a_card_is_connected_with_stands_out(self):
        path = self.draw(next(d for d in DOCUMENTS if d.stem == "two-services"), "html")
        self.browser.open(path, "light")
        name = self.browser.evaluate('[...document.querySelectorAll(".node")].findIndex((node) => '
                                     'node.querySelector("title").textContent.startsWith("service productpage"))')
        number = self.browser.evaluate(f'Number([...document.querySelectorAll(".node")][{name}].id.slice(5))')
        self.browser.point_at(*self.browser.evaluate(CARD % number))
        self.assertTrue(self.browser.evaluate('document.querySelector("svg").classList.contains("focus")'))
        lit = self.browser.evaluate('[...document.querySelectorAll(".edge.lit")].every((edge) => '
                                    f'[edge.dataset.from, edge.dataset.to].includes("{number}"))')
        self.assertTrue(lit)
        self.assertGreater(self.browser.evaluate('document.querySelectorAll(".edge.lit").length'), 2)
        self.browser.point_at(1, 1)
        self.assertFalse(self.browser.evaluate('document.querySelector("svg").classList.contains("focus")'))
        self.assertEqual(self.browser.complaints, [])

    def test_a_foreign_script_would_not_run(self):
        path = self.draw(DOCUMENTS[0], "html")
        path.write_text(path.read_text().replace("</main>", "<script>document.title = 'ran'</script></main>", 1))
        self.browser.open(path, "light")
        self.assertNotEqual(self.browser.evaluate("document.title"), "ran")
        self.assertTrue(any("Content Security Policy" in text for text in self.browser.complaints))

    def test_graphviz_reads_the_dot(self):
        for document in DOCUMENTS:
            with self.subTest(document.stem):
                done = subprocess.run(["dot", "-Tplain", self.draw(document, "dot")], capture_output=True, timeout=120,
                                      check=False)
                self.assertEqual((done.returncode, done.stderr), (0, b""))
                self.assertIn(b"node ", done.stdout)


if __name__ == "__main__":
    unittest.main()
