"""The program under test, and what has to hold of its ledger after a fault."""
import collections
import json
import os
import select
import subprocess
import time

Head = collections.namedtuple("Head", "sequence digest")


class Bad(Exception):
    """Something that must never be."""


class Ledger:
    """A ledger; what is derived in it and stale is noted in `stale`, and the round goes on."""

    def __init__(self, program, folder, stale):
        self.program, self.folder, self.stale = program, folder, stale

    def words(self, arguments):
        return [self.program, "--ledger", self.folder, "--quiet", "--no-input", "--json", *map(str, arguments)]

    def start(self, *arguments):
        return Running(self.words(arguments))

    def call(self, *arguments, allowed=(0,)):
        """Runs to the end, and has to succeed: the last object that it answered."""
        done = subprocess.run(self.words(arguments), capture_output=True, text=True, env=environment())
        if done.returncode not in allowed:
            what = done.stdout.strip()[-800:] + done.stderr.strip()[-800:]
            raise Bad(f"`{' '.join(map(str, arguments))}` exits {done.returncode}: {what}")
        return json.loads(done.stdout.splitlines()[-1])

    def head(self):
        return head_of(self.call("head"))

    def add(self, number):
        return head_of(self.call(*statement_words(number)))

    def verify(self, expected, anchor):
        """Nothing is wrong, and the history still goes through the anchor."""
        anchor = [] if anchor.sequence == 0 else ["--expect-head", f"{anchor.sequence}:{anchor.digest}"]
        answer = self.call("verify", *anchor, allowed=(0, 5))
        if any(finding["code"] != "derived-stale" for finding in answer["findings"]):
            raise Bad(f"verify found {answer['findings']}")
        self.stale += [finding["text"] for finding in answer["findings"]]
        if head_of(answer["head"]) != expected or answer["events"] != expected.sequence:
            raise Bad(f"verify saw {answer['events']} events and {answer['head']}, not {expected}")

    def after_fault(self, before, answered, steps):
        """What is on record, having looked twice: all that was answered, and at most `steps` events
        that were not, all of them or none."""
        first, second = self.head(), self.head()
        if first != second:
            raise Bad(f"{first} at the first opening, {second} at the second")
        if answered is not None and first != answered:
            raise Bad(f"answered {answered}, there is {first}")
        if answered is None and first != before and first.sequence != before.sequence + steps:
            raise Bad(f"{before} and perhaps {steps} more; there is {first}")
        self.verify(first, answered or before)
        return first

    def files_with(self, words, outside=()):
        """The files in which one of some texts can be read."""
        found = []
        for path in sorted(self.folder.rglob("*")):
            top = path.relative_to(self.folder).parts[0]
            if path.is_file() and top not in outside:
                held = path.read_bytes()
                found += [f"{word} in {path.relative_to(self.folder)}" for word in words if word.encode() in held]
        return found

    def segments(self):
        return sorted(path.name for path in self.folder.glob("segments/*"))


class Running:
    """A process that may be hit."""

    def __init__(self, words):
        self.begun = time.monotonic()
        self.process = subprocess.Popen(words, bufsize=0, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        env=environment())
        self.said = b""

    def take(self, seconds):
        """Whether it has answered within some time; what it says is read as it comes."""
        until = time.monotonic() + seconds
        while not self.said.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, until - time.monotonic()))
            if not ready:
                return False
            more = os.read(self.process.stdout.fileno(), 65536)
            if not more:
                return False
            self.said += more
        return True

    def kill(self):
        self.process.kill()
        self.process.wait()

    def answer(self):
        return json.loads(self.said.splitlines()[-1]) if self.said.endswith(b"\n") else None


def environment():
    return {"PATH": os.environ["PATH"], "DISPUTE_AS": "faults"}


def head_of(answer):
    """Of an answer: the head after it."""
    answer = answer.get("head", answer)
    return Head(answer["sequence"], answer["digest"])


def founding():
    """What statements refer to."""
    return [
        {"kind": "party", "id": "p-employer", "party": "employer", "name": "Employer", "role": "employer"},
        {"kind": "party", "id": "p-union", "party": "union", "name": "Union", "role": "union"},
        {"kind": "dispute-opened", "id": "d-opened", "dispute": "dispute", "occurred": "2024-01-02", "title": "Dispute",
         "time_zone": "America/Los_Angeles", "employers": ["employer"], "unions": ["union"]},
    ]


def marker(number):
    """A text that is in no other statement, and that no compression shortens much."""
    digits, state = "", number * 2654435761 + 97
    for _ in range(6):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        digits += f"{state >> 32:08x}"
    return digits


def name(number):
    return f"s-{number}"


def statement(number):
    return {"kind": "statement", "id": name(number), "dispute": "dispute", "occurred": "2024-02-03",
            "speaker": "Speaker", "on_behalf_of": "employer", "text": f"statement {number} {marker(number)}"}


def statement_words(number):
    event = statement(number)
    return ["add", "statement", "dispute", "--id", event["id"], "--on", event["occurred"], "--speaker", "Speaker",
            "--on-behalf-of", "employer", "--text", event["text"]]


def write_events(path, events):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)
