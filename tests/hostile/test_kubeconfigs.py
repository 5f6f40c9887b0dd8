"""Kubeconfigs and exec plug-ins of people who mean harm, or of programs that are broken: bad input is told with its place, plug-ins
are ended with all that they started, and nothing of either reaches a terminal unseen.
"""
import os
import shlex
import stat
import subprocess
import time
import unittest

from harness import BAD_INPUT, TIMED_OUT, UNREACHABLE, Hostile, Row, main

WORDS = ("status", "--west", "config", "--east", "good", "--timeout", "6s", "--no-input")
TERM = {"term_s": 1}
ANSWER = '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": %s}'


def config(cluster="", user="token: x", server="https://127.0.0.1:1", more="", name="main"):
    return f"""apiVersion: v1
kind: Config
current-context: {name}
clusters: [{{name: c, cluster: {{server: '{server}'{', ' if cluster else ''}{cluster}}}}}]
users: [{{name: u, user: {{{user}}}}}]
contexts: [{{name: {name}, context: {{cluster: c, user: u}}}}]
{more}"""


def write(path, text):
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(0o600)


def begin(text, before=None):
    """The words of a row: its folder gets the kubeconfig, and what else it needs."""
    def words(folder):
        write(folder / "good", config())
        if before:
            before(folder)
        if text is not None:
            write(folder / "config", text)
        return WORDS
    return words


def bad(name, text, said, code=BAD_INPUT, before=None, **more):
    return Row(name, begin(text, before), code, said, **more)


def fifo(folder):
    os.mkfifo(folder / "pipe", 0o600)


def link(target):
    return lambda folder: (folder / "config").symlink_to(target)


def certificate(words):
    def make(folder):
        subprocess.run(f"openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout key -out cert {words} && "
                       "openssl genrsa -out other 2048", shell=True, cwd=folder, check=True, capture_output=True)
    return make


def plugin(script, more="", version="v1", interactive="Never"):
    """A kubeconfig whose plug-in is a shell script of the row's folder."""
    def words(folder):
        write(folder / "good", config())
        write(folder / "plugin", f"#!/bin/sh\n{script}\n")
        (folder / "plugin").chmod(0o700)
        write(folder / "config", config(user="exec: {apiVersion: client.authentication.k8s.io/%s, command: ./plugin, "
                                             "interactiveMode: %s%s}" % (version, interactive, more)))
        return WORDS
    return words


def answer(status):
    return plugin("cat <<'END'\n" + ANSWER % status + "\nEND")


def up(words):
    """The same with `up`, which tells what to do about it."""
    return lambda folder: ["up", *words(folder)[1:]]


def left_over(done):
    """Nobody that the plug-in started runs on; each wrote its pid."""
    pids = [int(word) for word in (done.folder / "pids").read_text().split()]
    deadline = time.monotonic() + 1
    while pids and time.monotonic() < deadline:
        pids = [pid for pid in pids if is_running(pid)]
        time.sleep(0.02)
    assert not pids, f"still there: {pids}"


def is_running(pid):
    try:
        return open(f"/proc/{pid}/stat", encoding="utf-8").read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def quick(seconds):
    def check(done):
        assert done.wall_s < seconds, done.wall_s
    return check


