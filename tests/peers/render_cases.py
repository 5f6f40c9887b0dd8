"""What test_render renders: Istio's charts under what people set, under generated values, and the charts of charts/."""
import itertools
import json
import random
from dataclasses import dataclass
from pathlib import Path

import render_broken
import render_structs

HERE = Path(__file__).resolve().parent
KUBE_VERSION = "v1.34.4"

EAST_WEST_PORTS = ('service.ports=[{"name":"status-port","port":15021,"targetPort":15021},'
                   '{"name":"tls","port":15443,"targetPort":15443},{"name":"tls-istiod","port":15012,"targetPort":15012},'
                   '{"name":"tls-webhook","port":15017,"targetPort":15017}]')


@dataclass(frozen=True)
class Case:
    name: str
    args: tuple  # behind `helm template` and `meshctl render`
    stdin: str = ""


def sets(*pairs):
    return [part for pair in pairs for part in ("--set", pair)]


def case(chart, *flags, name="r1", label=None, stdin="", namespace="istio-system", kube=KUBE_VERSION):
    words = [w for w in (name, str(chart)) if w]
    return Case(f"{label or Path(chart).name} {' '.join(flags)}", (*words, "-n", namespace, *(["--kube-version", kube] if kube else []), *flags), stdin)


# --- Istio ---

def choices(chart, prefix):
    """The profiles, platforms or compatibility versions that a chart knows: files/profile-PREFIX*.yaml."""
    return sorted(p.name[len("profile-" + prefix):-len(".yaml")] for p in (chart / "files").glob(f"profile-{prefix}*.yaml"))


def istio_matrix(charts):
    """Every profile x platform x compatibility version x revision x ambient of each chart."""
    for name, chart in charts.items():
        profiles = [p for p in choices(chart, "") if not p.startswith(("platform-", "compatibility-version-"))]
        platforms = choices(chart, "platform-")
        versions = choices(chart, "compatibility-version-")
        big = name == "base"  # 0.9 MB of CRDs: half a second each in Helm
        axes = [
            [[]] + [sets(f"profile={p}") for p in [*profiles, "nosuch"]],
            [[]] + [sets(f"{key}={p}") for p in [*platforms, "nosuch"] for key in ("platform", "global.platform")][:: 3 if big else 1],
            [[]] + [sets(f"compatibilityVersion={v}") for v in [*versions, "9.9"]][:: 3 if big else 1],
        ]
        pairs = [[a, b] for left, right in itertools.combinations(axes, 2) for a in left for b in right]
        seen = set()
        for parts in pairs:
            flags = [w for part in parts for w in part]
            if (key := tuple(flags)) not in seen and not (big and len(seen) > 25):
                seen.add(key)
                yield case(chart, *flags, label=name)
        for part in ([], ["--set", "profile=ambient"], ["--set", "profile=remote"], ["--set", "profile=demo"]):
            for extra in (["revision=canary"], ["revision=1-31-0", "revisionTags={a,b}"], ["defaultRevision=canary"], ["ambient.enabled=true"],
                          ["pilot.env.PILOT_ENABLE_AMBIENT=true"], ["networkGateway=west-network"], ["global.istioNamespace=other"],
                          ["global.network=n1", "global.meshID=m", "global.multiCluster.clusterName=c1"], ["resourceQuotas.enabled=true"],
                          ["global.logAsJson=true", "global.imagePullPolicy=Always"], ["global.imagePullSecrets={a,b}"]):
                if not big or not part:
                    yield case(chart, *part, *sets(*extra), label=name)
                    yield case(chart, *part, *sets(*extra), "--is-upgrade", label=name)


