from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outreach.delivery.channels.base import Deferred, InDoubt, Rejected, Result, Sent
from outreach.delivery.channels.smtp.dialogue import Dialogue
from outreach.delivery.channels.smtp.letters import Letter, Offers, letter
from tests.unit.delivery.mails import mail
from tests.unit.delivery.smtp.model_server import ModelServer, Script

SCRIPTS = st.builds(
    Script,
    mail=st.sampled_from([250, 250, 250, 451, 550]),
    rcpt=st.sampled_from([250, 250, 250, 450, 550]),
    asks_anyway=st.booleans(),
    data=st.sampled_from([354, 354, 354, 451, 554]),
    content=st.sampled_from([250, 250, 250, 452, 554]),
)


def meaning(script: Script) -> Result:
    """What the answers mean, one command after the other: the plain way."""
    if script.mail != 250:
        return Deferred(f"{script.mail} {script.mail // 100}.0.0")
    for code, refuses in ((script.rcpt, 250), (script.data, 354), (script.content, 250)):
        if code != refuses:
            kind = Deferred if code < 500 else Rejected
            return kind(f"{code} {code // 100}.0.0")
    return Sent()


class Talk:
    """Dialogue and server, and the wire between them, which cuts where it likes."""

    def __init__(self, scripts: list[Script], cuts: list[int], *, pipelining: bool) -> None:
        self.letters = [letter(mail(f"c/s/once/0/{n}", f"p{n}@example.org")) for n in range(len(scripts))]
        recipients = [one.mail.recipient for one in self.letters]
        self.server = ModelServer(dict(zip(recipients, scripts, strict=True)), order=recipients[:])
        self.dialogue = Dialogue(Offers(pipelining=pipelining))
        self.waiting = self.letters[:]
        self.cuts = cuts

    def run(self) -> dict[str, Result]:
        while self.waiting or not self.dialogue.is_idle:
            if self.dialogue.is_over:
                break
            if self.dialogue.is_idle:
                self.say(self.dialogue.begin(self.next()))
            elif self.dialogue.is_ready:
                pipelines = self.dialogue.offers.pipelining and self.waiting
                self.say(b"".join(self.dialogue.let_go(self.next() if pipelines else None)))
            else:
                raise AssertionError("nobody has anything to say")
        return {one.recipient: result for one, result in self.dialogue.settled}

    def next(self) -> Letter:
        return self.waiting.pop(0)

    def say(self, said: bytes) -> None:
        while said:
            heard = self.answer(said)
            said = b""
            while heard:
                cut = self.cuts.pop(0) if self.cuts else len(heard)
                said += self.dialogue.feed(heard[:cut])
                heard = heard[cut:]

    def answer(self, said: bytes) -> bytes:
        heard = b""
        # Whose MAIL it is, the server knows by the order of messages alone.
        for line in said.splitlines(keepends=True):
            heard += self.server.feed(line)
            if line.startswith(b"MAIL"):
                self.server.order.pop(0)
        return heard


@given(st.lists(SCRIPTS, min_size=1, max_size=8), st.lists(st.integers(1, 9), max_size=40), st.booleans())
def test_whatever_a_server_answers_and_however_it_is_cut_each_message_gets_its_own_result(scripts, cuts, pipelining):
    talk = Talk(scripts, cuts, pipelining=pipelining)
    results = talk.run()
    expected = {one.mail.recipient: meaning(script) for one, script in zip(talk.letters, scripts, strict=True)}
    assert results == expected
    assert dict(talk.server.taken) == {
        one.mail.recipient: one.mail.to_bytes() for one in talk.letters if expected[one.mail.recipient] == Sent()
    }
    # No content was handed over that the server had not asked for.
    assert talk.server.given == sum(s.mail == 250 == s.rcpt and s.data == 354 for s in scripts)


def test_an_envelope_is_said_at_once_and_behind_the_content_before_it() -> None:
    first, second = (letter(mail(f"c/s/once/0/{n}", f"p{n}@example.org")) for n in range(2))
    dialogue = Dialogue(Offers(pipelining=True))
    assert dialogue.begin(first) == b"MAIL FROM:<post@dienst.example>\r\nRCPT TO:<p0@example.org>\r\nDATA\r\n"
    assert dialogue.feed(b"250 a\r\n250 b\r\n354 c\r\n") == b""
    assert dialogue.is_ready
    said = b"".join(dialogue.let_go(second))
    assert said.startswith(first.message + b".\r\nMAIL FROM:")
    assert said.endswith(b"RCPT TO:<p1@example.org>\r\nDATA\r\n")


