#!/usr/bin/env python3
"""A Rollcall agent in Python, with the standard library only. It follows docs/reference/minimal-agent.md.

Settings: NATS_URL, ROLLCALL_NAMESPACE, ROLLCALL_HOST, ROLLCALL_NAME, ROLLCALL_TTL and ROLLCALL_GRACE (seconds),
ROLLCALL_INSTANCES: a JSON list of {"service", "id", "address"?, "port"?, "labels"?}.
SIGTERM makes it leave; it exits with 0, or with 1 if another run has its slot.
"""
import base64, hashlib, json, os, re, secrets, select, signal, socket, sys, time
from urllib.parse import urlparse

HOST = os.environ.get("ROLLCALL_HOST", socket.gethostname())
NAME = os.environ.get("ROLLCALL_NAME", "python")
NAMESPACE = os.environ.get("ROLLCALL_NAMESPACE", "default")
TTL = int(os.environ.get("ROLLCALL_TTL", "15"))
GRACE = int(os.environ.get("ROLLCALL_GRACE", "30"))
WANTED = json.loads(os.environ.get("ROLLCALL_INSTANCES", "[]"))
EXPECT = "Nats-Expected-Last-Subject-Sequence"


class Conflict(Exception): """A record has another revision: read again."""
class Unknown(Exception): """It may or may not be stored, now or later."""
class Over(Exception): """This run is over: `expired`, `absent` or `superseded`."""
class Leave(Exception): """SIGTERM."""


def token(name):
    return "".join(chr(b) if re.match(rb"[A-Za-z0-9_-]", bytes([b])) else f"={b:02X}" for b in name.encode())


def now():
    return int(time.time() * 1000)


SLOT = f"{token(HOST)}.{token(NAME)}"
REGISTRY, LEASES = f"KV_rollcall_{NAMESPACE}_registry", f"KV_rollcall_{NAMESPACE}_leases"
AGENT_KEY = f"$KV.rollcall_{NAMESPACE}_registry.agent.{SLOT}"
INSTANCES = f"$KV.rollcall_{NAMESPACE}_registry.instance.{SLOT}."
EVENTS = f"rollcall.{NAMESPACE}.event.{SLOT}"


