#!/usr/bin/env python3
"""Kills and power cuts, round after round, and what is on record afterwards: faults.py --help

A round starts one command and hits it with one fault:
    kill    SIGKILL at a random moment
    middle  the power is cut at a random moment
    answer  the power is cut at the moment at which the answer can be read
and then looks: what was answered is there at the first opening and at the second, at most the one
command that was hit besides, whole or not at all, and `verify` finds nothing wrong. scenarios.py says
which commands, disk.py what a power cut is here.

`stale` counts the rounds among the bad in which only something derived was stale or torn: nothing was
lost, but `verify` exits 5 after a fault that nobody could help.
That the rounds can fail was tried with a library preloaded in which fsync, fdatasync and
sync_file_range do nothing: then every cut was bad, and no kill.

`inside` counts the rounds in which the fault fell before the answer (for `answer`: in which there was
one). The draws depend on the seed alone; where in the program they fall depends on the machine.
Exit 0: no round was bad. 1: some were; what they left is kept and named. 77: it cannot run here.
"""
import argparse
import collections
import os
import pathlib
import random
import shutil
import signal
import statistics
import sys
import time

import disk
import ledger
import scenarios

FAULTS = ["kill", "middle", "answer"]
ROOM, DISK, IMAGES_KEPT = 12 << 30, 512 << 20, 20


class Bench:
    """What every round needs: the disks, the program, and the chance."""

    def __init__(self, arguments):
        self.program, self.work = arguments.program, arguments.work
        self.live_most, self.import_events = arguments.live_most, arguments.import_events
        self.rack = disk.Rack(self.work, ROOM)
        self.disk, self.running, self.struck = None, None, None
        self.spent = collections.defaultdict(lambda: collections.deque(maxlen=40))
        self.begin_round(None)

    def begin_round(self, chance):
        self.chance, self.inside, self.stale = chance, False, []
        if self.struck is not None:
            self.struck.unlink()
        self.struck = None

    def close(self):
        if self.running is not None:
            self.running.kill()
        self.rack.close()

    def new_disk(self, name):
        self.disk = self.rack.format(name, DISK)
        return self.ledger()

    def put_away(self):
        """The disk as it is, everything written: what rounds begin with."""
        image = self.disk.image
        self.disk.unmount()
        self.disk = None
        return image

    def take_up(self, image):
        if self.disk is not None:
            self.disk.discard()
        self.disk = self.rack.mount(self.rack.another(image))
        return self.ledger()

    def ledger(self):
        return ledger.Ledger(self.program, self.disk.folder / "ledger", self.stale)

    def hit(self, fault, words, of):
        """Runs a command and hits it: the answer that came before the fault, if one did. `of` names
        the commands that take as long as this one."""
        running = self.running = self.ledger().start(*words)
        answered = running.take(60 if fault == "answer" else self.moment(of))
        self.inside = answered if fault == "answer" else not answered and running.process.poll() is None
        cut = None if fault == "kill" else self.disk.cut()
        running.kill()
        if fault == "kill":
            running.take(0)
        if answered:
            self.spend(of, time.monotonic() - running.begun)
        self.after(cut)
        return running.answer()

    def after(self, cut):
        """The power is back; and a copy of the disk is kept for the case that the round is bad."""
        if cut is None:
            disk.run("sync", "--file-system", self.disk.folder)
        else:
            self.disk.discard()
            self.disk = None
        self.struck = self.rack.another(cut or self.disk.image)
        if cut is not None:
            self.disk = self.rack.mount(cut)

    def timed(self, of, words):
        """Runs a command to its end, to know how long it takes."""
        begun = time.monotonic()
        answer = self.ledger().call(*words)
        self.spend(of, time.monotonic() - begun)
        return answer

    def spend(self, of, seconds):
        self.spent[of].append(seconds)

    def moment(self, of):
        """Half of them anywhere, half towards the end, where what was written begins to count."""
        usual = statistics.median(self.spent[of])
        return self.chance.uniform(self.chance.choice([0, 0.75]) * usual, 1.05 * usual)

    def keep(self, name, why):
        """What a bad round left: the disk before it was looked at, and the ledger after."""
        folder = self.work / "bad" / name
        folder.mkdir(parents=True)
        (folder / "why.txt").write_text(f"{why}\n", encoding="utf-8")
        if self.struck is not None and len(list(folder.parent.iterdir())) <= IMAGES_KEPT:
            disk.run("cp", "--sparse=always", self.struck, folder / "struck.img")
        if self.disk is not None:
            shutil.copytree(self.disk.folder / "ledger", folder / "ledger")
        return folder


def play(bench, scenario, fault, rounds, seed):
    """The rounds of one scenario with one fault: how many fell inside, were bad, and only stale."""
    inside = bad = stale = 0
    scenario.anew = True
    for number in range(rounds):
        bench.begin_round(random.Random(f"{seed}/{scenario.name}/{fault}/{number}"))
        why = None
        try:
            scenario.round(fault)
        except ledger.Bad as found:
            why = str(found)
        inside += bench.inside
        if why or bench.stale:
            bad, stale = bad + 1, stale + (why is None)
            scenario.anew = True
            folder = bench.keep(f"{scenario.name}-{fault}-{number}", why or f"stale: {bench.stale}")
            print(f"BAD  {(folder / 'why.txt').read_text().strip()}\n     kept in {folder}", flush=True)
    return inside, bad, stale


def arguments():
    parser = argparse.ArgumentParser(description="Kills and power cuts; see run.sh")
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--live-most", type=int, default=16384)
    parser.add_argument("--import-events", type=int, default=40000)
    return parser.parse_args()


def rows(bench, given):
    for scenario in scenarios.all_of(bench):
        if given.only not in scenario.name:
            continue
        begun = time.monotonic()
        scenario.prepare()
        print(f"{scenario.name}: ready in {time.monotonic() - begun:.0f} s", flush=True)
        for fault in FAULTS:
            begun = time.monotonic()
            counts = play(bench, scenario, fault, given.rounds, given.seed)
            print(f"  {fault}: {counts[0]} inside, {counts[1]} bad", flush=True)
            yield scenario.name, fault, given.rounds, *counts, round(time.monotonic() - begun)
        for note in scenario.notes():
            print(f"  note: {note}", flush=True)


def print_table(table):
    print(f"\n{'scenario':16}{'fault':10}{'rounds':>8}{'inside':>8}{'bad':>6}{'stale':>7}{'s':>7}")
    for name, fault, *counts in table:
        print(f"{name:16}{fault:10}{counts[0]:>8}{counts[1]:>8}{counts[2]:>6}{counts[3]:>7}{counts[4]:>7}")


def main():
    given = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    given.work = given.work / f"run-{os.getpid()}"
    given.work.mkdir(parents=True)
    print(f"seed {given.seed}, live part up to {given.live_most}, imports of {given.import_events}", flush=True)
    try:
        bench = Bench(given)
    except disk.CannotRun as why:
        print(f"skipped: {why}")
        return 77
    try:
        table = list(rows(bench, given))
    finally:
        bench.close()
    print_table(table)
    if any(row[4] for row in table):
        return 1
    shutil.rmtree(given.work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
