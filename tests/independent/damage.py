#!/usr/bin/env python3
"""Damages copies of a backup and asks two verifiers about each: damage.py BACKUP --program DISPUTE

The one is verify.py, the other `dispute verify --backup`. They have to agree on whether anything is
wrong, and on the first bad sequence: the least `sequence` of all findings. Findings that are about
the file as a whole have no sequence and do not count for it; where all are of that sort, both have
to have none.

Contents and dates stay what the rules of their kinds allow: those rules are not in FORMAT.md, and
verify.py does not know them, so that the two could not agree on what breaks nothing else.

Which copies are made depends on the seed alone. Copies on which the two do not agree are kept.
Exit 0: they agree on all. 5: not on all.
"""
import argparse
import collections
import concurrent.futures
import functools
import itertools
import json
import pathlib
import random
import subprocess
import sys

import signatures
import verify
import writer

END = 1 + 8 + 32 + 32


class Copy:
    """A backup in its parts, and the chance that decides what becomes of it."""

    def __init__(self, data, chance):
        self.data, self.chance, self.tail = data, chance, data[-END:]
        r = verify.Reader(data)
        self.heading = r.take(len(verify.HEADING) + 16 + 8 + 32)
        self.ledger, self.records, self.checkpoints = self.heading[-56:-40], [], []
        self.first, self.previous = int.from_bytes(self.heading[-40:-32], "big"), self.heading[-32:]
        while (tag := r.take(1)) != b"e":
            (self.records if tag == b"r" else self.checkpoints).append(r.take(r.big(4)))
        self.pairs = [verify.read_record(record)[1:] for record in self.records]
        self.rare = [place for place, (envelope, content) in enumerate(self.pairs)
                     if content is None or verify.decode(envelope)["kind"] == "redaction"]

    def body(self):
        parts = [(b"r", record) for record in self.records] + [(b"c", note) for note in self.checkpoints]
        return self.heading + b"".join(writer.part(*part) for part in parts)

    def with_end(self, anew):
        """With the old end, or with one that fits, as whoever knows FORMAT.md would write it."""
        if not anew:
            return self.body() + self.tail
        return self.end_of(self.body())

    def end_of(self, body, more=0):
        return writer.end(body, self.first + len(self.records) + more, self.records[-1][:32])

    def place(self):
        """Any record, but oftener those in which a redaction is at stake."""
        rare = self.rare if self.chance.random() < 0.2 else None
        return self.chance.choice(rare or range(len(self.records)))

    def set(self, place, envelope, content):
        self.pairs[place] = envelope, content
        self.records[place] = writer.record(envelope, content)

    def chain_from(self, place):
        for at, pair in enumerate(writer.rechain(self.pairs, place)[place:], place):
            self.set(at, *pair)


def flip(data, chance):
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1:]


def again(chance):
    return chance.random() < 0.6


# Each takes a copy and gives the bytes of a damaged one.


def bit_flipped(c):
    return flip(c.data, c.chance)


def bit_flipped_in_record(c):
    place = c.place()
    c.records[place] = flip(c.records[place], c.chance)
    return c.with_end(True)


def cut(c):
    return c.data[:c.chance.randrange(len(c.data))]


def cut_after_record(c):
    c.records = c.records[:c.place() + 1]
    c.checkpoints = c.checkpoints if c.chance.random() < 0.5 else []
    return c.body() if c.chance.random() < 0.3 else c.with_end(again(c.chance))


def swapped(c):
    a = c.place()
    b = c.place() if c.chance.random() < 0.5 else (a + 1) % len(c.records)
    c.records[a], c.records[b] = c.records[b], c.records[a]
    return c.with_end(again(c.chance))


def doubled(c):
    place = c.place()
    c.records.insert(place if c.chance.random() < 0.7 else c.place(), c.records[place])
    return c.with_end(again(c.chance))


def removed(c):
    del c.records[c.place()]
    return c.with_end(again(c.chance))


def length_altered(c):
    place, by = c.place(), c.chance.choice([-2, -1, 1, 2, 255, 256, 1 << 24, 1 << 31])
    before = c.heading + b"".join(writer.part(b"r", record) for record in c.records[:place])
    length = (len(c.records[place]) + by) % (1 << 32)
    rest = c.body()[len(before) + 5:]
    data = before + b"r" + length.to_bytes(4, "big") + rest
    return c.end_of(data) if again(c.chance) else data + c.tail


def length_inside_altered(c):
    """A length within a record: longer than need be, or another one."""
    place = c.place()
    envelope, content = c.pairs[place]
    other = c.chance.choice([
        b"\xfc" + len(envelope).to_bytes(4, "little"), b"\xfd" + len(envelope).to_bytes(8, "little"),
        b"\xfd" + b"\xff" * 8, b"\xfe" + bytes(16),
        writer.uint(len(envelope) + 1), writer.uint(len(envelope) - 1)])
    c.records[place] = c.records[place][:32] + other + c.records[place][32 + len(writer.uint(len(envelope))):]
    return c.with_end(True)


