"""Writes ledgers as backups, checkpoints and static logs, for the tests. Made from FORMAT.md alone."""
import base64
import hashlib

from blake3 import blake3

import signatures
import verify

# Values and envelopes


def uint(number):
    for tag, size, limit in ((251, 2, 1 << 16), (252, 4, 1 << 32), (253, 8, 1 << 64)):
        if number < 251:
            return bytes([number])
        if number < limit:
            return bytes([tag]) + number.to_bytes(size, "little")
    raise ValueError(number)


def time(number):
    return uint(2 * number if number >= 0 else -2 * number - 1)


def sized(data):
    return uint(len(data)) + data


def option(number):
    return b"\0" if number is None else b"\1" + time(number)


def text(string):
    return sized(string.encode())


def encode(e):
    return b"".join([
        bytes([e["format"]]), e["ledger"], uint(e["sequence"]), e["previous"], time(e["recorded_at"]),
        text(e["recorded_by"]), text(e["id"]), text(e["dispute"]), text(e["kind"]), uint(e["schema"]),
        text(e["occurred"]), option(e["earliest"]), option(e["latest"]),
        uint(len(e["refers_to"])), *map(text, e["refers_to"]), e["commitment"]])


# Backups


def record(envelope, content=None, stored=None):
    there = b"\0" if content is None else b"\1" + content[0] + sized(content[1])
    return (stored or verify.digest(envelope)) + sized(envelope) + there


def beginning(ledger, first=0, previous=verify.ZEROS):
    return verify.HEADING + ledger + first.to_bytes(8, "big") + previous


def part(tag, data):
    return tag + len(data).to_bytes(4, "big") + data


def end(before, next_sequence, last):
    before += b"e" + next_sequence.to_bytes(8, "big") + last
    return before + blake3(before).digest()


def backup(ledger, records, checkpoints=(), first=0, previous=verify.ZEROS):
    """From records as they are: the end says what the last of them says."""
    parts = [part(b"r", r) for r in records] + [part(b"c", c) for c in checkpoints]
    last = records[-1][:32] if records else previous
    return end(beginning(ledger, first, previous) + b"".join(parts), first + len(records), last)


def relink(envelope, previous, sequence=None):
    """Another previous digest, and another sequence if one is given; the rest as it was, right or not."""
    r = verify.Reader(envelope)
    r.take(1 + 16)
    old = r.uint()
    return envelope[:17] + uint(old if sequence is None else sequence) + previous + envelope[r.at + 32:]


def rechain(pairs, start=1):
    """Envelopes with their contents, from `start` on each naming the one before it again."""
    pairs = list(pairs)
    for place in range(max(start, 1), len(pairs)):
        pairs[place] = relink(pairs[place][0], verify.digest(pairs[place - 1][0])), pairs[place][1]
    return pairs


# Checkpoints


class Key:
    def __init__(self, name, seed, kind=1):
        expanded = hashlib.sha512(seed).digest()
        clamped = int.from_bytes(expanded[:32], "little") & (1 << 254) - 8 | 1 << 254
        self.scalar, self.prefix, self.name, self.kind = clamped, expanded[32:], name, kind
        self.public = signatures.compress(signatures.times(clamped, signatures.BASE))
        typed = bytes([kind]) + self.public
        self.id = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
        self.vkey = f"{name}+{self.id.hex()}+{base64.b64encode(typed).decode()}"

    def sign(self, message):
        nonce = signatures.hash_scalar(self.prefix, message)
        r = signatures.compress(signatures.times(nonce, signatures.BASE))
        s = (nonce + signatures.hash_scalar(r, self.public, message) * self.scalar) % signatures.ORDER
        return r + s.to_bytes(32, "little")

    def line(self, body, seconds=1_741_716_400):
        if self.kind == 1:
            blob = self.sign(body.encode())
        else:
            signed = f"cosignature/v1\ntime {seconds}\n{body}"
            blob = seconds.to_bytes(8, "big") + self.sign(signed.encode())
        return f"\u2014 {self.name} {base64.b64encode(self.id + blob).decode()}\n"


def checkpoint(ledger, leaves, *keys):
    body = f"{ledger.hex()}\n{len(leaves)}\n{base64.b64encode(verify.root(leaves)).decode()}\n"
    return (body + "\n" + "".join(key.line(body) for key in keys)).encode()