def istio_known(charts):
    """What a multi-cluster install sets, what else changes much of the output, and what must be refused."""
    rows = [
        ("base", sets("defaultRevision=canary")), ("base", ["--include-crds"]), ("base", ["--set", "base.excludedCRDs={authorizationpolicies.security.istio.io}"]),
        ("istiod", sets("revision=canary", "revisionTags={a,b}", "meshConfig.accessLogFile=/dev/stdout",
                        "meshConfig.defaultConfig.holdApplicationUntilProxyStarts=true")),
        ("istiod", sets("pilot.autoscaleEnabled=false", "pilot.replicaCount=3", "pilot.traceSampling=1.5",
                        "global.proxy.resources.requests.cpu=null") + ["--set-string", "pilot.env.FOO=true"]),
        ("istiod", ["--set-json", 'meshConfig={"x":[1,2.5,{"a":null}],"trustDomain":"td"}'] + sets("global.imagePullSecrets={a,b}")),
        ("istiod", sets("pilot=null")), ("gateway", sets("labels.istio=ingressgateway")),
        ("gateway", sets("labels.istio=eastwestgateway", r"labels.topology\.istio\.io/network=west-network",
                         "env.ISTIO_META_REQUESTED_NETWORK_VIEW=west-network") + ["--set-json", EAST_WEST_PORTS]),
        ("gateway", sets("networkGateway=west-network", "autoscaling.enabled=false", "replicaCount=2", "kind=DaemonSet",
                         r"service.annotations.service\.beta\.kubernetes\.io/aws-load-balancer-type=nlb")),
        ("cni", sets("ambient.enabled=true", "cniBinDir=/opt/bin", "revision=r")),
        ("ztunnel", sets("multiCluster.clusterName=west", "resourceName=zt", "network=n1")),
        ("istiod", sets("defaults.x=1")), ("istiod", sets("global.proxy=null")), ("istiod", sets("global=1")),
        ("gateway", sets("replicaCount=abc")), ("gateway", sets("kind=Nosuch")), ("gateway", sets("labels=null")), ("gateway", sets("unknown=1")),
        ("gateway", sets("unknown=1", "more=2", "third=3")), ("gateway", sets("unknown=1") + ["--skip-schema-validation"]),
    ]
    for name, flags in rows:
        yield case(charts[name], *flags, label=name)
    for name, chart in charts.items():
        for template in ("templates/*.yaml", "templates/deployment.yaml", "templates/serviceaccount.yaml", "templates/nosuch.yaml", "*", "templates/[a-m]*"):
            if name != "base":
                yield case(chart, "-s", template, label=name)
        yield case(chart, kube=None, label=name)
        yield case(chart, name=None, namespace="default", label=name)
        for kube in ("1.20", "v1.33.4-gke.1245000", "1.28.0+k3s1") if name != "base" else ():
            yield case(chart, kube=kube, label=name)


# --- generated values ---

ODD = [None, True, False, 0, 1, -7, 65536, 1000000, 12345678901, 1.5, 1e21, 0.00001, "", "text", "yes", "012", "1e3", "null", "~", "a: b", "- x",
       "two\nlines", "  blanks  ", "é☃", "{{ .Release.Name }}", "\"quoted\"", "#no comment", "true", "1.0", [], {}, ["a"], [1, None], {"k": "v"},
       {"k": {"l": [1, {"m": None}]}}, [[1], {"a": "b"}], "x" * 200, "long words " * 12, "tab\there"]


def changed(rng, value, wild):
    """A value in the place of this one: mostly of its own kind, or with `wild` of any."""
    if rng.random() < wild:
        return rng.choice(ODD)
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return rng.choice([0, 1, 2, 15, 8080, 1.5, 2000000, 100.0])
    if isinstance(value, str):
        return rng.choice(["", "x", "other-name", "10m", "Always", "a.b/c:d", "v1.2.3", "with space", "é"])
    if isinstance(value, list):
        return rng.choice([[], ["a", "b"], [{"name": "n", "value": "v"}], value + ["more"], value[:1]])
    if isinstance(value, dict):
        return rng.choice([{}, {"extra": "1"}, {**value, "extra": {"a": 1}}, {"a": "b", "c/d.e": "f"}])
    return rng.choice(["x", 1, {}, ["a"]])