class Connection:
    """A NATS connection: requests one after the other, and the messages to the run's own subject."""

    def __init__(self, run):
        url = urlparse(os.environ.get("NATS_URL", "nats://127.0.0.1:4222"))
        self.socket = socket.create_connection((url.hostname, url.port or 4222), timeout=5)
        self.buffer, self.replies, self.notices = b"", {}, 0
        self.inbox = f"_INBOX.{secrets.token_hex(11)}"
        self.line()  # INFO
        options = {"name": f"rollcall {token(HOST)}/{token(NAME)} {run}", "lang": "python", "version": "1",
                   "verbose": False, "pedantic": False, "headers": True, "no_responders": True}
        if url.username is not None:
            options.update(user=url.username, **({"pass": url.password} if url.password else {}))
        self.send(f"CONNECT {json.dumps(options)}\r\nSUB {self.inbox}.* 1\r\n"
                  f"SUB rollcall.{NAMESPACE}.run.{SLOT}.{run} 2\r\nPING\r\n".encode())
        self.ready = False
        end = time.monotonic() + 5
        while not self.ready:
            self.pump(end)

    def send(self, data):
        self.socket.settimeout(5)
        self.socket.sendall(data)

    def more(self, end):
        """Reads what has arrived; False if nothing arrived in time. A signal ends the wait early."""
        if not select.select([self.socket], [], [], max(0, end - time.monotonic()))[0]:
            return False
        data = self.socket.recv(65536)
        if data == b"":
            raise ConnectionError("the server closed the connection")
        self.buffer += data
        return True

    def line(self, end=None):
        while b"\r\n" not in self.buffer:
            if not self.more(end or time.monotonic() + 5):
                return None
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line.decode()

    def pump(self, end):
        """Handles one message of the server; False if none came in time."""
        line = self.line(end)
        if line is None:
            return False
        verb, *words = line.split(" ")
        if verb == "PING":
            self.send(b"PONG\r\n")
        elif verb == "PONG":
            self.ready = True
        elif verb == "-ERR":
            raise ConnectionError(line)
        elif verb in ("MSG", "HMSG"):
            size = int(words[-1])
            head = int(words[-2]) if verb == "HMSG" else 0
            while len(self.buffer) < size + 2:
                if not self.more(time.monotonic() + 5):
                    raise ConnectionError("half a message")
            body, self.buffer = self.buffer[:size], self.buffer[size + 2:]
            reply = words[2] if len(words) == (4 if verb == "MSG" else 5) else None
            if words[1] == "1":
                self.replies[words[0]] = (body[:head], body[head:])
            elif body[head:] == b"" and reply:
                self.publish(reply, {}, b'{"lag":0,"state":"serving"}')
            else:
                self.notices += 1
        return True

    def publish(self, subject, headers, body, reply=""):
        head = ("NATS/1.0\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n").encode() if headers else b""
        sizes = f"{len(head)} {len(head) + len(body)}" if head else f"{len(body)}"
        self.send(f"{'HPUB' if head else 'PUB'} {subject} {reply + ' ' if reply else ''}{sizes}\r\n".encode()
                  + head + body + b"\r\n")

    def request(self, subject, headers=None, body=b"", before=(), within=5):
        """The reply as (head, body); None without one in time."""
        reply = f"{self.inbox}.{secrets.token_hex(6)}"
        for message in before:
            self.publish(*message)
        self.publish(subject, headers or {}, body, reply)
        end = time.monotonic() + within
        while reply not in self.replies and self.pump(end):
            pass
        return self.replies.pop(reply, None)

    def store(self, messages):
        """Stores messages, several of them as one batch; the sequence of the first."""
        if len(messages) > 1:
            batch = secrets.token_hex(11)
            messages = [(s, {**h, "Nats-Batch-Id": batch, "Nats-Batch-Sequence": i + 1}, b)
                        for i, (s, h, b) in enumerate(messages)]
            messages[-1][1]["Nats-Batch-Commit"] = 1
        for _ in range(50):
            answer = self.request(*messages[-1], before=messages[:-1])
            if answer is None:
                raise Unknown("no acknowledgement")
            ack = json.loads(answer[1] or b"{}")
            code = ack.get("error", {}).get("err_code")
            if code == 10164:
                time.sleep(0.02)
                continue
            if code == 10071:
                raise Conflict(ack["error"]["description"])
            if "seq" not in ack:
                raise RuntimeError(f"the server refuses a write: {ack or answer[0]}")
            return ack["seq"] - len(messages) + 1
        raise Unknown("another batch is in flight")

    def api(self, what, body):
        answer = self.request(f"$JS.API.{what}", body=json.dumps(body).encode())
        if answer is None or answer[1] == b"":
            raise Unknown(f"{what}: no answer")
        return json.loads(answer[1])

    def read(self, stream, subject):
        """The value (None: there is none) and the revision of a key, from the leader."""
        answer = self.api(f"STREAM.MSG.GET.{stream}", {"last_by_subj": subject})
        if "message" not in answer:
            if answer["error"].get("err_code") != 10037:
                raise RuntimeError(f"{subject}: {answer['error']}")
            return None, 0
        message = answer["message"]
        head = base64.b64decode(message.get("hdrs", ""))
        if b"KV-Operation" in head or b"Nats-Marker-Reason" in head:
            return None, message["seq"]
        return base64.b64decode(message.get("data", "")), message["seq"]

    def list(self, prefix):
        subjects = []
        while True:
            state = self.api(f"STREAM.INFO.{REGISTRY}", {"subjects_filter": prefix + ">", "offset": len(subjects)})
            found = list((state["state"].get("subjects") or {}).keys())
            subjects += found
            if not found or len(subjects) >= state.get("total", 0):
                return subjects


def state_of(record):
    if "phase" not in record:
        return record["state"]
    if record["phase"] == "expired":
        return "expired"
    return {"present": {"phase": record["phase"], "sight": "suspect" if "suspect" in record else "clear"}}