def test_without_pipelining_each_command_waits_for_its_answer() -> None:
    dialogue = Dialogue(Offers())
    assert dialogue.begin(letter(mail("c/s/once/0/1"))) == b"MAIL FROM:<post@dienst.example>\r\n"
    assert dialogue.feed(b"250 a\r\n") == b"RCPT TO:<an@example.org>\r\n"
    assert dialogue.feed(b"250 a\r\n") == b"DATA\r\n"
    assert not dialogue.is_ready
    dialogue.feed(b"354 a\r\n")
    assert dialogue.is_ready


@given(st.integers(0, 4), st.booleans())
def test_a_line_that_breaks_leaves_doubt_only_when_the_content_had_left(answered, handed_over):
    """The answers to the content and to the next envelope, broken off after some of them."""
    first, second = (letter(mail(f"c/s/once/0/{n}", f"p{n}@example.org")) for n in range(2))
    dialogue = Dialogue(Offers(pipelining=True))
    dialogue.begin(first)
    dialogue.feed(b"250 a\r\n250 b\r\n354 c\r\n")
    dialogue.let_go(second)
    for reply in (b"250 taken\r\n", b"250 a\r\n", b"250 b\r\n", b"354 c\r\n")[:answered]:
        dialogue.feed(reply)
    dialogue.end("lost", handed_over=handed_over)
    doubtful = InDoubt("no_answer") if handed_over else Deferred("lost")
    assert dialogue.settled == [(first.mail, Sent() if answered else doubtful)]
    assert [one.mail for one in dialogue.returned] == [second.mail]


def test_garbage_for_an_answer_to_content_leaves_doubt_and_ends_the_talk() -> None:
    for garbage in (b"what?\r\n", b"\x00\xff\r\n", b"354 go on\r\n", b"x" * 5000, b"250-" + b"a" * 5000 + b"\r\n"):
        dialogue = Dialogue(Offers(pipelining=True))
        one = letter(mail("c/s/once/0/1"))
        dialogue.begin(one)
        dialogue.feed(b"250 a\r\n250 b\r\n354 c\r\n")
        dialogue.let_go()
        dialogue.feed(garbage)
        assert dialogue.is_over
        assert dialogue.settled == [(one.mail, InDoubt("garbled"))]


def test_a_goodbye_in_the_middle_of_an_envelope_gives_its_message_back() -> None:
    dialogue = Dialogue(Offers(pipelining=True))
    one = letter(mail("c/s/once/0/1"))
    dialogue.begin(one)
    dialogue.feed(b"421 4.3.2 closing\r\n")
    assert dialogue.is_over
    assert (dialogue.settled, dialogue.returned, one.tries, one.code) == ([], [one], 1, "421 4.3.2")


def test_a_refusal_holds_though_the_server_hangs_up_right_behind_it() -> None:
    """As Exim's `drop` does: the answer to DATA, which was said along, never comes."""
    cases = {
        b"250 a\r\n550 5.1.1 unknown\r\n": Rejected("550 5.1.1"),
        b"250 a\r\n451 grey\r\n": Deferred("451"),
        b"550 5.7.1 not from you\r\n": Deferred("550 5.7.1"),
    }
    for said, result in cases.items():
        dialogue = Dialogue(Offers(pipelining=True))
        one = letter(mail("c/s/once/0/1"))
        dialogue.begin(one)
        dialogue.feed(said)
        dialogue.end("lost", handed_over=True)
        assert (dialogue.settled, dialogue.returned) == ([(one.mail, result)], [])


def test_refusals_of_ourselves_are_counted_until_a_message_passes() -> None:
    dialogue = Dialogue(Offers(pipelining=True))
    for said in (b"", b"250 reset\r\n"):
        dialogue.begin(letter(mail("c/s/once/0/1")))
        dialogue.feed(said + b"550 no\r\n503 no\r\n503 no\r\n")
    assert dialogue.refused == 2
    dialogue.begin(letter(mail("c/s/once/0/2")))
    dialogue.feed(b"250 reset\r\n250 a\r\n250 b\r\n354 c\r\n")
    dialogue.let_go()
    dialogue.feed(b"250 taken\r\n")
    assert dialogue.refused == 0
