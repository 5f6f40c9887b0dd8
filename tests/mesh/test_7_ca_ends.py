"""How long certificates live, by openssl's word: none of what we sign outlives its signer, and a root that ends
soon is told."""

import subprocess
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

import authority
from world import CLUSTERS, members, meshctl, run, up

TEN_YEARS = timedelta(days=3650)


def end_of(certificate: Path) -> datetime:
    text = run("openssl", "x509", "-in", certificate, "-noout", "-enddate").strip().removeprefix("notAfter=")
    return datetime.strptime(text, "%b %d %H:%M:%S %Y %Z").replace(tzinfo=timezone.utc)


class Ends(unittest.TestCase):
    def signed(self, name: str, days: int):
        """A folder with a root of so many days, and what `ca init` makes of it."""
        folder = authority.root(name, days=days)
        done = meshctl("ca", "init", "--ca-dir", folder, *members())
        self.assertEqual(done.code, 0, done)
        return folder, done

    def whole(self, folder: Path):
        """Each chain verifies as long as its root does, and not a moment longer."""
        root = folder / "root-cert.pem"
        for cluster in CLUSTERS:
            own = folder / f"{cluster}-cluster"
            self.assertLessEqual(end_of(own / "ca-cert.pem"), end_of(root))
            last = int(end_of(own / "ca-cert.pem").timestamp())
            self.assertIn("OK", run("openssl", "verify", "-attime", last - 1, "-CAfile", root, own / "ca-cert.pem"))
            late = subprocess.run(["openssl", "verify", "-attime", str(last + 1), "-CAfile", root, own / "ca-cert.pem"],
                                  capture_output=True, text=True)
            self.assertNotEqual(late.returncode, 0, late)

    def test_a_root_that_ends_tomorrow(self):
        folder, done = self.signed("tomorrow", days=1)
        self.whole(folder)
        for cluster in CLUSTERS:
            self.assertEqual(end_of(folder / f"{cluster}-cluster" / "ca-cert.pem"), end_of(folder / "root-cert.pem"))
            self.assertIn(f"{cluster}-cluster", done.err, done)
        self.assertIn(end_of(folder / "root-cert.pem").strftime("%Y-%m-%d"), done.err, done)

    def test_a_root_that_outlives_them(self):
        folder, done = self.signed("long", days=7300)
        self.whole(folder)
        for cluster in CLUSTERS:
            left = end_of(folder / f"{cluster}-cluster" / "ca-cert.pem") - datetime.now(timezone.utc)
            self.assertLess(abs(left - TEN_YEARS), timedelta(days=4))
        self.assertNotIn("ends", done.err, done)


if __name__ == "__main__":
    unittest.main()