def mutate(rng, defaults, wild):
    out = {}
    for _ in range(rng.randint(1, 7)):
        source, target = defaults, out
        while True:
            if not isinstance(source, dict) or not source or rng.random() < 0.05:
                target[rng.choice(["added", "extra", "enabled", "annotations", "new-key"])] = rng.choice(ODD)
                break
            key = rng.choice(sorted(source))
            value = source[key]
            if isinstance(value, dict) and value and rng.random() < 0.85:
                if not isinstance(target.setdefault(key, {}), dict):
                    break
                source, target = value, target[key]
                continue
            target[key] = changed(rng, value, wild)
            break
    return out


def block_yaml(value, indent=0):
    """Block style with JSON scalars."""
    pad = "  " * indent
    if isinstance(value, dict) and value:
        return "".join(f"{pad}{json.dumps(k)}:" + (f"\n{block_yaml(v, indent + 1)}" if isinstance(v, (dict, list)) and v else f" {block_yaml(v)}")
                       for k, v in value.items())
    if isinstance(value, list) and value:
        return "".join(f"{pad}-" + (f"\n{block_yaml(v, indent + 1)}" if isinstance(v, (dict, list)) and v else f" {block_yaml(v)}") for v in value)
    return json.dumps(value, ensure_ascii=False) + "\n"


def generated(charts, defaults, folder, counts, seed=20261123):
    rng = random.Random(seed)
    for name, count in counts.items():
        known = dict(defaults[name])
        # Istio's charts keep what a user may set one level down.
        known |= known.pop("_internal_defaults_do_not_set", {})
        for n in range(count):
            values = mutate(rng, known, wild=rng.choice([0.0, 0.1, 0.5]))
            text = block_yaml(values) if values and rng.random() < 0.5 else json.dumps(values)
            path = folder / f"{name}-{n}.yaml"
            path.write_text(text)
            stdin = text if n % 10 == 0 else ""
            yield case(charts[name], "-f", "-" if stdin else str(path), label=f"{name} #{n} {text[:300]}", stdin=stdin)


# --- our own charts ---