def end_altered(c):
    which = c.chance.randrange(4)
    if which == 0:
        return c.data[:-END] + flip(c.tail, c.chance)
    if which == 1:
        return c.data + c.chance.choice([b"\n", b"\0" * 40, c.tail])
    if which == 2:
        return c.end_of(c.body(), c.chance.choice([-1, 1, 1000]))
    return writer.end(c.body(), c.first + len(c.records), c.records[c.place() - 1][:32])


def beginning_altered(c):
    which = c.chance.randrange(4)
    first, previous = c.first, c.previous
    if which == 0:
        c.ledger = flip(c.ledger, c.chance)
    elif which == 1:
        first = c.chance.choice([1, 2, 1000, 1 << 40])
    elif which == 2:
        previous = flip(previous, c.chance)
    c.heading = writer.beginning(c.ledger, first, previous)
    c.heading = flip(c.heading[:17], c.chance) + c.heading[17:] if which == 3 else c.heading
    return c.with_end(again(c.chance))


def part_renamed(c):
    """Another letter before a record or a checkpoint."""
    parts = [(b"r", record) for record in c.records] + [(b"c", note) for note in c.checkpoints]
    place = c.chance.randrange(len(parts))
    parts[place] = c.chance.choice([b"r", b"c", b"e", b"R", b"\0"]), parts[place][1]
    data = c.heading + b"".join(writer.part(*part) for part in parts)
    return c.end_of(data) if again(c.chance) else data + c.tail


def checkpoint_altered(c):
    if not c.checkpoints:
        return bit_flipped(c)
    place = c.chance.randrange(len(c.checkpoints))
    which = c.chance.randrange(5)
    note = c.checkpoints[place]
    if which == 0:
        lines = note.split(b"\n")
        lines[1] = str(c.chance.choice([0, 1, len(c.records), len(c.records) + 1, 1 << 64])).encode()
        c.checkpoints[place] = b"\n".join(lines)
    elif which == 1:
        c.checkpoints[place] = note[:c.chance.randrange(len(note))]
    elif which == 2:
        c.checkpoints[place] = note.replace(b"\n\n", b"\nan extension\n\n")
    else:
        c.checkpoints[place] = flip(note, c.chance)
    return c.with_end(True)


def other_value(e, chance):
    name = chance.choice([*e] + ["recorded_at", "recorded_by", "occurred", "refers_to", "id"] * 2)
    values = {
        "format": [0, 2, 255], "ledger": [bytes(16)], "sequence": [0, e["sequence"] + 1, 1 << 63],
        "previous": [verify.ZEROS], "recorded_at": [e["recorded_at"] + chance.choice([-1, 1]) * 10 ** chance.randrange(18)],
        "recorded_by": ["", "somebody else", "x" * 256, "x" * 257, "a\nb", "a\u0085b", "\u202e", "é" * 128],
        "id": ["", "ledger", "K1", "another", "-", "a" * 64, "a" * 65, "é"],
        "dispute": ["An-other", "-", "a" * 65] + ["another"] * (e["dispute"] != ""), "kind": ["", "-", "Statement", "x" * 65],
        "schema": [0, 2, 65_535, 65_536], "occurred": ["2024-10-04"] if e["occurred"] else [""],
        "earliest": [None, 0, -(10 ** 17), 10 ** 18, verify.FIRST_TIME, verify.FIRST_TIME - 1],
        "latest": [None, 0, 10 ** 17, verify.END_OF_TIME, verify.END_OF_TIME - 1],
        "refers_to": [[], ["nothing"], [e["id"]], ["ledger"], e["refers_to"] * 2, e["refers_to"] + ["another"], [""]],
        "commitment": [verify.ZEROS]}[name]
    return {name: chance.choice(values)}


def rechained(c):
    """One envelope says something else, and all after it fit again."""
    place = c.place()
    envelope, content = c.pairs[place]
    c.set(place, writer.encode({**verify.decode(envelope), **other_value(verify.decode(envelope), c.chance)}), content)
    c.chain_from(place + 1)
    c.checkpoints = c.checkpoints if c.chance.random() < 0.4 else []
    return c.with_end(again(c.chance))


def of_the_kind(envelope):
    """What the rules of kinds and of dates are about, if it can be read at all."""
    try:
        e = verify.decode(envelope)
        return e["kind"], e["occurred"], e["dispute"]
    except ValueError:
        return None


def rechained_after_flip(c):
    place = c.place()
    envelope, content = c.pairs[place]
    flipped = flip(envelope, c.chance)
    while of_the_kind(flipped) not in (None, of_the_kind(envelope)):
        flipped = flip(envelope, c.chance)
    c.set(place, flipped, content)
    c.chain_from(place + 1)
    c.checkpoints = c.checkpoints if c.chance.random() < 0.4 else []
    return c.with_end(again(c.chance))


