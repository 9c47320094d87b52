"""A settlement with what is needed to show it, in whatever form; nothing here is about one form."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import partial

from attrs import evolve, field, frozen

from avtal import periods
from avtal.contract import Contract
from avtal.reading import Reading
from avtal.record import Provenance, provenance
from avtal.rendering.terminal import visible
from avtal.rendering.values import Uses, value
from avtal.rendering.words import word
from dsl.alike import Alike
from dsl.diagnostics import Diagnostic
from interpreter import core
from interpreter.settlement import ClauseResult, Settlement
from interpreter.units import Units
from interpreter.values import Missing


@frozen(eq=False, repr=False)
class Report(Alike):
    """A settlement with what is needed to show it.

    Args:
        settlement: what to show.
        program: the contract it settles.
        made: what it was made from.
        language: `sv` or `en`.
        units: the two names of each unit that the contract declares.
        uses: the two names of what the contract and its library name, by place.
    """

    settlement: Settlement
    program: core.Program
    made: Provenance
    language: str
    units: Units = field(factory=dict)
    uses: Uses = field(factory=dict, repr=False)

    def name(self, clause: ClauseResult) -> str:
        """A clause in the reader's words: its form and label, with the indicator's name when the label is its code."""
        return clause_name(self.program, clause.form, clause.swedish, clause.label, self.language)

    def full_name(self, clause: ClauseResult) -> str:
        """A clause in the reader's words, with the one that it is nested in where its own name is not enough."""
        own, clauses = self.name(clause), self.settlement.clauses
        around = [c for c in clauses if clause.key.startswith(f"{c.key}/")]
        if not around or sum(self.name(c) == own for c in clauses) == 1:
            return own
        form = clause.swedish if self.language == "sv" and clause.swedish else clause.form
        return visible(f"{form} {clause.label}".strip()) + f" ({self.name(around[-1])})"

    def fact(self, name: str) -> str:
        """A fact's name in the reader's language."""
        fact = self.program.facts.get(name)
        return fact.swedish if fact is not None and fact.swedish and self.language == "sv" else name

    def gifts(self, clause: ClauseResult) -> list[tuple[str, str]]:
        """What a clause gives others: names and values in words."""
        instance = next((i for i in self.program.instances if i.key == clause.key), None)
        if instance is None:
            return []
        kinds, named = dict(instance.form.gives), partial(self.spelled, instance.form)
        return [
            (named(n), "–" if isinstance(v, Missing) else value(v, kinds.get(n), self.language, self.units))
            for n, v in clause.given.items()
        ]

    def given(self, clause: ClauseResult) -> str:
        """What a clause gives others, on one line."""
        shown = [f"{name} = {told}" for name, told in self.gifts(clause)]
        return f"{word('gives', self.language)} {', '.join(shown)}" if shown else ""

    def told(self, failure: Diagnostic) -> str:
        """A failure in the reader's words, another clause named as the settlement names it."""
        from avtal.rendering.stuck import waits_for

        other = waits_for(failure, self.settlement)
        if other is not None:
            failure = evolve(failure, arguments={"name": self.name(other)})
        return failure.message(self.language)

    def labels(self, clause: ClauseResult) -> dict[str, str]:
        """What a clause's payments are called in the reader's language, by their English labels."""
        instance = next((i for i in self.program.instances if i.key == clause.key), None)
        return dict(instance.form.labels) if instance is not None and self.language == "sv" else {}

    def spelled(self, form: core.Form, name: str) -> str:
        """What a form calls one of its named or given values, in the reader's language."""
        return dict(form.spellings).get(name, name) if self.language == "sv" else name

    def party(self, role: str) -> str:
        """A party's name and code; empty when the contract names none."""
        name, code = self.settlement.buyer if role == "buyer" else self.settlement.provider
        return visible(f"{name} ({code})" if code and code != name else name)

    @property
    def period(self) -> str:
        """The settled period: its short name and its first and last day."""
        start, end = self.settlement.start, self.settlement.end
        short = periods.name(start, end)
        days = f"{start} – {end}"
        return days if ".." in short else f"{short} ({days})"

    def reasons(self) -> list[str]:
        """Why there is no total: each cause once, with its code."""
        from avtal.rendering.stuck import folded

        return list(dict.fromkeys(cause.text() for cause in folded([self]).values()))


def clause_name(program: core.Program, form: str, swedish: str, label: str, language: str) -> str:
    """A clause in words: its form and label, with the indicator's name when the label is its code.

    Args:
        program: of the contract.
        form, swedish, label: the form's two names, and the clause's own.
        language: the reader's, `sv` or `en`.
    """
    indicator = program.indicators.get(label)
    known = f" {indicator.name}" if indicator is not None and indicator.name else ""
    return visible(f"{swedish if language == 'sv' and swedish else form} {label}{known}".strip())


def reports(
    contract: Contract, reading: Reading, found: Iterable[Settlement], *, language: str = ""
) -> tuple[Report, ...]:
    """Settlements with what is needed to show them: what they were made from, names in both languages."""
    made, speech = provenance(contract, reading), language or contract.language
    return tuple(Report(one, contract.program, made, speech, contract.units, contract.uses) for one in found)


def rounding(clause: ClauseResult) -> Fraction:
    """What rounding adds to the exact sum of a clause's lines; 0 when it was not settled."""
    return clause.amount - clause.exact if clause.amount is not None and clause.exact is not None else Fraction(0)
