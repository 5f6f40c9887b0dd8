"""`meshctl up` on two empty clusters, looked at with the real tools."""

import base64
import json
import re
import stat
import unittest

import world
from world import CA_DIR, CLUSTERS, REVIEWS, WORK, get, istioctl, kubectl, members, meshctl, run


def service_address(cluster: str, name: str) -> str:
    return get(cluster, "-n", "istio-ingress", "svc", name)["status"]["loadBalancer"]["ingress"][0]["ip"]


def pod(cluster: str, app: str, namespace: str = "bookinfo") -> dict:
    items = get(cluster, "-n", namespace, "pods", "-l", f"app={app}")["items"]
    return next(p for p in items if "deletionTimestamp" not in p["metadata"])


def other(cluster: str) -> str:
    return "east" if cluster == "west" else "west"


class Up(unittest.TestCase):
    """One `up`, under strace, from nothing; the tests look at what it left."""

    @classmethod
    def setUpClass(cls):
        world.lab("reset")
        cls.trace = WORK / "strace"
        words = ["up", *members(), *world.charts(), "--ca-dir", CA_DIR, "--bookinfo", "--requests", "200", "-o", "json"]
        cls.done = meshctl("-f", "-qq", "-e", "trace=execve", "-o", cls.trace, world.MESHCTL, *words, program="strace")
        if cls.done.code:
            raise AssertionError(cls.done)
        cls.report = cls.done.json()

    def test_200_requests_from_both_clusters_without_an_error(self):
        traffic = self.report["verify"]["traffic"]
        self.assertGreaterEqual(traffic["requests"], 200)
        self.assertEqual(traffic["failed"], 0)
        answers = {(a["version"], a["cluster"], a["stars"]): a["count"] for a in traffic["answers"]}
        self.assertEqual(set(answers), {("reviews-v2", "west-cluster", "black"), ("reviews-v3", "east-cluster", "red")})
        self.assertEqual(sum(answers.values()), traffic["requests"])
        self.assertGreater(min(answers.values()), 20)

    def test_curl_sees_the_same(self):
        """Not our own client: who answers, and red stars, which come back through west's gateway."""
        address = service_address("west", "istio-ingress")
        seen = set()
        for _ in range(60):
            answer = json.loads(run("curl", "-sf", "-m", "10", f"http://{address}/api/v1/products/0/reviews"))
            rating = answer["reviews"][0].get("rating", {})
            seen.add((answer["podname"].rsplit("-", 2)[0], answer["clustername"], rating.get("color"), rating.get("stars")))
        self.assertEqual(seen, {("reviews-v2", "west-cluster", "black", 5), ("reviews-v3", "east-cluster", "red", 5)})
        page = run("curl", "-sf", "-m", "10", f"http://{address}/productpage")
        self.assertRegex(page, "reviews-v[23]")

    def endpoints(self, cluster: str, proxy: str) -> dict:
        rows = [e for e in self.report["verify"]["endpoints"] if e["cluster"] == cluster and e["proxy"] == proxy]
        return {(e["address"], e["port"]): (e["region"], e["zone"]) for e in rows}

    def test_endpoints_of_productpage_are_the_pod_and_the_gateway(self):
        want = {
            (pod("west", "reviews")["status"]["podIP"], 9080): ("jp-west-1", "west-13"),
            (service_address("east", "istio-eastwest"), 15443): ("jp-east-1", "east-14"),
        }
        self.assertEqual(self.endpoints("west", "productpage"), want)

    def test_endpoint_of_the_east_gateway_is_the_v3_pod(self):
        want = {(pod("east", "reviews")["status"]["podIP"], 9080): ("jp-east-1", "east-14")}
        self.assertEqual(self.endpoints("east", "istio-eastwest"), want)

    def test_istioctl_reads_the_same_endpoints(self):
        gateway = pod("east", "istio-eastwest", "istio-ingress")["metadata"]["name"]
        for cluster, proxy, target in (
            ("west", "productpage", "deploy/productpage-v1.bookinfo"),
            ("east", "istio-eastwest", f"{gateway}.istio-ingress"),
        ):
            found = json.loads(istioctl(cluster, "proxy-config", "endpoints", target, "--cluster", REVIEWS, "-o", "json"))
            theirs = {
                (h["address"]["socketAddress"]["address"], h["address"]["socketAddress"]["portValue"])
                for status in found for h in status["hostStatuses"]
            }
            self.assertEqual(set(self.endpoints(cluster, proxy)), theirs)

    def test_remote_clusters_are_synced(self):
        for cluster in CLUSTERS:
            text = istioctl(cluster, "remote-clusters")
            self.assertRegex(text, rf"{other(cluster)}-cluster\s+istio-system/istio-remote-secret-{other(cluster)}-cluster\s+synced")

    def test_both_helms_list_four_releases(self):
        want = {
            ("istio-base", "istio-system", "base-1.31.0"), ("istiod", "istio-system", "istiod-1.31.0"),
            ("istio-ingress", "istio-ingress", "gateway-1.31.0"), ("istio-eastwest", "istio-ingress", "gateway-1.31.0"),
        }
        for cluster in CLUSTERS:
            for helm in ("helm3", "helm4"):
                listed = json.loads(run(helm, f"--kubeconfig={world.kubeconfig(cluster)}", "list", "-A", "-o", "json"))
                self.assertEqual({(r["name"], r["namespace"], r["chart"]) for r in listed}, want)
                self.assertEqual({r["status"] for r in listed}, {"deployed"})

    def test_helm_reads_our_records(self):
        for helm in ("helm3", "helm4"):
            common = [helm, f"--kubeconfig={world.kubeconfig('west')}", "-n", "istio-system", "get"]
            values = json.loads(run(*common, "values", "istiod", "-o", "json"))
            self.assertEqual(values["global"]["multiCluster"]["clusterName"], "west-cluster")
            self.assertEqual((values["global"]["meshID"], values["global"]["network"]), ("mesh", "west-network"))
            self.assertIn("# Source: istiod/templates/deployment.yaml", run(*common, "manifest", "istiod"))

    def test_chains_verify(self):
        for cluster in CLUSTERS:
            data = get(cluster, "-n", "istio-system", "secret", "cacerts")["data"]
            self.assertEqual(set(data), {"ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem"})
            folder = WORK / f"cacerts-{cluster}"
            folder.mkdir(exist_ok=True)
            for name in ("ca-cert.pem", "cert-chain.pem", "root-cert.pem"):
                (folder / name).write_bytes(base64.b64decode(data[name]))
            chain = (folder / "cert-chain.pem").read_text()
            self.assertEqual(chain, (folder / "ca-cert.pem").read_text() + (folder / "root-cert.pem").read_text())
            root = CA_DIR / "root-cert.pem"
            self.assertEqual((folder / "root-cert.pem").read_text(), root.read_text())
            self.assertIn("OK", run("openssl", "verify", "-CAfile", root, folder / "ca-cert.pem"))
            text = run("openssl", "x509", "-in", folder / "ca-cert.pem", "-noout", "-text")
            self.assertRegex(text, rf"Subject: O ?= ?Istio, CN ?= ?Intermediate CA, L ?= ?{cluster}-cluster")
            self.assertIn("pathlen:0", text)
            self.assertIn("DNS:istiod.istio-system.svc", text)
            self.assertIn("4096 bit", text)

    def test_proxies_certificates_chain_to_our_root(self):
        for cluster, app in (("west", "productpage-v1"), ("east", "reviews-v3")):
            found = json.loads(istioctl(cluster, "proxy-config", "secret", f"deploy/{app}.bookinfo", "-o", "json"))
            secret = next(s for s in found["dynamicActiveSecrets"] if s["name"] == "default")
            chain = base64.b64decode(secret["secret"]["tlsCertificate"]["certificateChain"]["inlineBytes"])
            path = WORK / f"proxy-{cluster}.pem"
            path.write_bytes(chain)
            self.assertIn("OK", run("openssl", "verify", "-CAfile", CA_DIR / "root-cert.pem", "-untrusted", path, path))
            self.assertRegex(run("openssl", "x509", "-in", path, "-noout", "-issuer"), f"L ?= ?{cluster}-cluster")

    def test_remote_secrets_are_as_istioctl_makes_them(self):
        for cluster in CLUSTERS:
            text = istioctl(cluster, "create-remote-secret", f"--name={cluster}-cluster")
            theirs = json.loads(run("kubectl", f"--kubeconfig={world.kubeconfig('west')}", "create", "--dry-run=client", "-f", "-", "-o", "json", stdin=text))
            ours = get(other(cluster), "-n", "istio-system", "secret", f"istio-remote-secret-{cluster}-cluster")
            for key in ("labels", "annotations"):
                mine = {k: v for k, v in ours["metadata"].get(key, {}).items() if not k.startswith("meshctl.io/")}
                self.assertEqual(mine, {k: v for k, v in theirs["metadata"][key].items() if "last-applied" not in k})
            data = theirs.get("data") or {k: base64.b64encode(v.encode()).decode() for k, v in theirs["stringData"].items()}
            self.assertEqual(set(ours["data"]), set(data))
            name = f"{cluster}-cluster"
            mine, real = (base64.b64decode(d[name]).decode() for d in (ours["data"], data))
            hide = lambda t: re.sub(r"token: \S+", "token: X", t)
            self.assertEqual(hide(mine), hide(real))

    def test_gateways_have_their_names_labels_and_ports(self):
        for cluster in CLUSTERS:
            service = get(cluster, "-n", "istio-ingress", "svc", "istio-eastwest")
            self.assertEqual(service["metadata"]["labels"]["topology.istio.io/network"], f"{cluster}-network")
            self.assertEqual({p["name"]: p["port"] for p in service["spec"]["ports"]},
                             {"status-port": 15021, "tls": 15443, "tls-istiod": 15012})
            self.assertEqual(service["spec"]["selector"]["istio"], "eastwestgateway")
            ingress = get(cluster, "-n", "istio-ingress", "svc", "istio-ingress")
            self.assertEqual(ingress["spec"]["selector"]["istio"], "ingressgateway")
            env = get(cluster, "-n", "istio-ingress", "deploy", "istio-eastwest")["spec"]["template"]["spec"]["containers"][0]["env"]
            self.assertIn({"name": "ISTIO_META_REQUESTED_NETWORK_VIEW", "value": f"{cluster}-network"}, env)
            exposed = get(cluster, "-n", "istio-ingress", "gateways.networking.istio.io", "cross-network-gateway")
            self.assertEqual(exposed["spec"]["servers"][0]["tls"]["mode"], "AUTO_PASSTHROUGH")
            namespace = get(cluster, "namespace", "istio-system")
            self.assertEqual(namespace["metadata"]["labels"]["topology.istio.io/network"], f"{cluster}-network")

    def test_it_starts_no_program(self):
        calls = [line for line in self.trace.read_text().splitlines() if "execve(" in line]
        self.assertEqual(len(calls), 1, calls)
        self.assertIn("meshctl", calls[0])

    def test_private_files_are_private(self):
        names = {p.relative_to(CA_DIR).as_posix() for p in CA_DIR.rglob("*") if p.is_file()}
        four = ("ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem")
        self.assertEqual(names, {".lock", "root-cert.pem", "root-key.pem"} | {f"{c}-cluster/{f}" for c in CLUSTERS for f in four})
        for path in (CA_DIR, *CA_DIR.rglob("*")):
            mode = stat.S_IMODE(path.stat().st_mode)
            self.assertEqual(mode, 0o700 if path.is_dir() else 0o600, path)

    def test_no_update_was_rejected(self):
        for cluster in CLUSTERS:
            text = kubectl(cluster, "-n", "istio-system", "exec", "deploy/istiod", "--", "wget", "-qO-", "http://127.0.0.1:15014/metrics")
            rejects = [line for line in text.splitlines() if re.match(r"pilot_(total_xds_rejects|xds_\w+_reject)", line)]
            self.assertEqual([line for line in rejects if not line.endswith(" 0")], [])


if __name__ == "__main__":
    unittest.main()
