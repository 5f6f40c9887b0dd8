"""What belongs to somebody else is refused by its name, before anything is written; what people set stays theirs."""

import json
import shutil
import signal
import subprocess
import unittest
from pathlib import Path

import authority
import foreign
import snapshot
import world
from foreign import INGRESS, SYSTEM, chart, create, helm
from world import CA_DIR, CLUSTERS, LAB, WORK, changed_kubeconfig, charts, get, kubeconfig, kubectl, members, meshctl, run

CHARTS = Path(LAB["LAB_CHARTS"])
FAILED, DENIED, REFUSED, INPUT = 1, 4, 5, 65


def up(*words: object, ca_dir: Path = CA_DIR, clusters: list | None = None, **options) -> world.Done:
    """Without the sample, whose pods only take time here."""
    return meshctl("up", *(clusters or members()), *charts(), "--ca-dir", ca_dir, *words, **options)


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def namespace(cluster: str, name: str) -> None:
    create(cluster, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})


class Watched(unittest.TestCase):
    """refused() compares with what watch() saw."""

    def watch(self):
        self.before = snapshot.look_at_rest()

    def unwritten(self, done):
        now = snapshot.look()
        for cluster in CLUSTERS:
            if found := snapshot.compare(self.before[cluster], now[cluster]):
                self.fail(f"{found}\nafter {done}")

    def refused(self, done, code: int, *texts: str):
        self.assertEqual(done.code, code, done)
        for text in texts:
            self.assertIn(text, done.err, done)
        self.unwritten(done)

    def done(self, done):
        self.assertEqual(done.code, 0, done)
        return done


