"""Ed25519 (RFC 8032, section 5.1), slow and plain, and the notes and keys of c2sp.org/signed-note."""
import base64
import functools
import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
IDENTITY = (0, 1, 1, 0)


def require(holds, why):
    if not holds:
        raise ValueError(why)


def add(a, b):  # in extended coordinates
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, point):
    result = IDENTITY
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


def compress(point):
    inverse = pow(point[2], -1, P)
    return (point[1] * inverse % P | point[0] * inverse % P % 2 << 255).to_bytes(32, "little")


def decompress(data):
    """The point, or nothing where there is none or it is not in its one form."""
    y, sign = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    x = P - x if x % 2 != sign else x
    point = (x, y, 1, x * y % P)
    return point if x * x % P == square and compress(point) == data else None


BASE = decompress((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def hash_scalar(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % ORDER


@functools.cache
def ed25519(public, message, signature):
    """Strict: s below the order, points in their one form, none of small order, no cofactor."""
    key = decompress(public) if (len(public), len(signature)) == (32, 64) else None
    s = int.from_bytes(signature[32:], "little")
    if key is None or s >= ORDER:
        return False
    x, y, z, t = key
    r = add(times(s, BASE), times(hash_scalar(signature[:32], public, message), (-x % P, y, z, -t % P)))
    small = any(compress(times(8, point)) == compress(IDENTITY) for point in (key, r))
    return not small and compress(r) == signature[:32]


def unbase64(text):
    data = base64.b64decode(text, validate=True)
    require(base64.b64encode(data).decode() == text, "base64 in another form than the usual one")
    return data


def verifier_key(text):
    name, key_id, key = (text.split("+", 2) + ["", ""])[:3]
    key = unbase64(key)
    require(len(key) == 33 and key[0] in (1, 4), "neither an Ed25519 nor a cosigner's key")
    expected = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    require(key_id == expected.hex() and valid_name(name), "the id is not that of the key")
    return (name, expected), key


def valid_name(name):
    return name and "+" not in name and not any(c.isspace() for c in name)


def signed_note(data):
    note = data.decode("utf-8")
    require(all(c >= " " or c == "\n" for c in note), "a control character")
    text, gap, lines = note.rpartition("\n\n")
    require(gap and lines.endswith("\n"), "a note without signatures")
    signatures = []
    for line in lines[:-1].split("\n"):
        dash, name, blob = (line.split(" ") + ["", ""])[:3]
        require(line == f"\u2014 {name} {blob}" and valid_name(name), "not a line of a signature")
        blob = unbase64(blob)
        require(len(blob) > 4, "a signature without bytes")
        signatures.append((name, blob[:4], blob[4:]))
    return text + "\n", signatures


def holds(key, text, signature):
    if key[0] == 1:
        return ed25519(key[1:], text.encode(), signature)
    time = int.from_bytes(signature[:8], "big")
    return ed25519(key[1:], f"cosignature/v1\ntime {time}\n{text}".encode(), signature[8:])
