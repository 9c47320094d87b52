"""The server beside the library: requests per second and the 99th percentile, against calling `avtal` in this process.

    python -m bench.serve [--requests 200] [--at-once 8]

The same small settlement is asked for over HTTP by several clients at once, over HTTP by one, and of the library in
this process, one after the other. Each round has all three, so that a busy machine troubles all of them; the medians of
the rounds are shown, with the ratios. The cache of compiled contracts is off, since the server keeps nothing that is
sent: so all three do the same work. What a question costs beyond the settlement itself (a fork, JSON both ways, a
folder for what is sent) is the difference between the two last.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import folders  # noqa: E402  (the tests' small contract and server)
import serving  # noqa: E402

import avtal  # noqa: E402
from avtal.cache import SETTING  # noqa: E402
from avtal.server.service import Settings  # noqa: E402

PERIOD = "2012"
ROUNDS = 3
Ask = Callable[[], object]


def timed(ask: Ask, requests: int, at_once: int) -> tuple[float, list[float]]:
    """Requests per second, and how long each took."""

    def one(_: int) -> float:
        begun = time.perf_counter()
        ask()
        return time.perf_counter() - begun

    begun = time.perf_counter()
    with ThreadPoolExecutor(at_once) as crowd:
        took = list(crowd.map(one, range(requests)))
    return requests / (time.perf_counter() - begun), took


def percentile(took: list[float], share: float) -> float:
    """A percentile, in milliseconds."""
    return 1000 * sorted(took)[min(len(took) - 1, int(share * len(took)))]


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=8)
    asked = parser.parse_args()
    logging.disable(logging.INFO)
    os.environ[SETTING] = "off"
    with tempfile.TemporaryDirectory() as above:
        folder = folders.write(Path(above) / "prov")
        sent = {
            "text": folders.CONTRACT,
            "files": [
                {"name": "former.avtal", "text": folders.FORMS},
                {"name": "priser.csv", "text": folders.PRICES},
            ],
            "data": [
                {"name": "kontakt.csv", "text": folders.CONTACTS},
                {"name": "utfall.csv", "text": folders.OUTCOMES},
            ],
            "period": PERIOD,
        }

        def in_process() -> str:
            contract = avtal.load(folder)
            return avtal.to_json(avtal.settled(contract, avtal.read(contract), period=PERIOD))

        with serving.asking(Settings(contracts=folder.parent)) as client:

            def over_http() -> bytes:
                answer = client.post("/v1/settlements", json=sent)
                answer.raise_for_status()
                return answer.content

            assert over_http().decode() == in_process()  # noqa: S101  (what is measured is the same)
            kinds: dict[str, tuple[Ask, int, int]] = {
                f"HTTP, {asked.at_once} at once": (over_http, asked.requests, asked.at_once),
                "HTTP, one at a time": (over_http, asked.requests // 2, 1),
                "in this process": (in_process, asked.requests // 2, 1),
            }
            rates: dict[str, list[float]] = {name: [] for name in kinds}
            took: dict[str, list[float]] = {name: [] for name in kinds}
            for _ in range(ROUNDS):
                for name, (ask, requests, at_once) in kinds.items():
                    rate, times = timed(ask, requests, at_once)
                    rates[name].append(rate)
                    took[name] += times
    print(f"{os.cpu_count()} cores, {ROUNDS} rounds of {asked.requests} requests, {httpx.__name__} {httpx.__version__}")
    print(f"{'':22}{'per second':>12}{'ratio':>8}{'median ms':>12}{'99th ms':>10}")
    base = statistics.median(rates["in this process"])
    for name in kinds:
        rate = statistics.median(rates[name])
        middle, last = percentile(took[name], 0.5), percentile(took[name], 0.99)
        print(f"{name:22}{rate:12.1f}{rate / base:8.2f}{middle:12.1f}{last:10.1f}")


if __name__ == "__main__":
    main()