@world.some(8)
class BeforeAMesh(Watched):
    """Clusters without a mesh and with one thing in the way."""

    def setUp(self):
        world.lab("reset")
        shutil.rmtree(CA_DIR, ignore_errors=True)

    @classmethod
    def tearDownClass(cls):
        world.lab("reset")

    def test_release_of_another_chart(self):
        helm(3, "west", "-n", INGRESS, "install", "--create-namespace", "shop", foreign.shop_chart())
        self.watch()
        self.refused(up("--release", "ingress=shop"), FAILED, "shop", "gateway", INGRESS)

    def test_base_is_another_release(self):
        for cluster, major in zip(CLUSTERS, (3, 4)):
            helm(major, cluster, "-n", SYSTEM, "install", "--create-namespace", "base", CHARTS / "base")
        self.watch()
        self.refused(up(), FAILED, "MC302", "base", "--release", "istio-reader-service-account")
        self.done(up("--release", "base=base", "--to", "install"))
        for cluster in CLUSTERS:
            listed = json.loads(helm(3, cluster, "-n", SYSTEM, "list", "-o", "json"))
            self.assertEqual({r["name"] for r in listed}, {"base", "istiod"})
            owner = get(cluster, "-n", SYSTEM, "serviceaccount", "istio-reader-service-account")["metadata"]["annotations"]
            self.assertEqual(owner["meta.helm.sh/release-name"], "base")

    def test_chart_objects_without_an_owner(self):
        """All of them are named at once, cluster-wide ones and those with a namespace."""
        namespace("east", SYSTEM)
        create("east", {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "rules": [],
                        "metadata": {"name": "istiod-clusterrole-istio-system"}},
               {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "istio", "namespace": SYSTEM}, "data": {"mesh": ""}})
        self.watch()
        self.refused(up(), FAILED, "MC302", "east", "istiod-clusterrole-istio-system", "ConfigMap", "--take-ownership")

    def test_crds_by_hand_are_taken_over_by_word_only(self):
        crds = (CHARTS / "base" / "files" / "crd-all.gen.yaml").read_text()
        kubectl("west", "create", "-f", "-", stdin=crds)
        self.watch()
        self.refused(up("--to", "install"), FAILED, "MC302", "gateways.networking.istio.io")
        self.done(up("--to", "install", "--take-ownership"))
        owner = get("west", "crd", "gateways.networking.istio.io")["metadata"]["annotations"]
        self.assertEqual(owner["meta.helm.sh/release-name"], "istio-base")

    def test_own_object_without_our_mark(self):
        namespace("west", SYSTEM)
        create("west", {"apiVersion": "v1", "kind": "Secret", "stringData": {"east-cluster": "theirs"},
                        "metadata": {"name": "istio-remote-secret-east-cluster", "namespace": SYSTEM}})
        self.watch()
        self.refused(up(), FAILED, "MC307", "west", "istio-remote-secret-east-cluster", "--take-ownership")

    def test_namespace_that_goes_away(self):
        namespace("east", INGRESS)
        create("east", {"apiVersion": "v1", "kind": "ConfigMap",
                        "metadata": {"name": "held", "namespace": INGRESS, "finalizers": ["example.com/held"]}})
        self.addCleanup(kubectl, "east", "-n", INGRESS, "patch", "configmap", "held", "--type=merge", "-p", '{"metadata":{"finalizers":null}}')
        kubectl("east", "delete", "namespace", INGRESS, "--wait=false")
        world.settle(lambda: "SomeFinalizersRemain" in kubectl("east", "get", "namespace", INGRESS, "-o", "json"), 30)
        self.watch()
        self.refused(up(), FAILED, "MC306", "east", INGRESS, "example.com/held")

    def test_install_without_certificates(self):
        self.watch()
        self.refused(world.step("install"), FAILED, "MC206", "cacerts", "meshctl ca")

    def test_a_revision_from_the_start(self):
        """What is waited for is what the chart made: the Deployment has the revision's name."""
        done = self.done(up("--to", "install", "--set", "istiod.revision=canary"))
        self.assertIn("istiod-canary 1/1", done.err, done)
        for cluster in CLUSTERS:
            self.assertGreaterEqual(get(cluster, "-n", SYSTEM, "deploy", "istiod-canary")["status"]["readyReplicas"], 1)
            self.assertEqual(kubectl(cluster, "-n", SYSTEM, "get", "deploy", "istiod", "--ignore-not-found", "-o", "name"), "")

    def test_ca_folder_with_intermediates_and_no_root(self):
        folder = authority.root("no-root")
        authority.intermediate(folder, "west-cluster")
        (folder / "root-key.pem").unlink()
        (folder / "root-cert.pem").unlink()
        before = files(folder)
        self.watch()
        for done in (up(ca_dir=folder), meshctl("ca", "init", "--ca-dir", folder, *members())):
            self.assertIn(done.code, (FAILED, INPUT), done)
            self.assertIn("root", done.err, done)
            self.unwritten(done)
            self.assertEqual(files(folder), before, done)

    def test_root_that_istiod_would_refuse(self):
        """Its proxies' names are outside of what the root may vouch for: every certificate would be void."""
        folder = authority.root("constrained", "nameConstraints=critical,permitted;DNS:example.com")
        before = files(folder)
        self.watch()
        done = up("--timeout", "60s", ca_dir=folder)
        self.assertIn(done.code, (FAILED, INPUT), done)
        self.assertIn("name", done.err, done)
        self.unwritten(done)
        self.assertEqual(files(folder), before, done)

    def test_intermediate_that_names_a_city(self):
        folder = authority.root("city")
        for cluster in CLUSTERS:
            authority.intermediate(folder, f"{cluster}-cluster", "/O=Example/CN=Intermediate/L=San Francisco")
        before = files(folder)
        self.done(up("--to", "ca", ca_dir=folder))
        self.assertEqual(files(folder), before)
        for cluster in CLUSTERS:
            data = foreign.secret_of(cluster, SYSTEM, "cacerts")
            self.assertEqual(data["ca-cert.pem"], before[f"{cluster}-cluster/ca-cert.pem"].decode())

    def cacerts(self, cluster: str, kind: str, **data: str) -> None:
        namespace(cluster, SYSTEM)
        create(cluster, {"apiVersion": "v1", "kind": "Secret", "type": kind, "stringData": data,
                         "metadata": {"name": "cacerts", "namespace": SYSTEM}})

    def test_cacerts_that_istiod_cannot_use(self):
        folder = authority.root("useless")
        own = authority.intermediate(folder, "west-cluster")
        other = authority.intermediate(folder, "east-cluster")
        text = {p.name: p.read_text() for p in own.iterdir()}
        cases = {
            "root alone": ({"root-cert.pem": text["root-cert.pem"]}, "ca-cert.pem"),
            "key of another": (text | {"ca-key.pem": (other / "ca-key.pem").read_text()}, "key"),
            "no certificate": (text | {"ca-cert.pem": "theirs"}, "ca-cert.pem"),
        }
        for name, (data, word) in cases.items():
            with self.subTest(name):
                world.lab("reset")
                self.cacerts("west", "Opaque", **data)
                self.watch()
                done = up()
                self.assertIn(done.code, (FAILED, INPUT), done)
                self.assertIn("cacerts", done.err, done)
                self.assertIn(word, done.err, done)
                self.assertNotRegex(done.err, "(?i)(delete|remove) (the |that )?secret")
                self.unwritten(done)
                self.assertFalse(CA_DIR.exists(), done)

    def test_cacerts_as_cert_manager_makes_them(self):
        folder = authority.root("manager")
        own = authority.intermediate(folder, "west-cluster")
        self.cacerts("west", "kubernetes.io/tls", **{
            "tls.crt": (own / "ca-cert.pem").read_text(), "tls.key": (own / "ca-key.pem").read_text(),
            "ca.crt": (folder / "root-cert.pem").read_text()})
        kept = get("west", "-n", SYSTEM, "secret", "cacerts")
        self.done(up("--to", "ca", ca_dir=folder))
        self.assertEqual(get("west", "-n", SYSTEM, "secret", "cacerts"), kept)
        self.assertEqual(foreign.secret_of("east", SYSTEM, "cacerts")["root-cert.pem"], (folder / "root-cert.pem").read_text())

    def test_rights_are_asked_for_before_anything(self):
        """A person who may do all but create Secrets."""
        rules = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]},
                 {"apiGroups": ["apps", "apiextensions.k8s.io", "admissionregistration.k8s.io", "rbac.authorization.k8s.io", "policy",
                                "autoscaling", "coordination.k8s.io", "networking.istio.io", "networking.k8s.io"],
                  "resources": ["*"], "verbs": ["*"]},
                 {"apiGroups": [""], "resources": ["secrets"], "verbs": ["patch", "update", "delete"]},
                 {"apiGroups": [""], "resources": ["namespaces", "configmaps", "services", "serviceaccounts", "pods", "events"],
                  "verbs": ["*"]},
                 {"apiGroups": [""], "resources": ["pods/exec", "pods/portforward", "pods/proxy", "serviceaccounts/token"], "verbs": ["*"]}]
        create("west", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "clerk", "namespace": "default"}},
               {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "clerk"}, "rules": rules},
               {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "clerk"},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "clerk"},
                "subjects": [{"kind": "ServiceAccount", "name": "clerk", "namespace": "default"}]})
        token = kubectl("west", "-n", "default", "create", "token", "clerk").strip()
        clerk = changed_kubeconfig("west", lambda c: c["users"][0].update(user={"token": token}))
        self.watch()
        done = up(clusters=["--west", clerk, "--east", kubeconfig("east")])
        self.refused(done, DENIED, "west", "secrets", "create")

    def test_one_cluster_alone_while_the_other_is_away(self):
        """--only west: east is not needed, so it is a warning that it cannot be reached; it is not written to."""
        gone = changed_kubeconfig("east", lambda c: c["clusters"][0]["cluster"].update(server="https://127.0.0.1:9"))
        self.watch()
        done = self.done(up("--only", "west", "--to", "install", "--server", f"east=https://{LAB['LAB_EAST_NODE_IP']}:6443",
                            clusters=["--west", kubeconfig("west"), "--east", gone]))
        self.assertIn("east", done.err, done)
        found = snapshot.compare(self.before["east"], snapshot.look()["east"])
        if found:
            self.fail(f"{found}\nafter {done}")
        self.assertEqual(get("west", "-n", SYSTEM, "deploy", "istiod")["metadata"]["name"], "istiod")

    def test_a_ca_outside_of_istiod_is_left_alone(self):
        """istiod that signs nothing itself: no certificate of ours is planted under it."""
        for cluster in CLUSTERS:
            helm(3, cluster, "-n", SYSTEM, "install", "--create-namespace", "istio-base", CHARTS / "base")
            helm(3, cluster, "-n", SYSTEM, "install", "istiod", CHARTS / "istiod", "--set", "pilot.env.ENABLE_CA_SERVER=false",
                 "--set-string", "pilot.env.ENABLE_CA_SERVER=false", "--set", "global.caAddress=signer.example.com:443",
                 "--set", f"global.network={cluster}-network", "--set", f"global.multiCluster.clusterName={cluster}-cluster",
                 "--set", "global.meshID=mesh", "--set", f"global.hub={LAB['LAB_HUB']}", "--set", f"global.tag={LAB['LAB_TAG']}")
        done = up("--to", "install", "--timeout", "30s")
        for cluster in CLUSTERS:
            self.assertEqual(kubectl(cluster, "-n", SYSTEM, "get", "secret", "cacerts", "--ignore-not-found", "-o", "name"), "", done)
            values = json.loads(helm(3, cluster, "-n", SYSTEM, "get", "values", "istiod", "-o", "json"))
            self.assertEqual(values["global"]["caAddress"], "signer.example.com:443", done)
            self.assertEqual(values["pilot"]["env"]["ENABLE_CA_SERVER"], "false", done)
        self.assertFalse((CA_DIR / "root-key.pem").exists(), done)


