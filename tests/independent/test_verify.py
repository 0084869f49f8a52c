"""Tests of the independent verifier, on backups that are written here from the golden envelopes."""
import json
import pathlib
import random
import unittest

import signatures
import verify
import writer

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures"
GOLDEN = json.loads((FIXTURES / "golden/format-1.json").read_text())["vectors"]
LEDGER = bytes.fromhex(GOLDEN[0]["ledger"])
KEEPER = writer.Key("keeper.example", bytes(range(32)))
UNION = writer.Key("union.example", bytes(range(1, 33)), kind=4)


def fields(vector):
    occurred = vector["occurred"] or {"text": "", "earliest": None, "latest": None}
    refers_to = vector["refers_to"]
    if isinstance(refers_to, dict):
        refers_to = [refers_to["repeat"]] * refers_to["times"]
    return {
        "format": 1, "ledger": bytes.fromhex(vector["ledger"]), "sequence": vector["sequence"],
        "previous": bytes.fromhex(vector["previous"]), "recorded_at": vector["recorded_at"],
        "recorded_by": vector["recorded_by"], "id": vector["id"], "dispute": vector["dispute"],
        "kind": vector["kind"], "schema": vector["schema"], "occurred": occurred["text"],
        "earliest": occurred["earliest"], "latest": occurred["latest"], "refers_to": refers_to,
        "commitment": bytes.fromhex(vector["commitment"])}


def content(vector):
    text = vector["content"]
    if isinstance(text, dict):
        text = text["before"] + text["repeat"] * text["times"] + text["after"]
    return bytes.fromhex(vector["salt"]), text.encode()


def ledger():
    """The golden envelopes up to the redaction, as a ledger: the clock goes on, and S08 is erased."""
    pairs, clock = [], 0
    for vector in GOLDEN[:14]:
        e = fields(vector)
        e["recorded_at"] = clock = max(clock, e["recorded_at"])
        pairs.append((writer.encode(e), None if e["id"] == "S08" else content(vector)))
    return writer.rechain(pairs)


def leaves(pairs):
    return [verify.leaf(envelope) for envelope, _ in pairs]


def backup(pairs, checkpoints=None):
    if checkpoints is None:
        checkpoints = [writer.checkpoint(LEDGER, leaves(PAIRS)[:9], KEEPER, UNION)]
    return writer.backup(LEDGER, [writer.record(*pair) for pair in pairs], checkpoints)


def change(pairs, place, **values):
    """Another value in one envelope, and all that follow chained to it again."""
    e = verify.decode(pairs[place][0])
    e.update(values)
    return writer.rechain([*pairs[:place], (writer.encode(e), pairs[place][1]), *pairs[place + 1:]])


PAIRS = ledger()
KEYS = dict([signatures.verifier_key(KEEPER.vkey), signatures.verifier_key(UNION.vkey)])


