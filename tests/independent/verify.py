#!/usr/bin/env python3
"""Verifies backups of a dispute ledger: verify.py BACKUP... [--key VKEY]...

Written from FORMAT.md alone, with Python's standard library and the blake3 package; it shares no
code with the program that writes the backups. One line of JSON for each file; all findings are told.
Exit 0: nothing wrong. 5: something was found. 1: a file could not be read.
"""
import argparse
import datetime
import hashlib
import json
import re
import sys
import unicodedata

from blake3 import blake3

import signatures
from signatures import require, unbase64

HEADING = b"dispute backup 1\n"
ZEROS = bytes(32)
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
ABOUT_ANOTHER = ("amendment", "retraction", "redaction")
DAY = 86_400_000_000
EPOCH = datetime.date(1970, 1, 1).toordinal()
FIRST_TIME = (1 - 25 * 146_097 - EPOCH) * DAY  # -9999-01-01: 400 years have 146,097 days
END_OF_TIME = (datetime.date(9999, 12, 31).toordinal() + 367 - EPOCH) * DAY  # the last year is 10000


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        require(count <= len(self.data) - self.at, "it ends too early")
        self.at += count
        return self.data[self.at - count:self.at]

    def big(self, size):
        return int.from_bytes(self.take(size), "big")

    def uint(self):
        first = self.take(1)[0]
        if first < 251:
            return first
        require(first <= 253, "no integer begins like this")
        number = int.from_bytes(self.take(2 << (first - 251)), "little")
        require(number >= (251, 1 << 16, 1 << 32)[first - 251], "an integer is longer than need be")
        return number

    def time(self):
        number = self.uint()
        number = number // 2 if number % 2 == 0 else -(number // 2) - 1
        require(FIRST_TIME <= number < END_OF_TIME, "a time out of range")
        return number

    def bytes(self):
        return self.take(self.uint())

    def text(self):
        return self.bytes().decode("utf-8")

    def option(self, read):
        tag = self.take(1)
        require(tag in (b"\0", b"\1"), "neither nothing nor something")
        return read() if tag == b"\1" else None

    def done(self):
        require(self.at == len(self.data), "bytes follow the last field")


def decode(data):
    """An envelope. Each part is read in one form only, so it encodes to the same bytes again."""
    require(len(data) <= 65_535, "the envelope is too long")
    r = Reader(data)
    e = {"format": r.take(1)[0], "ledger": r.take(16), "sequence": r.uint(), "previous": r.take(32),
         "recorded_at": r.time(), "recorded_by": r.text(), "id": r.text(), "dispute": r.text(), "kind": r.text(),
         "schema": r.uint(), "occurred": r.text(), "earliest": r.option(r.time), "latest": r.option(r.time),
         "refers_to": [r.text() for _ in range(r.uint())], "commitment": r.take(32)}
    r.done()
    require(e["format"] == 1, "an unknown format version")
    require(1 <= len(e["recorded_by"].encode()) <= 256, "recorded_by is empty or too long")
    require(all(unicodedata.category(c) != "Cc" for c in e["recorded_by"]), "a control character")
    require(ID.fullmatch(e["id"]) and SLUG.fullmatch(e["kind"]), "no id, or no kind")
    require(not e["dispute"] or SLUG.fullmatch(e["dispute"]), "no dispute")
    require(e["schema"] < 1 << 16, "no schema version")
    span = [time for time in (e["earliest"], e["latest"]) if time is not None]
    require(e["occurred"] or not span, "a span without a date")
    require(len(span) < 2 or span[0] < span[1], "a span that ends before it begins")
    require(e["kind"] not in ABOUT_ANOTHER or e["refers_to"], "it does not say what it is about")
    ledgers_own = (e["kind"], e["id"]) == ("ledger", "ledger")
    require(ledgers_own == (e["sequence"] == 0), "the ledger's own envelope is the first and no other")
    require(not ledgers_own or not (e["dispute"] or e["occurred"] or e["refers_to"]), "the ledger's own says too much")
    return e


def digest(envelope):
    return blake3(envelope, derive_key_context="dispute-ledger 1 envelope").digest()


def commitment(salt, content):
    return blake3(salt + content, derive_key_context="dispute-ledger 1 content").digest()


class Number(str):
    """A number as it is written."""


