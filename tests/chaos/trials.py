"""One trial each: a seed says what happens, the oracle says what came of it."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import sleep

from tests.chaos import faults
from tests.chaos.faults import Spell
from tests.chaos.fragile import FragileServer
from tests.chaos.hardships import be_many, let_the_clock_jump
from tests.chaos.lying_in_wait import POINTS, Death, lie_in_wait
from tests.chaos.oracle import gather, judge, read
from tests.chaos.programs import Program, wait_until
from tests.chaos.sink import Manner
from tests.chaos.workspace import HOLDS
from tests.chaos.world import Ready, World, world
from tests.contracts.servers import CERTIFICATE

#: Moments at which a sender is killed, in seconds after its start: most runs of a trial are over by then.
_LIFE = 0.4


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a trial."""

    #: Kind and seed.
    name: str
    violations: Sequence[str]
    #: Messages that the mail server took; how often it did something wrong; senders that were killed; doubts put on
    #: record; runs until all was settled.
    taken: int = 0
    struck: int = 0
    killed: int = 0
    doubts: int = 0
    runs: int = 0


def kill(ready: Ready, folder: Path, seed: int) -> Report:
    """Senders die, one or all of them, at a named point or anywhere; also while they take up what others left."""
    draw = random.Random(f"kill/{seed}")
    manner = Manner(pipelining=draw.random() < 0.7, latency=draw.choice((0.0, 0.005, 0.03)))
    with world(folder, ready, manner, connections=draw.choice((1, 2, 4, 8))) as here:
        deaths = draw.choice((1, 1, 2, 3))
        for number in range(deaths):
            _die(here, draw, number)
            here.bury()
        return conclude(here, f"kill/{seed}", deaths)


def _die(here: World, draw: random.Random, number: int) -> None:
    at = here.now + timedelta(minutes=number)
    helpers = draw.choice((0, 0, 3))
    way = draw.choice(("point", "time", "work"))
    death = Death(draw.choice(tuple(POINTS)), draw.random() < 0.5, draw.choice((0, 1, 2, draw.randint(0, 60))))
    lies = {"prepare": lie_in_wait, "arguments": (death,)} if way == "point" else {}
    everybody = [here.run(at, **lies), *(here.run(at) for _ in range(helpers))]
    if way == "time":
        sleep(draw.random() * _LIFE)
    elif way == "work":
        _let_work(here, everybody, draw.randint(1, 60))
        sleep(draw.random() * 0.03)
    if way != "point":
        for program in everybody if draw.random() < 0.5 else everybody[:1]:
            program.kill()
    for program in everybody:
        program.wait()


def _let_work(here: World, programs: Sequence[Program], messages: int) -> None:
    """Wait until the mail server took so many more messages, or all programs are done."""
    enough = _taken(here) + messages
    wait_until(lambda: _taken(here) >= enough or all(one.process.exitcode is not None for one in programs))


def _taken(here: World) -> int:
    return sum(1 for line in read(here.record) if line.verdict == "taken")


def harm(ready: Ready, folder: Path, point: str, fault: str, seed: int) -> Report:
    """The mail server does something wrong."""
    draw = random.Random(f"harm/{point}/{fault}/{seed}")
    connections = draw.choice((1, 2, 4))
    manner = Manner(
        pipelining=draw.random() < 0.7, split=draw.random() < 0.3, lenient=draw.random() < 0.5,
        **_ways_in(draw, needed=point == "login"),
    )  # fmt: skip
    spells = (faults.spell(point, fault, seed, connections),)
    options = {"connections": connections, "timeout": 1, "answer_timeout": 1, **_ways_out(manner)}
    with world(folder, ready, manner, spells, **options) as here:
        here.run().wait()
        return conclude(here, f"harm/{point}/{fault}/{seed}", 0)


