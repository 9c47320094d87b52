"""A settlement as a table that a controller can sign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from textwrap import wrap

from attrs import evolve, field, frozen

from avtal import periods
from avtal.contract import Contract
from avtal.reading import Reading
from avtal.record import Provenance, provenance
from avtal.rendering.numbers import grouped, kronor, money
from avtal.rendering.stuck import folded, roots, waits_for
from avtal.rendering.terminal import BOLD, DIM, RED, YELLOW, Paint, left, right, visible, width
from avtal.rendering.values import Units, Uses, number, value
from avtal.rendering.words import status, word
from dsl.diagnostics import Diagnostic
from interpreter import core
from interpreter.settlement import ClauseResult, Line, Settlement, Status
from interpreter.values import Missing

Row = tuple[str, str, tuple[str, ...]]
"""A name, what stands in the column of amounts, and the colours of that."""

NARROWEST = 72
GIVEN_WIDEST = 48


@frozen
class Report:
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


def table(report: Report, paint: Paint | None = None, *, lines: bool = False) -> str:
    """A settlement as text.

    Args:
        report: the settlement.
        paint: colours; none when not given.
        lines: whether to show the payment lines that every amount is made of.
    """
    paint = paint or Paint()
    parts = [_head(report, paint), _clauses(report, paint)]
    parts += [_promises(report, paint)] if report.settlement.promises else []
    parts += [line_table(report, paint)] if lines else []
    parts += [_data(report, paint), _made(report, paint), _signatures(report)]
    return "\n".join(parts)


def _head(report: Report, paint: Paint) -> str:
    language = report.language
    title = f"{word('settlement', language)}: {visible(report.settlement.contract)}"
    rows = [(word(role, language), report.party(role)) for role in ("buyer", "provider")]
    rows = [(name, party) for name, party in rows if party] + [(word("period", language), report.period)]
    return "\n".join([paint(title, BOLD), *(f"{left(name, 12)}{text}" for name, text in rows), ""])


def _clauses(report: Report, paint: Paint) -> str:
    """One row a clause, then subtotals and the total, amounts to the right."""
    language, settlement = report.language, report.settlement
    groups: list[list[Row]] = []
    causes = folded([report])
    notes = list(dict.fromkeys(cause.text() for cause in causes.values()))
    for clause in settlement.clauses:
        name = "  " * clause.depth + report.name(clause)
        if clause.status is not Status.SETTLED:
            numbers = sorted({notes.index(causes[at].text()) + 1 for at, _, _ in roots(clause, settlement)})
            told = f"{status(clause.status, language)} ({', '.join(map(str, numbers[:3]))}{', …' * (len(numbers) > 3)})"
            groups.append([(name, told, (YELLOW if clause.status is Status.UNSETTLED else RED,))])
        elif clause.pays and clause.amount is not None:
            groups.append([(name, kronor(clause.amount, language), ())])
        else:
            groups.append([(name, "", ()), *_gifts(report, clause)])
    rows, sums = _with_subtotals(report, groups)
    last = (
        [(word("total", language), kronor(settlement.total, language), (BOLD,))] if settlement.total is not None else []
    )
    every: list[Row] = [*rows, *sums, *last, (word("clause", language), word("amount", language), ())]
    names, amounts = max(width(r[0]) for r in every), max(width(r[1]) for r in every)
    names = max(names, NARROWEST - amounts - 2)
    rule = "─" * (names + amounts + 2)

    def line(name: str, text: str, colours: tuple[str, ...]) -> str:
        return f"{left(name, names)}  {paint(right(text, amounts), *colours) if colours else right(text, amounts)}"

    out = [line(word("clause", language), word("amount", language), ()), rule, *(line(*row) for row in rows), rule]
    out += [*(line(*row) for row in sums), *([rule] if sums else [])]
    out += [line(*last[0])] if last else [paint(_no_total(report), BOLD, RED)]
    out.append("═" * (names + amounts + 2))
    if notes:
        out += ["", word("notes", language), *(f"  ({at}) {note}" for at, note in enumerate(notes, start=1))]
    return "\n".join([*out, ""])


def _gifts(report: Report, clause: ClauseResult) -> list[Row]:
    """What a clause gives, a value a row; a long text goes on below itself."""
    rows: list[Row] = []
    for gift, found in report.gifts(clause):
        parts = wrap(found, GIVEN_WIDEST) or [""]
        names = [f"{'  ' * clause.depth}  {gift}", *("" for _ in parts[1:])]
        rows += [(name, part, (DIM,)) for name, part in zip(names, parts, strict=True)]
    return rows


def _with_subtotals(report: Report, groups: Sequence[Sequence[Row]]) -> tuple[list[Row], list[Row]]:
    """The rows of the clauses with each subtotal after its clauses; the subtotals whose clauses stand apart."""
    keys = [clause.key for clause in report.settlement.clauses]
    summed = dict(report.program.subtotals)
    below: dict[int, list[Row]] = {}
    apart: list[Row] = []
    for name, amount in report.settlement.subtotals:
        row: Row = (f"{word('subtotal', report.language)} {visible(name)}", _sum(amount, report.language), ())
        places = [at for at, key in enumerate(keys) if key in summed[name]]
        together = len(places) > 1 and places[-1] - places[0] + 1 == len(places)
        (below.setdefault(places[-1], []) if together else apart).append(row)
    return [row for at, group in enumerate(groups) for row in (*group, *below.get(at, ()))], apart


def _sum(amount: Fraction | None, language: str) -> str:
    return kronor(amount, language) if amount is not None else status(Status.FAILED, language)


def _no_total(report: Report) -> str:
    waiting = sum(clause.status is not Status.SETTLED for clause in report.settlement.clauses)
    language = report.language
    if not waiting:
        told = "underlaget är inte fullständigt" if language == "sv" else "the data are not complete"
    elif language == "sv":
        told = f"{waiting} {'poster är inte avräknade' if waiting > 1 else 'post är inte avräknad'}"
    else:
        told = f"{waiting} clause{'s are' if waiting > 1 else ' is'} not settled"
    return f"{word('no_total', language)}: {told}"


def _promises(report: Report, paint: Paint) -> str:
    language = report.language
    out = [word("promises", language)]
    for text, held in report.settlement.promises:
        told = word("kept" if held else "broken", language)
        out.append(f"  {visible(text)}: {told if held else paint(told, BOLD, RED)}")
    return "\n".join([*out, ""])


def rounding(clause: ClauseResult) -> Fraction:
    """What rounding adds to the exact sum of a clause's lines; 0 when it was not settled."""
    return clause.amount - clause.exact if clause.amount is not None and clause.exact is not None else Fraction(0)


