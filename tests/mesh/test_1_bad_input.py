"""Bad input: a clear message, the right exit code, nothing written anywhere."""

import base64
import json
import os
import shutil
import signal
import subprocess
import unittest

import world
from world import CA_DIR, WORK, changed_kubeconfig, charts, kubeconfig, kubectl, members, meshctl, up


def objects(cluster: str) -> set[str]:
    names = kubectl(cluster, "get", "ns,crd,clusterrole,mutatingwebhookconfigurations", "-o", "name").split()
    return set(names) | set(kubectl(cluster, "get", "secret,deploy,svc", "-A", "-o", "name").split())


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world.lab("reset")
        cls.before = {c: objects(c) for c in world.CLUSTERS}

    def refused(self, done, code, *texts):
        self.assertEqual(done.code, code, done)
        for text in texts:
            self.assertIn(text, done.err, done)
        for cluster, before in self.before.items():
            self.assertEqual(objects(cluster), before, done)
        self.assertFalse(CA_DIR.exists(), done)

    def pair(self, west, east=None):
        return ["--west", west, "--east", east or kubeconfig("east"), *charts(), "--ca-dir", CA_DIR]

    def test_missing_kubeconfig(self):
        self.refused(meshctl("up", *self.pair(WORK / "none")), 65, "none", "No such file")

    def test_broken_kubeconfig(self):
        path = WORK / "broken"
        path.write_text("apiVersion: v1\nclusters:\n- name: a\n   cluster: {\n")
        self.refused(meshctl("up", *self.pair(path)), 65, "broken:")

    def test_both_kubeconfigs_are_complained_about_at_once(self):
        done = meshctl("up", *self.pair(WORK / "none", WORK / "nothing"))
        self.refused(done, 65, "west", "none", "east", "nothing")

    def test_unknown_context(self):
        done = meshctl("up", *self.pair(kubeconfig("west") + "@wst"))
        self.refused(done, 65, "wst", "west")

    def test_same_cluster_twice(self):
        done = meshctl("up", *self.pair(kubeconfig("west"), kubeconfig("west")))
        self.refused(done, 65, "MC101", "same cluster")

    def test_unreachable_server(self):
        def elsewhere(config):
            config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:9"

        path = changed_kubeconfig("west", elsewhere)
        done = meshctl("up", *self.pair(path), "--server", "west=https://172.30.0.11:6443", "--timeout", "20s")
        self.refused(done, 4, "west", "127.0.0.1")

    def test_loopback_server_is_not_given_to_others(self):
        def loopback(config):
            config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:6443"

        done = meshctl("up", *self.pair(kubeconfig("west")), "--server", "west=https://127.0.0.1:6443")
        self.refused(done, 65, "127.0.0.1", "--server west=")

    def test_expired_certificate(self):
        key, request, cert = WORK / "old.key", WORK / "old.csr", WORK / "old.crt"
        world.run("openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", "/CN=old")
        world.run("openssl", "x509", "-req", "-in", request, "-signkey", key, "-out", cert, "-days", "-1")

        def expired(config):
            user = config["users"][0]["user"]
            user["client-certificate-data"] = base64.b64encode(cert.read_bytes()).decode()
            user["client-key-data"] = base64.b64encode(key.read_bytes()).decode()

        done = meshctl("up", *self.pair(changed_kubeconfig("west", expired)))
        self.refused(done, 4, "west", "expired")

    def test_no_rights(self):
        kubectl("west", "-n", "default", "create", "serviceaccount", "nobody")
        self.addCleanup(kubectl, "west", "-n", "default", "delete", "serviceaccount", "nobody")
        token = kubectl("west", "-n", "default", "create", "token", "nobody").strip()

        def powerless(config):
            config["users"][0]["user"] = {"token": token}

        done = meshctl("up", *self.pair(changed_kubeconfig("west", powerless)))
        self.refused(done, 4, "west", "nobody")
        self.assertNotIn(token, done.out + done.err)

    def test_chart_source_that_is_no_repository(self):
        done = meshctl("up", *members(), "--charts", WORK / "nowhere", "--ca-dir", CA_DIR)
        self.refused(done, 65, "nowhere")

    def test_unknown_version(self):
        done = meshctl("up", *members(), *charts(), "--istio-version", "1.99.0", "--ca-dir", CA_DIR)
        self.refused(done, 65, "1.99.0")

    def test_wrong_digest(self):
        """A repository whose archive is not the one that its index names."""
        folder = WORK / "repository"
        shutil.copytree(world.LAB["LAB_STATE"] + "/chart-repo", folder)
        index = (folder / "index.yaml").read_text()
        (folder / "index.yaml").write_text(index.replace("digest: ", "digest: 00", 1).replace('"digest": "', '"digest": "00'))
        server = subprocess.Popen(
            ["python3", "-m", "http.server", "18089", "--bind", "127.0.0.1", "--directory", str(folder)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        world.settle(lambda: not os.system("curl -sf -o /dev/null http://127.0.0.1:18089/index.yaml"), 10)
        cut = [len(line.split()[-1].strip('"')) for line in index.splitlines() if "digest" in line]
        self.assertTrue(cut and all(n in (64, 71) for n in cut), "the index has sha256 digests")
        bad = []
        for line in index.splitlines():
            if "digest" in line:
                head, digest = line.rsplit(" ", 1)
                line = f"{head} {digest.replace(digest.strip(chr(34) + ',')[-6:], '000000')}"
            bad.append(line)
        (folder / "index.yaml").write_text("\n".join(bad) + "\n")
        env = {"XDG_CACHE_HOME": str(WORK / "cache-of-wrong-digest")}
        done = meshctl("up", *members(), "--charts", "http://127.0.0.1:18089", "--hub", world.LAB["LAB_HUB"],
                       "--istio-version", world.LAB["LAB_TAG"], "--ca-dir", CA_DIR, env=env)
        self.refused(done, 65, "digest")

    def test_cluster_id_reused(self):
        self.refused(up("--cluster-name", "east=west-cluster"), 65, "west-cluster", "same cluster id")

    def test_two_mistakes_are_told_at_once(self):
        done = up("--cluster-name", "east=west-cluster", "--istio-version", "newest")
        self.refused(done, 65, "same cluster id", "newest")

    def test_value_that_the_chart_refuses(self):
        self.refused(up("--set", "eastwest.nosuchkey=1"), 65, "nosuchkey")

    def test_value_for_no_component(self):
        self.refused(up("--set", "istoid.a=1"), 64, "istoid", "did you mean istiod")

    def test_load_balancer_with_too_many_ports(self):
        self.refused(up("--cloud", "hatoba", "--gateway-ports", "4"), 65, "at most 3", "--gateway-ports 3")

    def test_load_balancer_with_too_long_a_name(self):
        done = meshctl("up", "--cluster", f"averylongname={kubeconfig('west')}", *charts(), "--cloud", "hatoba", "--ca-dir", CA_DIR)
        self.refused(done, 65, "averylongnameingress", "letters and digits")

    def test_unknown_option_and_command(self):
        self.refused(meshctl("up", "--wets", "x"), 64, "--wets", "--west")
        self.refused(meshctl("instal"), 64, "instal", "install")
        self.refused(meshctl("up", *members(), "--timeout", "soon"), 64, "soon")

    def test_interrupted_before_anything(self):
        process = subprocess.Popen([world.MESHCTL, "up", *members(), *charts(), "--ca-dir", str(CA_DIR)],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=WORK, env=world.ENV)
        line = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130, line + err)
        self.assertIn("nterrupted", err)
        world.lab("reset")
        shutil.rmtree(CA_DIR, ignore_errors=True)

    def test_dry_run_writes_nothing(self):
        done = up("--dry-run=client")
        self.assertEqual(done.code, 0, done)
        for text in ("cacerts", "cross-network-gateway", "istio-eastwest", "reviews-v3", "istio-remote-secret-east-cluster"):
            self.assertIn(text, done.out, done)
        self.refused(done, 0)


if __name__ == "__main__":
    unittest.main()