class Verify(unittest.TestCase):
    def finds(self, data, *expected, keys=KEYS):
        found = verify.verify(data, keys)["findings"]
        self.assertEqual([(f["code"], f["sequence"]) for f in found], list(expected))

    def test_golden_envelopes(self):
        for vector in GOLDEN:
            envelope = writer.encode(fields(vector))
            self.assertEqual(verify.digest(envelope).hex(), vector["digest"])
            self.assertEqual(verify.commitment(*content(vector)).hex(), vector["commitment"])
            self.assertEqual(verify.decode(envelope), fields(vector))

    def test_what_is_read_has_one_form(self):
        chance, read = random.Random(1), 0
        for vector in GOLDEN[:14] * 200:
            data = bytearray(writer.encode(fields(vector)))
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            try:
                e = verify.decode(bytes(data))
            except ValueError:
                continue
            read += 1
            self.assertEqual(writer.encode(e), data)
        self.assertGreater(read, 1000)

    def test_other_peoples_signatures(self):
        vectors = json.loads((FIXTURES / "vectors/cosignature-v1.json").read_text())
        body = vectors["checkpoint_body"].encode()
        good = bytes.fromhex(vectors["log_sig"])
        public = bytes.fromhex(vectors["log_pubkey"])
        self.assertTrue(signatures.ed25519(public, body, good))
        malleated = good[:32] + (int.from_bytes(good[32:], "little") + signatures.ORDER).to_bytes(32, "little")
        self.assertFalse(signatures.ed25519(public, body, malleated))
        self.assertFalse(signatures.ed25519(public, body + b"\n", good))
        small = signatures.compress(signatures.IDENTITY)  # a key under which 0 signs everything
        self.assertFalse(signatures.ed25519(small, body, small + bytes(32)))
        for cosigner in vectors["cosignatures"]:
            signed = f"cosignature/v1\ntime {cosigner['time']}\n".encode() + body
            holds = signatures.ed25519(bytes.fromhex(cosigner["pubkey"]), signed, bytes.fromhex(cosigner["sig"]))
            self.assertEqual(holds, cosigner["ok"])
        for note in json.loads((FIXTURES / "vectors/signed-note.json").read_text())["valid"]:
            text, lines = signatures.signed_note(note["note"].encode())
            keys = dict(map(signatures.verifier_key, note["vkeys"]))
            held = {s[:2] for s in lines if s[:2] in keys and signatures.holds(keys[s[:2]], text, s[2])}
            self.assertEqual(len(held), note["verified"])

    def test_a_whole_ledger(self):
        report = verify.verify(backup(PAIRS), KEYS)
        self.assertEqual((report["ok"], report["events"], report["first_bad"]), (True, 14, None))
        self.assertEqual(report["head"], f"13:{verify.digest(PAIRS[-1][0]).hex()}")

    def test_an_increment(self):
        records = [writer.record(*pair) for pair in PAIRS[6:]]
        self.finds(writer.backup(LEDGER, records, (), 6, verify.digest(PAIRS[5][0])))
        self.finds(writer.backup(LEDGER, records, (), 6, bytes([1] * 32)), ("previous", 6))
        self.finds(writer.backup(LEDGER, [], (), 14, verify.digest(PAIRS[-1][0])))

    def test_chain(self):
        self.finds(backup(PAIRS[:5] + PAIRS[6:], []), ("sequence", 5), ("previous", 5),
                   *[("sequence", place) for place in range(6, 13)])
        e = verify.decode(PAIRS[4][0])
        e["recorded_by"] = "mario"
        edited = [*PAIRS[:4], (writer.encode(e), PAIRS[4][1]), *PAIRS[5:]]
        self.finds(backup(edited, []), ("previous", 5))
        records = [writer.record(*pair) for pair in edited]
        records[4] = writer.record(*edited[4], stored=verify.digest(PAIRS[4][0]))
        self.finds(writer.backup(LEDGER, records, []), ("digest", 4), ("previous", 5))
        self.finds(backup(change(PAIRS, 13, recorded_at=5), []), ("clock", 13))
        self.finds(backup(change(PAIRS, 7, ledger=bytes(16)), []), ("ledger", 7))
        self.finds(backup(change(PAIRS, 7, id="K1"), []), ("id", 7))
        self.finds(backup(change(PAIRS, 7, refers_to=["K61"]), []), ("reference", 7))
        self.finds(backup(change(PAIRS, 7, refers_to=["K60"]), []), ("reference", 7))

    def test_rewritten_from_one_on(self):
        rewritten = change(PAIRS, 8, recorded_by="mario")
        self.finds(backup(rewritten, []))
        self.finds(backup(rewritten), ("checkpoint-root", 8))
        self.finds(backup(change(PAIRS, 9, recorded_by="mario")))
        self.finds(backup(PAIRS[:8]), ("checkpoint-beyond-end", 8))
        self.finds(backup(PAIRS[:12]), ("content-missing", 9))  # the redaction is cut off

    def test_contents(self):
        salt, text = PAIRS[4][1]
        for other in ((bytes(32), text), (salt, text + b" ")):
            self.finds(backup([*PAIRS[:4], (PAIRS[4][0], other), *PAIRS[5:]]), ("commitment", 4))
        self.finds(backup([*PAIRS[:4], (PAIRS[4][0], None), *PAIRS[5:]]), ("content-missing", 4))
        brought_back = [*PAIRS[:9], (PAIRS[9][0], content(GOLDEN[9])), *PAIRS[10:]]
        self.finds(backup(brought_back), ("erased-content-there", 9))
        # an amendment is erased with what it amends
        about = change(PAIRS, 12, refers_to=["kp-19"])
        erased = [(e, None if place in (4, 10) else c or content(GOLDEN[place])) for place, (e, c) in enumerate(about)]
        self.finds(backup(erased))
        erased[10] = about[10]
        self.finds(backup(erased), ("erased-content-there", 10))

    def test_checkpoints(self):
        good = writer.checkpoint(LEDGER, leaves(PAIRS), KEEPER, UNION)
        self.finds(backup(PAIRS, [good]))
        other = writer.checkpoint(bytes(16), leaves(PAIRS), KEEPER)
        self.finds(backup(PAIRS, [other]), ("checkpoint-origin", None))
        self.finds(backup(PAIRS, [good[:-1]]), ("checkpoint-malformed", None))
        unknown = writer.checkpoint(LEDGER, leaves(PAIRS), writer.Key("keeper.example", bytes(32)))
        self.finds(backup(PAIRS, [unknown]), ("checkpoint-unsigned", None))
        self.finds(backup(PAIRS, [unknown]), keys={})
        for key, place in ((KEEPER, 1), (UNION, 2)):
            lines = good.decode().rstrip("\n").split("\n")
            lines[3 + place] = key.line("something else")[:-1]
            self.finds(backup(PAIRS, ["".join(f"{line}\n" for line in lines).encode()]), ("checkpoint-signature", None))

    def test_framing(self):
        whole = backup(PAIRS)
        self.finds(whole + b"\n", ("bytes-after-end", None))
        self.finds(whole[:-1] + bytes([whole[-1] ^ 1]), ("file-digest", None))
        self.finds(whole.replace(b"backup 1", b"backup 2"), ("beginning", None))
        records = [writer.record(*pair) for pair in PAIRS]
        cut = writer.beginning(LEDGER) + b"".join(writer.part(b"r", r) for r in records)
        self.finds(cut, ("framing", None))
        self.finds(writer.end(cut, 13, records[-1][:32]), ("end", 14))
        self.finds(writer.end(cut, 15, records[-1][:32]), ("end", 14))
        self.finds(writer.end(cut, 14, records[0][:32]), ("end", 13))
        self.finds(cut[:-1], ("record", 13))
        records[3] += b"\0"
        self.finds(writer.backup(LEDGER, records), ("record", 3))

    def test_nothing_damaged_passes_or_crashes(self):
        whole = backup(PAIRS[:6], [writer.checkpoint(LEDGER, leaves(PAIRS[:3]), KEEPER)])
        for at in range(len(whole)):
            self.assertFalse(verify.verify(whole[:at])["ok"])
            for bit in (1, 128):
                self.assertFalse(verify.verify(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1:])["ok"])
        chance = random.Random(2)
        for _ in range(3000):
            garbage = bytearray(whole)
            for _ in range(chance.randrange(1, 5)):
                garbage[chance.randrange(len(garbage))] = chance.randrange(256)
            self.assertEqual(verify.verify(bytes(garbage))["ok"], garbage == whole)


if __name__ == "__main__":
    unittest.main()
