"""What the checks of the invoice contract find on its data, beside what was counted without the engine."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

from avtal import api
from interpreter.settlement import Status

FOLDER = Path(__file__).parent.parent / "contracts" / "faktura_utomlan"
CHECKS = ('amount_check["Belopp"]', 'rule_check["Regler"]')


def test_the_checks_find_what_was_counted_without_the_engine() -> None:
    with (FOLDER / "expected" / "findings.csv").open(encoding="utf-8", newline="") as file:
        expected = {(r["buyer"], r["finding"]): Fraction(r["count"]) for r in csv.DictReader(file, delimiter=";")}
    contract = api.load(FOLDER / "contract.avtal")
    found = {}
    for settlement in api.settle(contract, api.read(contract), period="2023"):
        checks = [clause for clause in settlement.clauses if clause.key in CHECKS]
        assert [clause.status for clause in checks] == [Status.SETTLED, Status.SETTLED]
        for clause in checks:
            for name, count in clause.given.items():
                if name != "wrong_lines" and count:
                    found[settlement.buyer[1], name] = count
    assert found == expected
    assert len({name for _, name in expected}) > 10