def canonical(value):
    if isinstance(value, dict):
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, Number):
        require(re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?", value) and value != "-0", "a number in another form")
        return value
    return json.dumps(value, ensure_ascii=False)


def is_content(data):
    try:
        value = json.loads(data.decode("utf-8"), parse_int=Number, parse_float=Number, parse_constant=Number)
        return len(data) <= 262_144 and isinstance(value, dict) and canonical(value).encode() == data
    except (ValueError, RecursionError):
        return False


def leaf(envelope):
    return hashlib.sha256(b"\0" + envelope).digest()


def root(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root(leaves[:left]) + root(leaves[left:])).digest()


def check_checkpoint(note, ledger, leaves, keys, find):
    """Whether somebody who is trusted signed it; nothing where it cannot be read."""
    try:
        text, signed = signatures.signed_note(note)
        lines = text.split("\n")
        require(len(lines) > 3 and all(lines[:-1]), "fewer than three lines, or an empty one")
        require(re.fullmatch("0|[1-9][0-9]{0,19}", lines[1]), "no decimal")
        origin, size, expected = lines[0], int(lines[1]), unbase64(lines[2])
        require(size < 1 << 64 and len(expected) == 32, "no size, or no root")
    except ValueError:
        return find("checkpoint-malformed")
    if origin != ledger.hex():
        find("checkpoint-origin")
    if leaves is not None and size > len(leaves):
        find("checkpoint-beyond-end", max(size, 1) - 1)
    elif leaves is not None and root(leaves[:size]) != expected:
        find("checkpoint-root", max(size, 1) - 1)
    trusted = [(keys[name, key_id], blob) for name, key_id, blob in signed if (name, key_id) in keys]
    if not all(signatures.holds(key, text, blob) for key, blob in trusted):
        find("checkpoint-signature")
    return bool(trusted)


def read_record(part):
    r = Reader(part)
    stored, envelope = r.take(32), r.bytes()
    content = r.option(lambda: (r.take(32), r.bytes()))
    r.done()
    return stored, envelope, content


def check_records(first, previous, ledger, parts, find):
    """Gives the leaves of the tree, or nothing where a record could not be read, and the last digest."""
    leaves, places, seen, unknown, redacted, clock = [], {}, [], [], {}, None
    for place, part in enumerate(parts, first):
        try:
            stored, envelope, content = read_record(part)
        except ValueError:
            find("record", place)
            previous = leaves = None
            continue
        before, previous = previous, digest(envelope)
        if leaves is not None:
            leaves.append(leaf(envelope))
        if stored != previous:
            find("digest", place)
        try:
            e = decode(envelope)
        except ValueError:
            find("envelope", place)
            continue
        committed = content is not None and commitment(*content) == e["commitment"]
        checks = {
            "sequence": e["sequence"] == place, "ledger": e["ledger"] == (seen[0][1]["ledger"] if seen else e["ledger"]),
            "previous": before in (None, e["previous"]), "clock": clock is None or clock <= e["recorded_at"],
            "commitment": content is None or committed, "content": not committed or is_content(content[1]),
            "id": e["id"] not in places}
        for code in (code for code, right in checks.items() if not right):
            find(code, place)
        unknown += [(reference, place) for reference in e["refers_to"] if reference not in places]
        places.setdefault(e["id"], place)
        clock = e["recorded_at"]
        seen.append((place, e, content is not None))
        if e["kind"] == "redaction" and stored == previous and content is not None:
            redacted[e["refers_to"][0]] = place
    if seen and seen[0][1]["ledger"] != ledger:
        find("beginning")
    for reference, place in unknown:
        if first == 0 or reference in places:  # what an increment does not have may be before it
            find("reference", place)
    for place, e, there in seen:
        about = [e["id"]] + (e["refers_to"][:1] if e["kind"] == "amendment" else [])
        if there == any(redacted.get(name, -1) > place for name in about):
            find("erased-content-there" if there else "content-missing", place)
    return leaves, previous


def verify(data, keys=None):
    findings, records, checkpoints, head, end = [], [], [], None, None

    def find(code, sequence=None):
        findings.append({"code": code, "sequence": sequence})

    r = Reader(data)
    try:
        where = "beginning"
        require(r.take(len(HEADING)) == HEADING, "another kind of file")
        ledger, first, previous = r.take(16), r.big(8), r.take(32)
        require(first or previous == ZEROS, "nothing is before the first")
        while True:
            where = "framing"
            tag = r.take(1)
            if tag == b"e":
                break
            require(tag == b"r" and not checkpoints or tag == b"c", "an unknown part, or out of order")
            where = "record" if tag == b"r" else "checkpoint"
            length = r.big(4)
            require(100 <= length <= (327_807 if tag == b"r" else 1_000_000), "no such part has this length")
            (records if tag == b"r" else checkpoints).append(r.take(length))
        where = "end"
        end = r.big(8), r.take(32), r.take(32)
        if blake3(data[:r.at - 32]).digest() != end[2]:
            find("file-digest")
        if r.at != len(data):
            find("bytes-after-end")
    except ValueError:
        find(where, first + len(records) if where == "record" and (records or first) else None)
    if where != "beginning":
        leaves, computed = check_records(first, previous, ledger, records, find)
        place = first + len(records)
        if place == 0:
            find("empty")
        elif end and end[0] != place:
            find("end", place)
        elif end and computed not in (None, end[1]):
            find("end", place - 1)
        leaves = None if first else leaves
        signed = [check_checkpoint(note, ledger, leaves, keys or {}, find) for note in checkpoints]
        if keys and False in signed and True not in signed:
            find("checkpoint-unsigned")
        if computed and records:
            head = f"{place - 1}:{computed.hex()}"
    sequences = [finding["sequence"] for finding in findings if finding["sequence"] is not None]
    return {"ok": not findings, "events": len(records), "head": head, "first_bad": min(sequences, default=None),
            "findings": findings}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("backups", nargs="+", metavar="BACKUP")
    parser.add_argument("--key", action="append", default=[], metavar="VKEY", help="a key that is trusted")
    arguments = parser.parse_args()
    try:
        keys = dict(map(signatures.verifier_key, arguments.key))
    except ValueError as error:
        parser.error(f"--key: {error}")
    reports = []
    for path in arguments.backups:
        with open(path, "rb") as file:
            reports.append(verify(file.read(), keys))
        print(json.dumps(reports[-1]))
    return 0 if all(report["ok"] for report in reports) else 5


if __name__ == "__main__":
    sys.exit(main())
