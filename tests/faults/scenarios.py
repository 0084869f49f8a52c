"""What is hit: each scenario prepares a ledger once, and has rounds that take it up anew."""
import ledger

Bad = ledger.Bad


def all_of(bench):
    return [Add(bench), Boundary(bench), Import(bench), Chain(bench), Redact(bench), Compact(bench)]


class Scenario:
    """`anew`: the next round has to begin with the prepared ledger."""

    name = None

    def __init__(self, bench):
        self.bench, self.base, self.anew, self.age = bench, None, True, 0

    def events_file(self, events):
        path = self.bench.work / f"{self.name}.jsonl"
        ledger.write_events(path, events)
        return path

    def found(self, statements, at_once=None):
        """A ledger with some statements, imported: all in one, or so many in each."""
        record = self.bench.new_disk(self.name)
        record.call("init", "--name", "faults")
        events = ledger.founding() + [ledger.statement(number) for number in range(statements)]
        at_once = at_once or len(events)
        for start in range(0, len(events), at_once):
            record.call("import", self.events_file(events[start:start + at_once]))
        return record

    def notes(self):
        return []


class Life(Scenario):
    """Rounds that go on with the ledger that the fault before has left, some faults long."""

    def __init__(self, bench, faults):
        super().__init__(bench)
        self.faults = faults

    def next_life(self):
        if self.anew or self.age >= self.faults:
            self.bench.take_up(self.base)
            self.anew, self.age = False, 0
            self.begin()
        self.age += 1
        return self.bench.ledger()

    def begin(self):
        pass


class Add(Life):
    """`add`, process after process, over the ends of the store's pages."""

    name = "add"

    def __init__(self, bench):
        super().__init__(bench, 10)

    def prepare(self):
        self.found(20)
        for number in range(20, 30):
            self.bench.timed("add", ledger.statement_words(number))
        self.base = self.bench.put_away()

    def begin(self):
        self.next, self.head = 30, self.bench.ledger().head()

    def take_next(self):
        self.next += 1
        return self.next

    def round(self, fault):
        record = self.next_life()
        for _ in range(self.bench.chance.randrange(6)):
            self.added(ledger.head_of(self.bench.timed("add", ledger.statement_words(self.take_next()))))
        number = self.take_next()
        answer = self.bench.hit(fault, ledger.statement_words(number), "add")
        self.look(number, answer)

    def look(self, number, answer):
        record = self.bench.ledger()
        answered = None if answer is None else ledger.head_of(answer)
        if answered is not None:
            self.added(answered)
        now = record.after_fault(self.head, answered, 1)
        if now != self.head:
            shown = record.call("show", ledger.name(number))
            if (shown["sequence"], shown["previous"]) != (now.sequence, self.head.digest):
                raise Bad(f"event {number} does not follow what was there before it")
            self.head = now
        elif answered is not None:
            record.call("show", ledger.name(number))

    def added(self, head):
        if head.sequence != self.head.sequence + 1:
            raise Bad(f"{head} does not follow {self.head}")
        self.head = head


class Boundary(Add):
    """`add` across the end of the live part: seven events, one of which is hit, mostly the one that
    takes longest."""

    name = "boundary"
    EVENTS = 7

    def __init__(self, bench):
        super().__init__(bench)
        self.faults = 1

    def prepare(self):
        self.first = self.bench.live_most - len(ledger.founding()) - 3
        # An import of over a megabyte would go into segments at once, and leave nothing to be sealed.
        self.found(self.first, at_once=500)
        self.base = self.bench.put_away()
        self.slowest, self.sealed_at, self.hits = 0, None, 0
        for _ in range(3):
            self.rehearse()
        self.slowest = max(range(self.EVENTS), key=lambda place: sum(self.bench.spent[self.of(place)]))
        if self.sealed_at is not None:
            self.slowest = self.sealed_at

    def of(self, place):
        return f"boundary {place}"

    def rehearse(self):
        record = self.bench.take_up(self.base)
        for place in range(self.EVENTS):
            segments = record.segments()
            self.bench.timed(self.of(place), ledger.statement_words(self.first + place))
            if record.segments() != segments:
                self.sealed_at = place

    def begin(self):
        self.head = self.bench.ledger().head()

    def round(self, fault):
        self.next_life()
        hit = self.bench.chance.choice([self.slowest, self.slowest, self.bench.chance.randrange(self.EVENTS)])
        for place in range(self.EVENTS):
            number = self.first + place
            if place != hit:
                self.added(self.bench.ledger().add(number))
                continue
            before = self.head
            answer = self.bench.hit(fault, ledger.statement_words(number), self.of(place))
            self.hits += hit == self.sealed_at and self.bench.inside
            self.look(number, answer)
            if self.head == before:
                self.added(self.bench.ledger().add(number))
        self.bench.ledger().verify(self.head, before)

    def notes(self):
        if self.sealed_at is None:
            return [f"no file came into segments/ around {self.bench.live_most} events: nothing was sealed here"]
        return [f"add {self.sealed_at + 1} of {self.EVENTS} seals the live part; {self.hits} faults fell inside it"]


