"""Our template engine, --set grammar, YAML and versions against the real libraries of helm 3.22.0, on generated cases.

tests/tools/gotmpl makes the cases and answers them with the real libraries; tests/peers/difference.c answers them with
ours. What may differ is listed in tests/tools/gotmpl/exceptions.go.

Environment: GOTMPL and DIFFERENCE the two programs; DIFFERENCE_SEED and DIFFERENCE_CASES change the run.
"""
import json
import os
import resource
import subprocess
import unittest

SEED = int(os.environ.get("DIFFERENCE_SEED", "1"))
CASES = int(os.environ.get("DIFFERENCE_CASES", "105000"))
LEAST = 0.9  # of the cases; the rest took too long or is listed as different
TIMEOUT_S = 1200
SHRINK_ROUNDS = 400
SHRINK_SECONDS = 20  # for the candidates of one round
SHRINK_MEMORY = 4 << 30
SHOWN = 10  # differences that are made small and shown


def reports(text):
    """The driver's lines: what differs, the line of a crash or None, the counts of the last line."""
    found, crash = [], None
    lines = text.splitlines()
    for line in lines:
        if line.startswith("{"):
            found.append(json.loads(line))
        elif line.startswith("crash: "):
            crash = line.removeprefix("crash: ")
    return found, crash, lines[-1] if lines else ""


def drive(cases):
    return subprocess.run([os.environ["DIFFERENCE"]], input=cases, capture_output=True, timeout=TIMEOUT_S)


def smaller(case):
    """Nothing when a candidate eats memory or time: a template that was cut may well be one that never ends."""
    try:
        done = subprocess.run([os.environ["GOTMPL"], "smaller"], input=json.dumps(case).encode() + b"\n",
                              capture_output=True, timeout=SHRINK_SECONDS, preexec_fn=limit_memory)
    except subprocess.TimeoutExpired:
        return b""
    return b"" if done.returncode else done.stdout


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (SHRINK_MEMORY, SHRINK_MEMORY))


def kind(report):
    """What a smaller case has to keep, so that one difference does not turn into another."""
    return report["case"]["want"]["phase"], report["got"]["phase"]


def shrink(report):
    for _ in range(SHRINK_ROUNDS):
        found, _, _ = reports(drive(smaller(report["case"])).stdout.decode())
        same = [r for r in found if kind(r) == kind(report)]
        if not same:
            break
        report = min(same, key=lambda r: len(json.dumps([r["case"]["files"], r["case"]["data"]])))
    return report


def shown(report):
    case, want, got = report["case"], report["case"]["want"], report["got"]
    files = "\n".join(f"  {f['name']}: {f['text']!r}" for f in case["files"])
    answers = "\n".join(f"  {name} {key}: {answer[key]!r}" for name, answer in (("helm", want), ("ours", got))
                        for key in ("phase", "out", "err", "helm") if answer[key])
    return f"case {case['id']} {case.get('mode', '')}\n{files}\n  data: {json.dumps(case['data'])}\n{answers}"


class Difference(unittest.TestCase):
    def test_generated_cases(self):
        print(f"seed {SEED}, {CASES} cases", flush=True)
        with subprocess.Popen([os.environ["GOTMPL"], "generate", "-seed", str(SEED), "-count", str(CASES)],
                              stdout=subprocess.PIPE) as generator:
            driver = subprocess.run([os.environ["DIFFERENCE"]], stdin=generator.stdout, capture_output=True,
                                    timeout=TIMEOUT_S)
            generator.stdout.close()
        found, crash, counts = reports(driver.stdout.decode())
        self.assertIsNone(crash, f"seed {SEED}: the driver ended at this case\n{driver.stderr.decode()[-4000:]}")
        self.assertEqual(generator.returncode, 0)
        self.assertIn(driver.returncode, (0, 1), driver.stderr.decode()[-4000:])
        self.assertGreaterEqual(int(counts.split()[0]), LEAST * CASES)
        if found:
            self.fail(f"seed {SEED}: {counts}\n" + "\n\n".join(shown(shrink(r)) for r in found[:SHOWN]))


if __name__ == "__main__":
    unittest.main()