def line_table(report: Report, paint: Paint) -> str:
    """The payment lines of a settlement; where an amount was rounded, one more line closes the gap."""
    language = report.language
    columns = ("row", "label", "day", "quantity", "unit_price", "amount", "source")
    out = [paint(word("lines", language), BOLD)]
    for clause in report.settlement.clauses:
        if not clause.lines:
            continue
        labels = report.labels(clause)
        rows = [[word(name, language) for name in columns], *(_line(report, line, labels) for line in clause.lines)]
        gap = rounding(clause)
        if gap:
            rows.append(["", word("rounding", language), "", "", "", money(gap, language), ""])
        sizes = [max(width(row[at]) for row in rows) for at in range(len(columns))]
        numeric = [name in ("quantity", "unit_price", "amount") for name in columns]
        used = [at for at, size in enumerate(sizes) if any(row[at] for row in rows[1:])]
        out.append(f"{report.name(clause)}")
        out += [
            ("  " + "  ".join((right if numeric[at] else left)(row[at], sizes[at]) for at in used)).rstrip()
            for row in rows
        ]
        out.append("")
    return "\n".join(out)


def _line(report: Report, line: Line, labels: Mapping[str, str]) -> list[str]:
    language = report.language
    quantity = unit_price = ""
    if line.quantity is not None and line.unit_price is not None:
        quantity = number(line.quantity, line.unit, language, report.units)
        unit_price = money(line.unit_price, language)
    row = f"{report.fact(line.fact)} {line.row}" if line.fact else line.row
    source = f"{visible(line.file)}:{line.number}" if line.file else ""
    day = str(line.day) if line.day is not None else ""
    label = visible(labels.get(line.label, line.label))
    return [visible(row), label, day, quantity, unit_price, money(line.amount, language), source]


def _data(report: Report, paint: Paint) -> str:
    language = report.language
    if not report.settlement.rows:
        return ""
    heads = [word(name, language) for name in ("data", "inside", "outside", "read")]
    rows = [heads] + [
        [visible(report.fact(name)), grouped(str(inside)), grouped(str(read - inside)), grouped(str(read))]
        for name, (inside, read) in report.settlement.rows.items()
    ]
    sizes = [max(width(row[at]) for row in rows) for at in range(4)]
    shown = ["  ".join([left(row[0], sizes[0]), *(right(row[at], sizes[at]) for at in (1, 2, 3))]) for row in rows]
    return "\n".join([paint(shown[0], BOLD), *shown[1:], ""])


def _made(report: Report, paint: Paint) -> str:
    language, made = report.language, report.made
    groups = (("text", made.text), ("library", made.library), ("data", made.data))
    rows = [(word(kind, language), name, digest) for kind, files in groups for name, digest in files]
    rows.append((word("engine", language), f"avtal {made.version}", made.engine))
    names = max(width(visible(name)) for _, name, _ in rows)
    kinds = max(width(kind) for kind, _, _ in rows)
    lines = [f"{left(kind, kinds)}  {left(visible(name), names)}  {digest}" for kind, name, digest in rows]
    return "\n".join([f"{word('made_of', language)} (SHA-256)", *(paint(line, DIM) for line in lines), ""])


def _signatures(report: Report) -> str:
    language = report.language
    left_, right_ = word("for_buyer", language), word("for_provider", language)
    under = word("date_name", language)
    blank = "_" * 34
    return "\n".join(["", f"{left(left_, 38)}{right_}", "", f"{blank}    {blank}", f"{left(under, 38)}{under}", ""])