@world.some(6)
class OnAMesh(Watched):
    """A running mesh; each test leaves it as good as it was."""

    @classmethod
    def setUpClass(cls):
        world.lab("reset")
        shutil.rmtree(CA_DIR, ignore_errors=True)
        world.whole(up())

    @classmethod
    def tearDownClass(cls):
        world.lab("reset")

    def test_other_names_are_refused(self):
        self.watch()
        for flags, ident, found, wanted in (
            (["--cluster-name", "west=other"], "MC304", "west-cluster", "other"),
            (["--network", "west=other"], "MC301", "west-network", "other"),
            (["--mesh-id", "other"], "MC305", "mesh", "other"),
        ):
            with self.subTest(ident):
                self.refused(up(*flags), FAILED, ident, found, wanted)

    def test_swapped_and_doubled_clusters_are_told_as_that(self):
        self.watch()
        done = up(clusters=["--west", kubeconfig("east"), "--east", kubeconfig("west")])
        self.refused(done, INPUT, "MC102", "west", "east")
        for fix in ("--cluster-name", "--network", "--mesh-id"):
            self.assertNotIn(fix, done.err, done)
        done = up(clusters=[*members(), "--cluster", f"third={kubeconfig('west')}"])
        self.refused(done, INPUT, "MC101", "west", "third")

    def test_another_revision_within_a_release_is_refused(self):
        self.watch()
        self.refused(up("--set", "istiod.revision=canary"), FAILED, "MC801", "istiod", "--release istiod=")

    def test_a_gateway_of_somebody_else(self):
        """Our Gateway's name, made by hand: refused; with the person's word taken over."""
        live = get("west", "-n", INGRESS, "gateways.networking.istio.io", "cross-network-gateway")
        kubectl("west", "-n", INGRESS, "delete", "gateways.networking.istio.io", "cross-network-gateway")
        live["metadata"] = {"name": "cross-network-gateway", "namespace": INGRESS}
        live["spec"]["servers"][0]["hosts"] = ["*.shop.local"]
        create("west", live)
        self.watch()
        self.refused(up(), FAILED, "MC307", "cross-network-gateway", "west")
        self.done(up("--take-ownership", "--force-conflicts"))
        mended = get("west", "-n", INGRESS, "gateways.networking.istio.io", "cross-network-gateway")
        self.assertEqual(mended["spec"]["servers"][0]["hosts"], ["*.local"])
        self.assertEqual(mended["metadata"]["labels"]["meshctl.io/mesh"], "mesh")

    def values(self, release: str) -> dict:
        return json.loads(helm(3, "west", "-n", SYSTEM, "get", "values", release, "-o", "json"))

    def test_values_set_with_helm_stay(self):
        set_by_helm = ["--set", "meshConfig.accessLogFile=/dev/stdout", "--set", "pilot.resources.requests.cpu=11m",
                       "--set", "pilot.env.PILOT_PUSH_THROTTLE=7", "--labels", "team=platform"]
        helm(3, "west", "-n", SYSTEM, "upgrade", "istiod", CHARTS / "istiod", "--reuse-values", *set_by_helm)
        kubectl("west", "-n", SYSTEM, "rollout", "status", "deploy/istiod", "--timeout=90s")
        theirs = self.values("istiod")
        self.done(up("--to", "gateway"))
        self.assertEqual(self.values("istiod"), theirs)
        self.done(up("--to", "gateway", "--set", "istiod.meshConfig.enableTracing=false"))
        now = self.values("istiod")
        self.assertEqual(now["meshConfig"], {"accessLogFile": "/dev/stdout", "enableTracing": False})
        self.assertEqual(now["pilot"], theirs["pilot"])
        newest = sorted(get("west", "-n", SYSTEM, "secret", "-l", "owner=helm,name=istiod")["items"],
                        key=lambda s: int(s["metadata"]["labels"]["version"]))[-1]
        self.assertEqual(newest["metadata"]["labels"].get("team"), "platform")
        dry = meshctl("plan", *members(), *charts(), "--ca-dir", CA_DIR, "--to", "gateway", "--reset-values", "-o", "json")
        self.assertEqual(dry.code, 2, dry)
        self.assertIn("accessLogFile", dry.out)
        self.done(up("--to", "gateway", "--reset-values"))
        self.assertNotIn("accessLogFile", json.dumps(self.values("istiod")))

    def test_an_older_chart_is_refused(self):
        older = WORK / "older"
        for name in ("base", "istiod", "gateway"):
            run("mkdir", "-p", older)
            shutil.copytree(chart(name, {}, version="1.30.0", base=CHARTS / name), older / name)
        self.watch()
        words = ["--charts", older, "--hub", LAB["LAB_HUB"], "--istio-version", "1.30.0", "--ca-dir", CA_DIR]
        self.refused(meshctl("up", *members(), *words), REFUSED, "1.30.0", "1.31.0", "--allow-downgrade")
        # A test before had helm write the release, so that its values are helm's by now.
        dry = meshctl("plan", *members(), *words, "--allow-downgrade", "--reuse-values")
        self.assertEqual(dry.code, 2, dry)

    def test_an_object_without_a_namespace_is_its_releases(self):
        """Dropped from the chart, it is deleted where the release is, not in `default`."""
        shared = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "shared"}, "data": {"of": "gateway"}}
        create("west", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "shared", "namespace": "default"}, "data": {"of": "nobody"}})
        self.addCleanup(kubectl, "west", "-n", "default", "delete", "configmap", "shared", "--ignore-not-found")
        values = json.loads(helm(3, "west", "-n", INGRESS, "get", "values", "istio-ingress", "-o", "json"))
        path = WORK / "ingress-values.json"
        path.write_text(json.dumps(values))
        helm(3, "west", "-n", INGRESS, "upgrade", "istio-ingress", chart("gateway", {"shared.yaml": shared}, LAB["LAB_TAG"], CHARTS / "gateway"), "-f", path)
        self.assertEqual(get("west", "-n", INGRESS, "configmap", "shared")["data"], {"of": "gateway"})
        kept = get("west", "-n", "default", "configmap", "shared")
        self.done(world.step("gateway"))
        self.assertEqual(get("west", "-n", "default", "configmap", "shared"), kept)
        self.assertEqual(kubectl("west", "-n", INGRESS, "get", "configmap", "shared", "--ignore-not-found", "-o", "name"), "")

    def test_what_a_failed_upgrade_dropped_is_gone_in_the_end(self):
        self.addCleanup(up, "--reset-values")
        words = ["--set", "istiod.autoscaleEnabled=false"]
        done = up(*words, "--set", "istiod.pilot.tag=no-such", "--timeout", "25s", "--to", "install")
        self.assertIn(done.code, (1, 3), done)
        self.done(up(*words, "--set", f"istiod.pilot.tag={LAB['LAB_TAG']}", "--to", "install"))
        for cluster in CLUSTERS:
            self.assertEqual(kubectl(cluster, "-n", SYSTEM, "get", "hpa", "-o", "name"), "")
            history = json.loads(helm(3, cluster, "-n", SYSTEM, "history", "istiod", "-o", "json"))
            self.assertEqual([r["status"] for r in history].count("deployed"), 1, history)
            self.assertEqual(history[-1]["status"], "deployed", history)

    def test_a_helm_that_is_under_way_is_not_robbed(self):
        process = subprocess.Popen(
            ["helm3", f"--kubeconfig={kubeconfig('west')}", "-n", SYSTEM, "upgrade", "istiod", str(CHARTS / "istiod"), "--reuse-values",
             "--set", "global.tag=no-such", "--wait"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=world.ENV)

        def mend():
            process.send_signal(signal.SIGKILL)
            process.wait()
            helm(3, "west", "-n", SYSTEM, "rollback", "istiod")
            kubectl("west", "-n", SYSTEM, "rollout", "status", "deploy/istiod", "--timeout=90s")

        self.addCleanup(mend)
        self.assertTrue(world.settle(lambda: "pending-upgrade" in helm(3, "west", "-n", SYSTEM, "list", "--pending"), 20))
        before = get("west", "-n", SYSTEM, "secret", "-l", "owner=helm,name=istiod")
        done = up("--set", "istiod.meshConfig.accessLogFile=/dev/stdout", "--timeout", "30s")
        self.assertEqual(done.code, FAILED, done)
        self.assertIn("istiod", done.err, done)
        self.assertIn("pending-upgrade", done.err, done)
        self.assertEqual(get("west", "-n", SYSTEM, "secret", "-l", "owner=helm,name=istiod")["items"], before["items"])

    def test_ten_records_are_kept(self):
        for number in range(12):
            self.done(world.step("gateway", "--set", f"ingress.service.annotations.number=n{number}"))
        for cluster in CLUSTERS:
            records = get(cluster, "-n", INGRESS, "secret", "-l", "owner=helm,name=istio-ingress")["items"]
            self.assertLessEqual(len(records), 10)
            self.assertEqual([r["metadata"]["labels"]["status"] for r in records].count("deployed"), 1)
        self.done(up("--reset-values"))

    def test_the_server_name_of_a_kubeconfig_reaches_the_peers(self):
        named = changed_kubeconfig("east", lambda c: c["clusters"][0]["cluster"].update({"tls-server-name": "kubernetes"}))
        self.addCleanup(up)
        done = self.done(meshctl("remote-secret", "--west", kubeconfig("west"), "--east", named))
        secret = foreign.secret_of("west", SYSTEM, "istio-remote-secret-east-cluster")["east-cluster"]
        self.assertIn("tls-server-name: kubernetes", secret, done)

    def test_a_clouds_own_fields_are_left_to_it(self):
        """An admission enforcer narrows every webhook and owns that field from then on."""
        only = {"key": "control-plane", "operator": "NotIn", "values": ["true"]}
        api, path = snapshot.api("west"), "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/istio-sidecar-injector"
        patch = []
        for number, hook in enumerate(api.get(path)["webhooks"]):
            selector = hook.get("namespaceSelector", {})
            selector["matchExpressions"] = [*selector.get("matchExpressions", []), only]
            patch.append({"op": "add", "path": f"/webhooks/{number}/namespaceSelector", "value": selector})
        live = api.call("PATCH", path + "?fieldManager=admissionsenforcer", patch, "application/json-patch+json")
        self.addCleanup(up, "--force-conflicts")
        self.done(up("--to", "install", "--set", "istiod.meshConfig.accessLogFile=/dev/stdout"))
        now = get("west", "mutatingwebhookconfiguration", "istio-sidecar-injector")
        self.assertEqual([h["namespaceSelector"] for h in now["webhooks"]], [h["namespaceSelector"] for h in live["webhooks"]])
        self.done(up("--reset-values"))


if __name__ == "__main__":
    unittest.main()