def _ways_in(draw: random.Random, *, needed: bool) -> dict[str, str]:
    """Whether the mail server wants TLS, a login, or both."""
    certificate, login = str(CERTIFICATE), "user:password"
    wanted = draw.choice(({"certificate": certificate}, {"login": login}, {"certificate": certificate, "login": login}))
    return wanted if needed or draw.random() < 0.2 else {}


def _ways_out(manner: Manner) -> dict[str, str]:
    """What the URL says to that."""
    return {"starttls": "required", "ca": manner.certificate} if manner.certificate else {"starttls": "off"}


def crowd(ready: Ready, folder: Path, seed: int) -> Report:
    """Two cron lines in the same second, beside `serve`, beside eight others that send."""
    draw = random.Random(f"crowd/{seed}")
    manner = Manner(pipelining=draw.random() < 0.7, latency=0.003)
    with world(folder, ready, manner, connections=draw.choice((1, 2, 4, 8))) as here:
        served = here.start("serve", "--every", "1")
        runs = [here.run() for _ in range(2 + 8)]
        codes = [program.wait() for program in runs]
        served.terminate()
        codes.append(served.wait())
        report = conclude(here, f"crowd/{seed}", 0)
        return _with(report, [*_failures([*runs, served], codes), *_too_many_together(here), *_unasked_doubts(report)])


def restart(
    ready: Ready, server: FragileServer, folder: Path, seed: int, *, times: int, gap: float = 0.5, latency: float = 0.05
) -> Report:
    """The database falls over, and stands up again, while `serve` sends and cron tries to."""
    draw = random.Random(f"restart/{seed}")
    with world(folder, ready, Manner(latency=latency)) as here:
        served = here.start("serve", "--every", "1")
        wait_until(lambda: "serving" in served.errors)
        runs = []
        for _ in range(times):
            runs.append(here.run())
            sleep(gap * (0.5 + draw.random()))
            server.fall()
            runs.append(here.run())
            sleep(0.1)
            server.stand_up()
        codes = [program.wait() for program in runs]
        served.terminate()
        assert served.wait() == 0, served.errors
        # What the database did is the operator's to mend, and no fault of ours.
        faults = [code if code != 1 else 0 for code in codes]
        return _with(conclude(here, f"restart/{seed}", times), _failures(runs, faults))


def restore(ready: Ready, folder: Path, seed: int) -> Report:
    """A backup is made in the middle of sending, and restored when all was sent: from a minute to a week later."""
    draw = random.Random(f"restore/{seed}")
    deferred = Spell("rcpt", "4xx", after=0, times=draw.randint(0, 9), seed=seed)
    with world(folder, ready, Manner(latency=0.01), (deferred,)) as here:
        death = Death("let go", before=False, after=draw.randint(0, 30))
        here.run(prepare=lie_in_wait, arguments=(death,)).wait()
        backup = ready.ledgers.back_up(here.ledger)
        later = here.now + timedelta(minutes=draw.choice((1, 10, 60, 24 * 60, 7 * 24 * 60)))
        assert here.run(later).wait() == 0
        ready.ledgers.restore(backup, here.ledger)
        wrong = _refusals(here, later)
        if draw.random() < 0.5:
            here.say("pause", HOLDS)
        shown = here.say("restored", "--at", later.isoformat(), code=1)["would_send"]
        held = here.say("restored", "--hold", "--yes", "--at", later.isoformat())["held"]
        report = conclude(here, f"restore/{seed}", 1, doubtful=held + 2 * here.connections)
        return _with(report, [*wrong, *([] if shown and held else ["nothing would be sent"])])


def _refusals(here: World, at: datetime) -> list[str]:
    """What is wrong with how a run refuses to send from a backup."""
    before = here.record.read_bytes()
    run = here.run(at)
    wrong = []
    if run.wait() != 1 or "outreach restored" not in run.answer["error"]["remedy"]:
        wrong.append(f"a restored backup was not refused: {run.output}")
    if here.record.read_bytes() != before:
        wrong.append("something was sent from a restored backup")
    return wrong


