"""What Prometheus reads: what this process did, from its tally and its watch, and what waits in the ledger.

A label is a channel, a campaign, a state, a mail server: never a person, an address or a key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from outreach import __version__
from outreach.delivery.queues import Queues
from outreach.delivery.tally import SECONDS, Tally
from outreach.service.health import Health
from outreach.service.listening import Answer
from outreach.service.standing import Standing

_log = logging.getLogger(__name__)


class Metrics(Collector):
    """Everything at the moment of a scrape."""

    def __init__(
        self, tally: Tally, healths: Callable[[], Mapping[str, Health]], standing: Callable[[], Standing]
    ) -> None:
        """`healths` go by the names of loops; `standing` may raise: then the database counts as out of reach."""
        self._tally = tally
        self._healths = healths
        self._standing = standing
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def page(self) -> Answer:
        """The answer to a scrape."""
        return Answer(200, CONTENT_TYPE_PLAIN_0_0_4, generate_latest(self._registry))

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that registering asks no database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Every metric."""
        yield InfoMetricFamily("outreach", "The program.", value={"version": __version__})
        yield from _handed_over(self._tally)
        yield from _loops(self._healths())
        try:
            standing = self._standing()
        except Exception as error:  # noqa: BLE001  whatever it is, the other metrics are wanted all the more
            _log.warning("the ledger cannot be read", extra={"error": type(error).__name__})
            yield GaugeMetricFamily("outreach_database_up", _UP, value=0)
            return
        yield GaugeMetricFamily("outreach_database_up", _UP, value=1)
        yield GaugeMetricFamily("outreach_release", "The current release; 0: none yet.", value=standing.release or 0)
        yield from _ledger(standing.queues)


_UP = "Whether the database answered in time."


def _handed_over(tally: Tally) -> Iterator[Metric]:
    # `list` copies at once what a sender goes on writing to.
    deliveries = CounterMetricFamily(
        "outreach_deliveries", "What came of deliveries, in this process; state as in the ledger, or `deferred`.",
        labels=["channel", "campaign", "state"],
    )  # fmt: skip
    for labels, number in list(tally.settled.items()):
        deliveries.add_metric(labels, number)
    yield deliveries
    answers = HistogramMetricFamily(
        "outreach_answer_seconds", "Time from a message's content to the server's answer.", labels=["channel"]
    )
    for channel, classes in list(tally.answered.items()):
        limits = [*map(str, SECONDS), "+Inf"]
        answers.add_metric([channel], list(zip(limits, accumulate(classes), strict=True)), tally.waited[channel])
    yield answers


def _loops(healths: Mapping[str, Health]) -> Iterator[Metric]:
    rounds = CounterMetricFamily(
        "outreach_rounds", "Rounds of a loop that ended: ticks, or looks at what is to be sent.",
        labels=["loop", "outcome"],
    )  # fmt: skip
    seconds = SummaryMetricFamily("outreach_round_seconds", "How long the rounds of a loop took.", labels=["loop"])
    for loop, health in healths.items():
        rounds.add_metric([loop, "done"], health.ticks)
        rounds.add_metric([loop, "failed"], health.failed)
        seconds.add_metric([loop], health.ticks + health.failed, health.seconds)
    yield rounds
    yield seconds
    yield _each(
        "outreach_last_round_seconds", "How long the last round of a loop took.", "loop",
        [(loop, health.last_seconds) for loop, health in healths.items()],
    )  # fmt: skip
    yield _each(
        "outreach_last_round_timestamp_seconds", "When a round of a loop last ended well; 0: not yet.", "loop",
        [(loop, _timestamp(health.last_tick_at)) for loop, health in healths.items()],
    )  # fmt: skip
    yield _each(
        "outreach_silence_seconds", "Time since a loop's last sign of life.", "loop",
        [(loop, health.silence.total_seconds()) for loop, health in healths.items()],
    )  # fmt: skip


def _timestamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


def _ledger(queues: Queues) -> Iterator[Metric]:
    yield _each("outreach_queue_deliveries", "Deliveries in the ledger, by stage.", "stage", queues.lengths.items())
    yield GaugeMetricFamily(
        "outreach_queue_age_seconds", "For how long the oldest delivery could have left.",
        value=queues.age.total_seconds(),
    )  # fmt: skip
    yield _each("outreach_senders", "Senders alive, on all machines.", "kind", queues.senders.items())
    yield _each("outreach_server_failures", "How often in a row nobody was reached.", "server", queues.failures.items())


def _each(name: str, says: str, label: str, values: Iterable[tuple[str, float]]) -> Metric:
    family = GaugeMetricFamily(name, says, labels=[label])
    for value, number in values:
        family.add_metric([value], number)
    return family