class Kubeconfigs(Hostile):
    def test_text(self):
        bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
        for one, other in zip("abcdefgh", "bcdefghi"):
            bomb += f"{other}: &{other} [*{one}, *{one}, *{one}, *{one}, *{one}, *{one}, *{one}, *{one}, *{one}]\n"
        many = "users:\n" + "".join(f"- {{name: u{i}}}\n" for i in range(700000))
        self.check_rows([
            bad("empty", "", "no context is chosen"),
            bad("comments alone", "# nothing\n# here\n", "no context is chosen"),
            bad("a word", "kubeconfig", "it holds no mapping"),
            bad("bytes of chance", bytes(range(256)) * 40, "config"),
            bad("a NUL", config().replace("main", "ma\0in"), "config"),
            bad("UTF-16", config().encode("utf-16"), (), (BAD_INPUT, UNREACHABLE)),
            bad("lines of DOS", config().replace("\n", "\r\n"), "not reached", UNREACHABLE),
            bad("larger than the limit", "#" * (16 << 20) + "\n", "larger than the limit"),
            bad("aliases of aliases", config(more=bomb), "config"),
            bad("nested deeper than any", "a: " + "[" * 200000, "config"),
            bad("nested mappings", "a: " + "{a: " * 100000, "config"),
            bad("a merge key of itself", config(more="x: &x\n  <<: *x\n"), "config"),
            bad("700,000 users", config(more=many).replace("users: [{", "other: [{"), "config"),
            bad("700,000 contexts, and none of them", config(more=many.replace("users", "contexts")).replace("contexts: [{", "other: [{"), "config"),
            bad("a list that is none", config().replace("users: [", "users: {a: [").replace("}}]\ncontexts", "}}]}\ncontexts"),
                "what should be a list is none"),
            bad("two of one name", config().replace("users: [", "users: [{name: u}, "), "two entries of a list have one name"),
            bad("another kind", config().replace("Config", "Secret"), 'its kind is "Secret"'),
            bad("a kind that would clear the screen", config().replace("kind: Config", 'kind: "\\e[2J\\u202e"'), "\\u001b[2J\\u202e"),
            bad("a tag of Python", config(more="x: !!python/object/apply:os.system [id]\n"), (), (BAD_INPUT, UNREACHABLE)),
        ])

    def test_entries(self):
        self.check_rows([
            bad("a context that is not there", config().replace("current-context: main", "current-context: mian"), 'did you mean "main"?'),
            bad("a context that would turn text", config(name='"m\\u202en"').replace("user: u", "user: v"), "\\u202e"),
            bad("a user that is not there", config().replace("user: u", "user: v"), 'there is no user "v"'),
            bad("a cluster that is not there", config().replace("cluster: c", "cluster: d"), 'there is no cluster "d"'),
            bad("no server", config().replace("server: 'https://127.0.0.1:1'", ""), "server"),
            bad("a server of another kind", config(server="ftp://127.0.0.1"), "server"),
            bad("a server without a host", config(server="https://"), (), (BAD_INPUT, UNREACHABLE)),
            bad("a server with a line end", config(server="https://127.0.0.1:1/\\n").replace("'", '"'), (), (BAD_INPUT, UNREACHABLE)),
            bad("a port that is none", config(server="https://127.0.0.1:99999"), (), (BAD_INPUT, UNREACHABLE)),
            bad("token and password", config(user="token: x, username: a, password: b"), "both"),
            bad("a token of two lines", config(user='token: "a\\nEvil: b"'), "token"),
            bad("a header in a user's name", config(user='token: x, as: "a\\r\\nEvil: b"'), "as"),
            bad("a header in a group", config(user='token: x, as: a, as-groups: ["b\\nEvil: c"]'), "as-groups"),
            bad("a proxy that is none", config(cluster="proxy-url: 'gopher://x'"), "proxy-url"),
            bad("not checked, and an authority", config(cluster="insecure-skip-tls-verify: true, certificate-authority-data: eA=="), "config"),
            bad("an authority that is no base64", config(cluster="certificate-authority-data: '*'"), "is not base64"),
            bad("an authority that is no certificate", config(cluster="certificate-authority-data: eHh4"), "config"),
            bad("file and data of an authority", config(cluster="certificate-authority: x, certificate-authority-data: eHh4"), "are both set"),
        ])

    def test_files(self):
        self.check_rows([
            bad("kubeconfig a folder", None, "Is a directory", before=lambda folder: (folder / "config").mkdir()),
            bad("kubeconfig not there", None, "No such file"),
            bad("kubeconfig a link to itself", None, "symbolic links", before=link("config")),
            bad("kubeconfig without end", None, "larger than the limit", before=link("/dev/zero")),
            bad("kubeconfig a pipe", None, "nothing came until the time was over", TIMED_OUT, before=lambda folder: (fifo(folder), link("pipe")(folder)), **TERM),
            bad("token a pipe", config(user="tokenFile: pipe"), "nothing came", TIMED_OUT, fifo, **TERM),
            bad("authority a pipe", config(cluster="certificate-authority: pipe"), "nothing came", TIMED_OUT, fifo, **TERM),
            bad("certificate a pipe", config(user="client-certificate: pipe, client-key: pipe"), "nothing came", TIMED_OUT, fifo, **TERM),
            bad("key a pipe", config(user="client-certificate: cert, client-key: pipe"), "nothing came", TIMED_OUT,
                lambda folder: (fifo(folder), certificate("")(folder)), **TERM),
            bad("token without end", config(user="tokenFile: /dev/zero"), "larger than the limit"),
            bad("token a folder", config(user="tokenFile: /tmp"), "Is a directory"),
            bad("token of two lines", config(user="tokenFile: t"), "more than one line", (BAD_INPUT, UNREACHABLE), lambda folder: write(folder / "t", "a\nb")),
            bad("token empty", config(user="tokenFile: t"), "is empty", (BAD_INPUT, UNREACHABLE), lambda folder: write(folder / "t", "")),
            bad("token a terminal", config(user="tokenFile: /dev/tty"), "/dev/tty"),
            bad("authority without end", config(cluster="certificate-authority: /dev/zero"), "larger than the limit"),
            bad("authority a kernel's", config(cluster="certificate-authority: /proc/self/maps"), "config"),
            bad("2,000 authorities", config(cluster="certificate-authority: many"), "config", before=lambda folder: (
                certificate("")(folder), write(folder / "many", (folder / "cert").read_text() * 2000))),
            bad("certificate without key", config(user="client-certificate: cert"), "config", before=certificate("")),
            bad("key of another certificate", config(user="client-certificate: cert, client-key: other"), "config", before=certificate("")),
        ])

    def test_list(self):
        def words(folder):
            return ["status", "--cluster", "a", "--cluster", "b", "--timeout", "5s"]
        self.check_rows([
            Row("1,000 files in KUBECONFIG", words, (BAD_INPUT, 64), (), env={"KUBECONFIG": ":".join(f"f{i}" for i in range(1000))}),
            Row("KUBECONFIG of colons", words, (BAD_INPUT, 64), (), env={"KUBECONFIG": ":" * 5000}),
        ])