def rechained_after_move(c):
    """A record taken out, doubled or moved, and all sequences and digests made to fit."""
    place = c.place()
    pair = c.pairs.pop(place) if c.chance.random() < 0.7 else c.pairs[place]
    if c.chance.random() < 0.6:
        c.pairs.insert(c.place(), pair)
    c.pairs = [(writer.relink(envelope, c.previous, at), content) for at, (envelope, content) in enumerate(c.pairs, c.first)]
    c.records = c.records[:1] * len(c.pairs)
    c.set(0, *c.pairs[0])
    c.chain_from(1)
    c.checkpoints = c.checkpoints if c.chance.random() < 0.4 else []
    return c.with_end(True)


def content_altered(c):
    place = c.place()
    envelope, content = c.pairs[place]
    salt, text = content or (bytes(32), b"{}")
    other = c.chance.choice([
        None, (flip(salt, c.chance), text), (salt, flip(text, c.chance)), (salt, text + b" "), (salt, b""),
        c.pairs[c.place()][1]])
    c.set(place, envelope, other)
    return c.with_end(again(c.chance))


def content_rewritten(c):
    """What is no content, with a commitment that fits and a chain that fits."""
    place = c.place()
    envelope, content = c.pairs[place]
    salt, text = content or (bytes(32), b"{}")
    text = c.chance.choice([
        text.replace(b'":', b'": ', 1), b"", b"[]", b"null", text[:-1], b"x" * 262_145, b"{" + b" " * 262_143 + b"}",
        text.replace(b"{", b'{"":1e5,', 1), text.replace(b"{", b'{"zz":1,', 1), text[:-1] + b',"\\u007a":1}',
        text.replace(b'":"', b'":"\xff', 1), text.replace(b'":"', b'":"\\/', 1), b"[" * 100_000])
    e = verify.decode(envelope)
    c.set(place, writer.encode({**e, "commitment": verify.commitment(salt, text)}), (salt, text))
    c.chain_from(place + 1)
    c.checkpoints = []
    return c.with_end(True)


def not_damaged(c):
    """Controls: as it was, without its checkpoints, or with each of them twice."""
    c.checkpoints *= c.chance.randrange(3)
    return c.with_end(True)


DAMAGES = [
    bit_flipped, bit_flipped, bit_flipped_in_record, bit_flipped_in_record, cut, cut_after_record, swapped, doubled, removed,
    length_altered, length_inside_altered, end_altered, beginning_altered, part_renamed, checkpoint_altered,
    rechained, rechained, rechained, rechained_after_flip, rechained_after_flip, rechained_after_move, content_altered,
    content_rewritten, not_damaged]


def verdict(report):
    sequences = [finding["sequence"] for finding in report["findings"] if finding["sequence"] is not None]
    return {"ok": report["ok"], "first_bad": min(sequences, default=None)}


def ask_program(program, path, keys):
    command = [program, "verify", "--backup", str(path), "--json", *itertools.chain(*(("--key", key) for key in keys))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.returncode == 5 and not done.stdout:  # not even its beginning can be read: an error, no report
        return {"ok": False, "first_bad": None}, done.stderr
    try:
        report = json.loads(done.stdout)
        if (done.returncode == 0) == report["ok"] and done.returncode in (0, 5, 6):
            return verdict(report), report["findings"][:5]
    except (ValueError, KeyError):
        pass
    return {"exit": done.returncode}, done.stdout + done.stderr


def compare(number, arguments, keys, data):
    chance = random.Random(f"{arguments.seed} {number}")
    damage = DAMAGES[number % len(DAMAGES)]
    damaged = damage(Copy(data, chance))
    path = arguments.into / f"{arguments.backup.stem}-{number:05}-{damage.__name__}"
    report = verify.verify(damaged, keys)
    ours = verdict(report)
    result = {"file": str(path), "damage": damage.__name__, "python": ours, "agree": True, "same": damaged == data}
    if arguments.program:
        path.write_bytes(damaged)
        theirs, told = ask_program(arguments.program, path, arguments.key)
        result.update(agree=ours == theirs, program=theirs, python_told=report["findings"][:5], program_told=told)
        if ours == theirs:
            path.unlink()
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("backup", type=pathlib.Path)
    parser.add_argument("--program", help="the program to compare with; without one verify.py is run alone")
    parser.add_argument("--key", action="append", default=[], metavar="VKEY")
    parser.add_argument("--copies", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--into", type=pathlib.Path, default=pathlib.Path("."), help="where copies are written")
    arguments = parser.parse_args()
    keys = dict(map(signatures.verifier_key, arguments.key))
    one = functools.partial(compare, arguments=arguments, keys=keys, data=arguments.backup.read_bytes())
    with concurrent.futures.ProcessPoolExecutor() as pool:
        results = list(pool.map(one, range(arguments.copies), chunksize=10))
    for result in results:
        if not result["agree"]:
            print(json.dumps(result))
    counts = collections.Counter((result["damage"], result["python"]["ok"]) for result in results)
    for damage in dict.fromkeys(damage.__name__ for damage in DAMAGES):
        print(f"{damage}: {counts[damage, False]} with findings, {counts[damage, True]} without")
    agreed = sum(result["agree"] for result in results)
    print(f"{agreed} of {len(results)} agreed" if arguments.program else f"{len(results)} verified")
    return 0 if agreed == len(results) else 5


if __name__ == "__main__":
    sys.exit(main())