def crew(ready: Ready, folder: Path, seed: int) -> Report:
    """Several processes of one run send at once; one of them dies, or the one that began it, or all."""
    draw = random.Random(f"crew/{seed}")
    with world(folder, ready, Manner(latency=0.2), processes=3) as here:
        run = here.run(prepare=be_many)
        wait_until(lambda: run.members() and here.record.exists())
        sleep(draw.random() * 1.5)
        match draw.choice(("all", "first", "member")):
            case "all":
                run.kill()
            case "first":
                os.kill(run.pid, signal.SIGKILL)
            case "member" if members := run.members():
                os.kill(draw.choice(members), signal.SIGKILL)
        run.wait()
        return conclude(here, f"crew/{seed}", 1)


def fleet(ready: Ready, folder: Path, seed: int) -> Report:
    """Workers send what runs let go; one of their processes dies, or all of them, and new ones come."""
    draw = random.Random(f"fleet/{seed}")
    with world(folder, ready, Manner(latency=0.2), processes=2) as here:
        workers = here.start("worker", "--every", "1")
        wait_until(lambda: here.ledger.number("SELECT count(*) FROM sender WHERE kind = 'worker'") == 2)
        runs = [here.run() for _ in range(2)]
        _let_work(here, [workers], draw.randint(1, 40))
        if draw.random() < 0.5:
            workers.kill()
        else:
            os.kill(draw.choice(workers.members()), signal.SIGKILL)
            sleep(draw.random())
            workers.terminate()
        workers.wait()
        wrong = _failures(runs, [program.wait() for program in runs])
        return _with(conclude(here, f"fleet/{seed}", 1), wrong)


def jump(ready: Ready, folder: Path, seed: int, by: timedelta) -> Report:
    """The clocks of all senders jump, one after the other, and the database's with the last of them."""
    draw = random.Random(f"jump/{seed}/{by}")
    with world(folder, ready, Manner(latency=0.02)) as here:
        runs = [
            here.start("run", "--json", prepare=let_the_clock_jump, arguments=(by, draw.randint(1, 30)))
            for _ in range(3)
        ]
        sleep(draw.random() * _LIFE)
        here.ledger.jump(by)
        codes = [program.wait() for program in runs]
        # Each of the three jumps is a fault of its own: whose clock is another takes the others for dead.
        return _with(conclude(here, f"jump/{seed}", 3), _failures(runs, codes))


def _failures(programs: Sequence[Program], codes: Sequence[int]) -> list[str]:
    """Nothing went wrong, so nobody may end otherwise than well."""
    pairs = zip(programs, codes, strict=True)
    return [f"`{' '.join(one.call.words)}` ended with {code}: {one.output}{one.errors}" for one, code in pairs if code]


def _too_many_together(here: World) -> list[str]:
    """All senders together have no more messages under way than the URL allows connections."""
    together = [int(line.answer) for line in read(here.record) if line.verdict == "together"]
    allowed = here.connections
    return [f"{max(together)} messages were under way at once, and {allowed} may be"] if max(together) > allowed else []


def _unasked_doubts(report: Report) -> list[str]:
    return [f"{report.doubts} doubts, though nothing went wrong"] if report.doubts else []


def _with(report: Report, more: list[str]) -> Report:
    return replace(report, violations=[*report.violations, *more])


def conclude(here: World, name: str, deaths: int, doubtful: int | None = None) -> Report:
    """Let it come to an end after so many times at which senders died, and judge.

    `doubtful` is how many doubts there may be where deaths are not all that leaves them.
    """
    killed = sum(1 for program in here.programs if program.process.exitcode == -9)
    try:
        runs = here.settle()
        evidence = gather(here, deaths)
        evidence = evidence if doubtful is None else replace(evidence, doubtful=doubtful)
    except AssertionError as error:
        return Report(name, [str(error)])
    happened = Counter(line.verdict for line in evidence.lines)
    doubts = sum(one.doubts for one in evidence.deliveries)
    return Report(name, judge(evidence), happened["taken"], happened["struck"], killed, doubts, runs)