class Plugins(Hostile):
    def test_answers(self):
        bomb = "cat <<'END'\na: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
            f"{b}: &{b} [*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi")) + "END"
        self.check_rows([
            Row("prints nothing", plugin("true"), UNREACHABLE, "no ExecCredential"),
            Row("prints words", plugin("echo 'log in first: ['"), UNREACHABLE, "neither JSON nor YAML"),
            Row("prints bytes of chance", plugin("head -c 5000 /dev/urandom"), UNREACHABLE, "exec plug-in"),
            Row("prints 1 GiB", plugin("head -c 1073741824 /dev/zero"), UNREACHABLE, "printed more than", again=quick(5)),
            Row("prints aliases of aliases", plugin(bomb), UNREACHABLE, "exec plug-in"),
            Row("prints 200,000 brackets", plugin("head -c 200000 /dev/zero | tr '\\0' '['"), UNREACHABLE, "neither JSON nor YAML"),
            Row("another kind", plugin("echo '{\"kind\": \"Secret\"}'"), UNREACHABLE, "no ExecCredential"),
            Row("another version", plugin("cat <<'END'\n" + ANSWER % '{"token": "x"}' + "\nEND", version="v1beta1"), UNREACHABLE, "another apiVersion"),
            Row("no status", answer("null"), UNREACHABLE, "no status"),
            Row("an empty status", answer("{}"), UNREACHABLE, "neither a token"),
            Row("a token with a header", answer('{"token": "secret-x\\r\\nEvil: y"}'), UNREACHABLE, "control character", ("secret-x",)),
            Row("a token with a NUL", answer('{"token": "secret-x\\u0000y"}'), UNREACHABLE, "neither a token", ("secret-x",)),
            Row("a token of 900 KB", plugin("printf '%s' '" + (ANSWER % '{"token": "').removesuffix("}") + "'; head -c 900000 /dev/zero | tr '\\0' x; echo '\"}}'"),
                UNREACHABLE, "not reached"),
            Row("an end that is no time", answer('{"token": "x", "expirationTimestamp": "soon"}'), UNREACHABLE, "no RFC 3339 time"),
            Row("an end long ago", answer('{"token": "x", "expirationTimestamp": "1999-01-01T00:00:00Z"}'), UNREACHABLE, "not reached"),
            Row("an end after all time", answer('{"token": "x", "expirationTimestamp": "9999999-01-01T00:00:00Z"}'), UNREACHABLE, "exec plug-in"),
            Row("a certificate without its key", answer('{"clientCertificateData": "x"}'), UNREACHABLE, "not both"),
            Row("a certificate that is none", answer('{"clientCertificateData": "x", "clientKeyData": "secret-x"}'), UNREACHABLE, "does not parse", ("secret-x",)),
        ])

    def test_ends(self):
        self.check_rows([
            Row("fails", plugin("exit 3"), UNREACHABLE, "failed with exit code 3"),
            Row("ends itself", plugin("kill -SEGV $$"), UNREACHABLE, "was ended by signal 11"),
            Row("says what a terminal obeys", plugin("printf '\\033[2J\\033]0;x\\007 \\342\\200\\256 log in' >&2; exit 1"), UNREACHABLE,
                "\\u001b[2J\\u001b]0;x\\u0007 \\u202e log in"),
            Row("says too much", plugin("yes log in | head -c 20000000 >&2; exit 1"), UNREACHABLE, "log in", again=quick(20)),
            Row("never ends", plugin("echo $$ >pids; sleep 600"), UNREACHABLE, "did not end within", again=left_over, **TERM),
            Row("never stops talking", plugin("echo $$ >pids; yes >&2"), UNREACHABLE, "did not end within", again=left_over, **TERM),
            Row("does not listen", plugin("echo $$ >pids; trap '' TERM INT HUP; while :; do sleep 0.2; done"), UNREACHABLE, "did not end within",
                again=left_over, **TERM),
            Row("has children", plugin("sleep 600 & echo $$ $! >pids; (trap '' TERM; sleep 600) & echo $! >>pids; wait"), UNREACHABLE,
                "did not end within", again=left_over, **TERM),
            Row("leaves a child with its output", plugin("sleep 30 & " + "cat <<'END'\n" + ANSWER % '{"token": "x"}' + "\nEND"), UNREACHABLE,
                "not reached", again=quick(8)),
            Row("leaves a child with its errors", plugin("sleep 30 >/dev/null & cat <<'END'\n" + ANSWER % '{"token": "x"}' + "\nEND"), UNREACHABLE,
                "not reached", again=quick(8)),
            Row("closes its output and goes on", plugin("echo $$ >pids; exec >&-; sleep 600"), UNREACHABLE, "did not end within", again=left_over, **TERM),
            Row("reads what nobody types", plugin("read line; exit 4"), UNREACHABLE, "failed with exit code 4"),
            Row("must ask, without a terminal", plugin("exit 0", interactive="Always"), UNREACHABLE, "standard input is no terminal"),
        ])

    def test_starts(self):
        def broken(command, before=None, more=""):
            return begin(config(user="exec: {apiVersion: client.authentication.k8s.io/v1, command: %s, interactiveMode: Never%s}"
                                     % (command, more)), before)
        self.check_rows([
            Row("not there", broken("./none"), UNREACHABLE, "No such file"),
            Row("not on PATH", up(broken("meshctl-has-none")), (1, UNREACHABLE), "put it on PATH"),
            Row("a folder", broken("./d", lambda folder: (folder / "d").mkdir()), UNREACHABLE, "Permission denied"),
            Row("may not be run", broken("./f", lambda folder: (write(folder / "f", "#!/bin/sh\n"), (folder / "f").chmod(stat.S_IRUSR))),
                UNREACHABLE, "Permission denied"),
            Row("no command", begin(config(user="exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}")), BAD_INPUT, "command"),
            Row("a version that nobody knows", begin(config(user="exec: {apiVersion: v9, command: x, interactiveMode: Never}")), BAD_INPUT, "v9"),
            Row("a hint that a terminal obeys", up(broken("./none", more=', installHint: "\\e[2J do this"')), (1, UNREACHABLE), "\\u001b[2J do this"),
            Row("a shell's words stay words", broken("./none", more=", args: [%s]" % shlex.quote("; touch hacked")), UNREACHABLE, "No such file"),
            Row("more arguments than fit", broken("/bin/true", more=", args: [" + ",".join(["x" * 100000] * 40) + "]"), UNREACHABLE, "exec plug-in"),
        ])


if __name__ == "__main__":
    main()