def fixtures(folder):
    def chart(name):
        return HERE / "charts" / name

    def rows(name, *flag_lists):
        for flags in flag_lists:
            yield case(chart(name), *flags)
            yield case(chart(name), *flags, "--include-crds", "--is-upgrade")

    over = folder / "over.yaml"
    over.write_text("a: 1\nm: {x: 2, y: null}\n---\na: 5\nl: [1]\nm: {z: 3}\n")
    other = folder / "other,with comma.yaml"
    other.write_text("m: {x: null, w: 1.0}\nfirst: null\n")
    content = folder / "content.txt"
    content.write_text("first line\nsecond: {{ .Release.Name }}\n")
    both = f'{over},"{other}"'
    yield from rows(
        "umbrella", [], *(sets(*s) for s in (
            ["tags.front=false"], ["tags.front=false", "tags.back=true"], ["two.enabled=true", "tags.front=false"], ["two.enabled=false"],
            ["two.enabled=yes"], ["global.two=false"], ["global.two=null"], ["three.enabled=false"], ["three.enabled=true", "three.settings.inner.deep.value=5"],
            ["three.exports.data.fromExport=null"], ["three.settings=null"], ["three.exports=1"], ["imported=null"], ["imported.here=1"], ["second.enabled=false"],
            ["second=null"], ["second.enabled=null"], ["first.size=null"], ["first.map=null"], ["first.map.y=null"], ["first.map.y.z=1"], ["first.map=text"], ["first=null"], ["first=1"],
            ["first={a,b}"], ["one.size=5"], ["tags.off=true"], ["tags=null"], ["tags=1"], ["tags.off=x"], ["nest.deep.enabled=false"], ["nest.deep=null"], ["nest=null"], ["nest.got=1"],
            ["nest.deep.out.b=1"], ["global=1"], ["global=null"], ["global.region=null"], ["global.table=1"], ["global.table.b=null"], ["global.table.b.c=null"], ["two.global.table.a=5"],
            ["two.global=1"], ["two.global.table=5"], ["four.x=1"], ["lib.known=x"], ["lib=null"], ["nothing.a=1"], ["nothing=null"], ["first.enabled=true"])),
        ["-f", str(over)], ["-f", both], ["-f", str(over), "-f", str(other).replace(",", "\\,")])
    yield from rows("v1deps", [], *(sets(s) for s in ("renamed.on=false", "renamed.on=true", "tags.x=false", "renamed=null", "sub.b=1", "renamed.exports.out=null")))
    yield from rows("hooks", [], ["--no-hooks"], ["--skip-tests"], ["-s", "templates/events.yaml"], ["-s", "templates/*"], ["-s", "templates/tests/test.yaml"],
                    ["-s", "templates/tests/test.yaml", "--skip-tests"], ["-s", "templates/tests/*", "-s", "templates/plain.yaml"], ["--no-hooks", "-s", "templates/events.yaml"])
    yield from rows("notes", [], ["-s", "templates/NOTES.txt"], ["-s", "templates/readme.txt"], ["-s", "charts/sub/templates/a.yaml"], ["-s", "charts/*/templates/*"])
    yield from rows("tpl", [], *(sets(s) for s in ("case=leak", "case=bad", "case=nested", "case=unclosed", "case=unknown", "case=required", "case=forever", "case=number", "case=value",
                                                   "case=none", "case=template", "plain=null", "once=1", "depth=900", "depth=1200")), ["--set-file", f"once={content}"])
    yield from rows("files", [], *(sets(f"case={s}") for s in ("lines", "linesmissing", "field", "number", "count", "print", "json", "type")))
    yield from rows("caps", [], ["-a", "example.org/v1"], ["-a", "example.org/v1,policy/v1/PodDisruptionBudget", "--api-versions", "x/v1/Y"], *(sets(f"case={s}") for s in (
        "field", "kubefield", "chartfield", "chartdeep", "lower", "hasnothing", "hasnumber", "release", "top")))
    for kube in ("1.30", "v1.30", "1.30.2", "v1.30.2-rc.1", "v1.33.4-gke.1245000", "1.28.5+k3s1", "v1.28.5-eks-a5df82a", "1", "", "x", "1.2.3.4", "v1.30.0.1", "1.30+", "01.30.0",
                 "1.030.0", " 1.30", "1.15.0", "v2.0.0-alpha", "1.16.0-0", "1.16.0-", "-1.2", "1.-2", "V1.30"):
        yield case(chart("caps"), kube=None, label=f"caps --kube-version {kube}")
        yield Case(f"caps --kube-version={kube}", ("r1", str(chart("caps")), "-n", "x", f"--kube-version={kube}"))
        yield Case(f"umbrella --kube-version={kube}", ("r1", str(chart("umbrella")), "-n", "x", f"--kube-version={kube}"))
    yield from rows("crds", [], ["--skip-tests"], sets("inner.x=1"), ["-s", "crds/a.yml"], ["-s", "crds/*"], ["-s", "charts/renamed/crds/i.yaml"])
    yield from rows("split", [], ["-s", "templates/a.yaml"], ["-s", "templates/*"], ["-s", "templates/b-block.yaml", "-s", "templates/b-block.yaml"], ["-s", "["], ["-s", "templates/[a-c]*"], ["-s", ""])
    yield from rows("nulls", [], *(sets(*s.split()) for s in (
        "top=1", "top=null", "text=null", "map=null", "map.a=null", "map.b=1", "map.b=null", "map.c=null", "map.c.d=1", "map.c.e=null", "map.new=null", "map.c.new=null", "list=null", "list[0]=null",
        "list[1].a=null", "new=null", "new.a=null", "new.a.b=null", "onlynull.x=null", "onlynull=null", "child=null", "child.own=1", "child.own=null", "child.map=null", "child.map.x=null",
        "child.map.y=null", "child.map.z=null", "child.map.z.q=null", "child.map.new=null", "child.deep.a.b=null", "child.deep.a.c=null", "child.deep.a=null", "child.deep=null", "child.gone=null",
        "child.gone.a=null", "child.new=null", "child.new.x=null", "global=null", "global.g=null", "global.gn=1", "global.gm=null", "global.gm.a=null", "global.gm.b=null", "global.gm.c=1",
        "child.global=null", "child.global.g=null", "child.global.cn=1", "child.global.gm=null", "child.global.gm.a=null", "child.global.gm.b=null", "child.global.new=null", "global.new=null",
        "global.g=null child.global.g=3", "child.map.x=null child.map.y=null", "map.a=1 map=null", "text.a=1", "list.a=1", "map=1", "child.map=1", "child.own.a=1", "child.deep.a=1", "child=1")))
    yield from rows("types", [], sets("int=7", "big=123456789", "new=0", "neg=-0", "plus=+5", "oct=012", "flt=1.5", "t=true", "n=null", "e="), ["--set-string", "int=7,yes=true,none=null"],
                    ["--set-json", 'int=7,float=1.50,list=[1,{"a":2.0}],s="x"'], ["--set-json", '{"int": 8, "map": {"a": null}}'], ["--set-json", "int=x"], ["--set-json", "{bad"], ["--set-json", "a"],
                    ["--set-literal", "int=a,b={c}"], ["--set-literal", r"a\.b=x\,y"], sets("list[0]=x"), sets("list[9].a=1"), sets("list={}"), sets("list={1,2.5,x,null,true}"), sets("list[-1]=1"),
                    sets("list[x]=1"), sets("a.b.c=1,a.b.d={x}"), sets("a"), sets("a,"), sets("a."), sets("a=1,a.b=2"), sets("a[65537]=1"), sets("a[0][1].b[2]=c"), sets(""), sets("="), sets("a=1,,b=2"),
                    sets(r"a\.b=1", r"a\,b=2", "a=b=c"), ["--set-file", f"a={content},b={content}"], ["--set-file", "a=no-such-file"], ["--set-file", "a"], ["-f", "no-such-file.yaml"],
                    ["-f", str(over)], ["-f", both], ["-f", ""])
    yield from rows("shared", [], sets("a=5"), sets("m=null"))
    yield from rows("schema", [], sets("port=0"), sets("port=x"), sets("port=null"), sets("name=5"), sets("port=x", "name=5"), sets("port=x") + ["--skip-schema-validation"], ["--set", "port=1.5"])
    for text in render_broken.VALUES:
        yield case(chart("types"), "-f", "-", stdin=text or "\n", label=f"-f - {text!r}")
    for name in ("a", "r1", "UPPER", "with_underscore", "a.b", "a..b", "a-", "a" * 53, "a" * 54, "", ".", "é", "a b", "1"):
        yield Case(f"name {name!r}", (name, str(chart("shared")), "-n", "x"))
    for text in ('x-{{ "AB" | lower }}', "plain", "UP", "", "{{ .x }}", "{{", "{{ foo }}", '{{ fail "no" }}', "{{ 1 | trunc }}"):
        yield Case(f"--name-template {text}", (str(chart("shared")), "-n", "x", "--name-template", text))
    yield Case("--name-template and a name", ("a", str(chart("shared")), "--name-template", "x"))
    yield Case("--include-crds=true --no-hooks=0", ("a", str(chart("hooks")), "--include-crds=true", "--no-hooks=0", "--skip-tests=T", "--is-upgrade=false"))
    for arguments in (("r1", "no-such-folder/"), ("r1", "./no-such"), ("r1", "/no/such"), ("r1", str(chart("shared") / "Chart.yaml")), ("r1", str(chart("shared") / "values.yaml")),
                      ("r1", str(HERE / "charts")), ("r1", str(chart("shared")) + "/"), (str(chart("shared")),)):
        if "no-such-folder" not in arguments[-1]:
            yield Case(" ".join(arguments), (*arguments, "-n", "x"))


def written(folder):
    structs = {f"struct-{n}": render_structs.chart(text) for n, text in enumerate(render_structs.TEXTS)}
    for name, files in (render_broken.CHARTS | structs).items():
        for path, text in files.items():
            target = folder / "broken" / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())
        yield case(folder / "broken" / name, label=f"{name} {files}"[:600])