class Import(Life):
    """`import` of a long file on top of some events: none of it or all of it; then the same again."""

    name = "import"

    def __init__(self, bench):
        super().__init__(bench, 1)

    def prepare(self):
        self.found(50)
        self.base = self.bench.put_away()
        events = self.bench.import_events
        self.path = self.events_file([ledger.statement(number) for number in range(50, 50 + events)])
        for _ in range(2):
            self.bench.take_up(self.base)
            self.bench.timed(self.name, ["import", self.path])

    def round(self, fault):
        self.next_life()
        before = self.bench.ledger().head()
        self.imported(fault, before, self.path, self.bench.import_events, self.name)

    def imported(self, fault, before, path, events, of):
        """Hits an import, and imports again: the head then."""
        answer = self.bench.hit(fault, ["import", path], of)
        record = self.bench.ledger()
        there = record.after_fault(before, answer and ledger.head_of(answer), events)
        again = record.call("import", path)
        kept = events if there != before else 0
        if (again["recorded"], again["already_recorded"]) != (events - kept, kept):
            raise Bad(f"of {events} events {kept} were there; imported again: {again}")
        after = ledger.head_of(again)
        if after.sequence != before.sequence + events or (kept and after != there):
            raise Bad(f"{before}, then {there}, and imported again: {after}")
        record.verify(after, before if there == before else there)
        return after


class Chain(Import):
    """Imports of different lengths, one after the other, each hit."""

    name = "import-chain"
    LENGTHS = [40, 300, 1500, 5000]

    def __init__(self, bench):
        super().__init__(bench)
        self.faults = 8

    def prepare(self):
        self.found(50)
        self.base = self.bench.put_away()
        for length in self.LENGTHS:
            self.bench.take_up(self.base)
            self.begin()
            self.bench.timed(self.of(length), ["import", self.slice(length)])

    def of(self, length):
        return f"import {length}"

    def begin(self):
        self.next = 50

    def slice(self, length):
        self.next += length
        return self.events_file([ledger.statement(number) for number in range(self.next - length, self.next)])

    def round(self, fault):
        record = self.next_life()
        length = self.bench.chance.choice(self.LENGTHS)
        self.imported(fault, record.head(), self.slice(length), length, self.of(length))


class Erasing(Life):
    """A ledger that is longer than a live part, with statements old and new."""

    OLD, NEW = 500, 24

    def found_long(self):
        self.old = self.bench.live_most + self.OLD
        record = self.found(self.old)
        for number in range(self.old, self.old + self.NEW):
            record.add(number)
        self.seen = self.looked = 0

    def draw(self):
        """A statement, old or new."""
        return self.bench.chance.choice([self.bench.chance.randrange(self.old),
                                         self.bench.chance.randrange(self.old, self.old + self.NEW)])

    def redact_words(self, number):
        return ["redact", ledger.name(number), "--reason", "ordered"]

    def count_seen(self, numbers):
        """A text that cannot be read before it is erased says nothing when it is not there after."""
        self.looked += len(numbers)
        self.seen += sum(bool(self.bench.ledger().files_with([ledger.marker(number)])) for number in numbers)

    def notes(self):
        return [f"{self.seen} of {self.looked} texts could be read in the files before they were erased"]


class Redact(Erasing):
    """`redact`: after the answer the text is in no file but those in store/."""

    name = "redact"

    def __init__(self, bench):
        super().__init__(bench, 10)

    def prepare(self):
        self.found_long()
        self.base = self.bench.put_away()
        self.bench.take_up(self.base)
        for number in [0, self.old - 1, self.old + 1]:
            self.bench.timed(self.name, self.redact_words(number))

    def begin(self):
        self.redacted, self.next = set(), self.old + self.NEW

    def round(self, fault):
        record = self.next_life()
        number = self.draw()
        while number in self.redacted:
            number = self.draw()
        self.redacted.add(number)
        self.count_seen([number])
        before = record.head()
        answer = self.bench.hit(fault, self.redact_words(number), self.name)
        record = self.bench.ledger()
        if answer is not None:
            # Before the ledger is opened again: that might mend it.
            self.is_unreadable(number)
        now = record.after_fault(before, answer and ledger.head_of(answer), 1)
        if answer is None and now != before:
            # Nobody was told yet; what was begun is finished by the next that writes.
            self.next += 1
            record.add(self.next)
        elif answer is None:
            if record.call("show", ledger.name(number))["event"] is None:
                raise Bad(f"statement {number} is erased, and no redaction is on record")
            record.call(*self.redact_words(number))
        self.is_unreadable(number)
        if not record.call("show", ledger.name(number))["redacted"]:
            raise Bad(f"statement {number} is not redacted")

    def is_unreadable(self, number):
        record = self.bench.ledger()
        if found := record.files_with([ledger.marker(number)], outside=["store"]):
            raise Bad(f"not erased: {found}")


class Compact(Erasing):
    """`compact`: the ledger is the old one or the new one; after the answer no text that was erased
    is in any file."""

    name = "compact"

    def __init__(self, bench):
        super().__init__(bench, 1)

    def prepare(self):
        self.found_long()
        self.redacted = [0, 7, self.old // 2, self.old - 1, self.old + 1, self.old + self.NEW - 1]
        self.count_seen(self.redacted)
        for number in self.redacted:
            self.bench.ledger().call(*self.redact_words(number))
        self.head = self.bench.ledger().head()
        self.base = self.bench.put_away()
        for _ in range(2):
            record = self.bench.take_up(self.base)
            self.bench.timed(self.name, ["compact"])
        self.names = names_in(record.folder)

    def round(self, fault):
        self.next_life()
        answer = self.bench.hit(fault, ["compact"], self.name)
        if answer is not None:
            self.all_erased()
        self.bench.ledger().after_fault(self.head, self.head, 0)
        self.bench.ledger().call("compact")
        self.all_erased()
        self.bench.ledger().verify(self.head, self.head)
        if (names := names_in(self.bench.ledger().folder)) != self.names:
            raise Bad(f"there is {names}, and after an undisturbed compact {self.names}")

    def all_erased(self):
        if found := self.bench.ledger().files_with(map(ledger.marker, self.redacted)):
            raise Bad(f"not erased: {found}")


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())