class Run:
    def __init__(self, connection, run):
        self.bus, self.run = connection, run
        self.me = {"host": HOST, "agent": NAME, "run": run}
        self.lease_key = f"$KV.rollcall_{NAMESPACE}_leases.run.{SLOT}.{run}"
        self.lease, self.sent = 0, (0.0, 0.0)
        self.agent, self.revision = None, 0
        self.instances = {}  # subject: (record or None, revision)

    # Lease

    def write_lease(self, expected):
        sent = (time.monotonic(), time.time())
        text = json.dumps({"v": 1, "run": self.run, "ttl": TTL * 1000}).encode()
        self.lease = self.bus.store([(self.lease_key, {"Nats-TTL": f"{TTL}s", EXPECT: expected}, text)])
        self.sent = sent

    def has_lease(self):
        return self.lease > 0 and max(time.monotonic() - self.sent[0], time.time() - self.sent[1]) < TTL

    def take_lease(self):
        _, revision = self.bus.read(LEASES, self.lease_key)
        self.write_lease(revision)

    # Events and commits

    def event(self, of, n, event, before, after, record, prev, evidence=None):
        entity = {"entity": "instance" if "service" in of else "run", **of}
        body = {"v": 1, "eventId": secrets.token_hex(16), "at": now(), "of": entity, "machine": entity["entity"],
                "chart": "", "n": n, "event": event, "from": before, "to": after, "edges": [], "actor": self.me,
                **({"evidence": evidence} if evidence else {}), "record": record, "prev": prev}
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        parts = [of["run"]] + ([token(of["service"]), token(of["id"])] if "service" in of else []) + [str(n)]
        return f"{EVENTS}.{'.'.join(parts)}", text, hashlib.sha256(text).hexdigest()

    def put(self, subject, old, revision, change, event, evidence=None):
        """A record after one more event of its chain: its message, its event, and the new record."""
        record = {k: v for k, v in {**old, **change}.items() if k != "hash" and v is not None}
        number = "term" if "phase" in old else "token"
        record.update({number: old[number] or revision, "n": old["n"] + 1})
        of = {k: record[k] for k in ("host", "agent", "run", "service", "id") if k in record}
        where, text, digest = self.event(of, record["n"], event, state_of(old), state_of(record), record, old["hash"], evidence)
        record = {**record, "hash": digest}
        return (subject, {EXPECT: revision}, json.dumps(record).encode()), (where, {}, text), record

    def end(self, old, event, after):
        """The last event of a chain, and its hash."""
        of = {k: old[k] for k in ("host", "agent", "run", "service", "id") if k in old}
        where, text, digest = self.event(of, old["n"] + 1, event, state_of(old), after, None, old["hash"])
        return (where, {}, text), digest

    def commit(self, writes, events):
        if not any(subject == AGENT_KEY for subject, _, _ in writes):
            events[0][1].update({EXPECT: self.revision, f"{EXPECT}-Subject": AGENT_KEY})
        return self.bus.store(writes + events)

    def turn_agent(self, event, phase=None, **change):
        change = {**change, "phase": phase or self.agent["phase"]}
        if change["phase"] != self.agent["phase"] or "suspect" in self.agent:
            change["since"] = now()
        write, event, record = self.put(AGENT_KEY, self.agent, self.revision, change, {"type": event})
        self.revision = self.commit([write], [event])
        self.agent = record

    # The life of a run

    def claim(self, former):
        while True:
            text, revision = self.bus.read(REGISTRY, AGENT_KEY)
            old = json.loads(text) if text else None
            taken = "free" if old is None else self.may_take(old, former)
            ended, prev = self.end(old, {"type": "removed" if old["phase"] == "expired" else "superseded"},
                                   "removed" if old["phase"] == "expired" else "superseded") if old else (None, None)
            record = {"v": 1, **self.me, "term": 0, "phase": "registering", "ttl": TTL * 1000, "grace": GRACE * 1000,
                      "process": {"boot": open("/proc/sys/kernel/random/boot_id").read().strip(),
                                  "namespace": os.readlink("/proc/self/ns/pid"), "pid": os.getpid()},
                      "startedAt": now(), "since": now(), "n": 1}
            where, body, digest = self.event(self.me, 1, {"type": "started"}, None, state_of(record), record, prev,
                                             {"taken": taken})
            record["hash"] = digest
            events = ([ended] if ended else []) + [(where, {}, body)]
            try:
                self.revision = self.bus.store([(AGENT_KEY, {EXPECT: revision}, json.dumps(record).encode())] + events)
                self.agent = record
                return
            except Conflict:
                continue

    def may_take(self, old, former):
        if old["phase"] == "expired":
            return "expired"
        if old["run"] in former:
            return "former-run-of-this-process"
        lease = f"$KV.rollcall_{NAMESPACE}_leases.run.{SLOT}.{old['run']}"
        while True:
            value, before = self.bus.read(LEASES, lease)
            answer = self.bus.request(f"rollcall.{NAMESPACE}.run.{SLOT}.{old['run']}", within=2)
            if answer is not None and not answer[0].startswith(b"NATS/1.0 503"):
                print(f"{HOST}/{NAME} is held by the run {old['run']}, which answers", file=sys.stderr)
                sys.exit(1)
            self.wait(3 if answer else 1)
            value, after = self.bus.read(LEASES, lease)
            if value is None:
                return "lease-lapsed"
            if answer is not None and before == after:
                return "nobody-answers"

    def wait(self, seconds):
        """Handles messages, and keeps the lease."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.keep_lease()
            self.bus.pump(min(end, time.monotonic() + 0.2))

    def keep_lease(self):
        if self.lease and time.monotonic() - self.sent[0] >= TTL / 3:
            try:
                self.write_lease(self.lease)
            except Conflict:
                self.lease = 0
        if not self.has_lease():
            self.take_lease()
            if self.agent:
                self.check()
                self.turn_agent("regranted", suspect=None)

    def check(self):
        """Reads the own record. @raises Over"""
        text, revision = self.bus.read(REGISTRY, AGENT_KEY)
        record = json.loads(text) if text else None
        if record is None or (record["run"] == self.run and record["phase"] == "expired"):
            raise Over("expired" if record else "absent")
        if record["run"] != self.run:
            raise Over("superseded")
        self.agent, self.revision = record, revision

    def settle(self):
        """After an unknown outcome: no earlier write can be stored after this one."""
        self.check()
        if self.agent["phase"] in ("registering", "live"):
            self.turn_agent("confirmed")

    def load(self):
        self.instances = {}
        for subject in self.bus.list(INSTANCES):
            text, revision = self.bus.read(REGISTRY, subject)
            self.instances[subject] = (json.loads(text) if text else None, revision)

    def reconcile(self):
        self.load()
        wanted = {f"{INSTANCES}{token(one['service'])}.{token(one['id'])}": one for one in WANTED}
        for subject, (record, revision) in list(self.instances.items()):
            if record and subject not in wanted:
                self.remove(subject, record, revision, "deregistered")
        for subject, one in wanted.items():
            record, revision = self.instances.get(subject, (None, 0))
            if record and record["run"] == self.run:
                continue
            ended, prev = self.end(record, {"type": "adopted"}, "adopted") if record else (None, None)
            body = {"v": 1, **self.me, "labels": {}, **one, "token": 0, "state": "serving",
                    "registeredAt": now(), "since": now(), "n": 1}
            of = {**self.me, "service": one["service"], "id": one["id"]}
            where, text, digest = self.event(of, 1, {"type": "registered"}, None, "serving", body, prev)
            write = (subject, {EXPECT: revision}, json.dumps({**body, "hash": digest}).encode())
            self.commit([write], ([ended] if ended else []) + [(where, {}, text)])
        if self.agent["phase"] == "registering":
            self.turn_agent("announced", "live")

    def removal(self, subject, record, revision, why):
        event, _ = self.end(record, {"type": "removed", "why": why}, "removed")
        return (subject, {EXPECT: revision, "KV-Operation": "PURGE", "Nats-TTL": "86400s"}, b""), event

    def remove(self, *instance):
        write, event = self.removal(*instance)
        self.commit([write], [event])

    def leave(self):
        if self.agent["phase"] != "leaving":
            self.turn_agent("withdrawn", "leaving")
        self.load()
        own = [(s, r, v, "left") for s, (r, v) in self.instances.items() if r]
        pairs = [self.removal(*one) for one in own]
        event, _ = self.end(self.agent, {"type": "left"}, "left")
        gone = (AGENT_KEY, {EXPECT: self.revision, "KV-Operation": "PURGE", "Nats-TTL": "86400s"}, b"")
        self.commit([w for w, _ in pairs] + [gone], [e for _, e in pairs] + [event])
        self.bus.store([(self.lease_key, {EXPECT: self.lease, "KV-Operation": "PURGE", "Nats-TTL": "60s"}, b"")])

    def serve(self):
        read_at, noticed = time.monotonic(), self.bus.notices
        while True:
            self.wait(0.2)
            if stopping:
                raise Leave()
            if time.monotonic() - read_at >= TTL or noticed != self.bus.notices:
                read_at, noticed = time.monotonic(), self.bus.notices
                self.check()
                if "suspect" in self.agent and self.has_lease():
                    self.turn_agent("regranted", suspect=None)


stopping = []
signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))


def live(former):
    """One run, from its lease to its end."""
    name, run, is_unsure = secrets.token_hex(13), None, False
    while True:
        try:
            connection = Connection(name)
            if run is None:
                run = Run(connection, name)
                run.take_lease()
                run.claim(former)
            run.bus = connection
            is_unsure = is_unsure or run.agent is None
            if run.agent is None:
                return name  # it may have taken the slot, or not: never use this run id again
            while True:
                try:
                    if is_unsure:
                        run.settle()
                        is_unsure = False
                    if stopping:
                        run.leave()
                        sys.exit(0)
                    run.reconcile()
                    run.serve()
                except Leave:
                    continue
                except Conflict:
                    run.check()
        except Over as over:
            print(f"run {name} is over: {over}", file=sys.stderr)
            if str(over) == "superseded":
                sys.exit(1)
            return name
        except (Unknown, OSError) as cause:
            print(f"lost the store: {cause}; trying again", file=sys.stderr)
            is_unsure = True
            time.sleep(0.5)
            if stopping and run is None:
                sys.exit(0)


if __name__ == "__main__":
    former = set()
    while True:
        former.add(live(former))
