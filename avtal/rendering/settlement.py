"""A settlement as a table that a controller can sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from textwrap import wrap

from avtal.rendering.basis import basis
from avtal.rendering.numbers import grouped, kronor, money
from avtal.rendering.report import Report, rounding
from avtal.rendering.terminal import BOLD, DIM, RED, YELLOW, Paint, left, right, visible, width
from avtal.rendering.values import number
from avtal.rendering.words import status, word
from interpreter.settlement import ClauseResult, Line, Status

Row = tuple[str, str, tuple[str, ...]]
"""A name, what stands in the column of amounts, and the colours of that."""

NARROWEST = 72
GIVEN_WIDEST = 48


def table(report: Report, paint: Paint | None = None, *, lines: bool = False) -> str:
    """A settlement as text.

    Args:
        report: the settlement.
        paint: colours; none when not given.
        lines: whether to show the payment lines that every amount is made of.
    """
    paint = paint or Paint()
    parts = [_head(report, paint), _clauses(report, paint)]
    made_of = basis(report, paint)
    parts += [made_of] if made_of else []
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
    notes, reasons = _notes(report)
    for clause in settlement.clauses:
        name = "  " * clause.depth + report.name(clause)
        if clause.status is not Status.SETTLED:
            numbers = reasons[clause.key]
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


def _notes(report: Report) -> tuple[list[str], dict[str, list[int]]]:
    """What stands in the way, each cause once; and for each clause that is not settled the numbers of its causes."""
    settlement = report.settlement
    waiting = [clause for clause in settlement.clauses if clause.status is not Status.SETTLED]
    if not waiting and not settlement.failures:
        return [], {}
    from avtal.rendering.stuck import folded, roots

    causes = folded([report])
    notes = list(dict.fromkeys(cause.text() for cause in causes.values()))
    return notes, {
        clause.key: sorted({notes.index(causes[at].text()) + 1 for at, _, _ in roots(clause, settlement)})
        for clause in waiting
    }


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
        [visible(report.fact(name)), *_counts(report, name, inside, read)]
        for name, (inside, read) in report.settlement.rows.items()
    ]
    sizes = [max(width(row[at]) for row in rows) for at in range(4)]
    shown = ["  ".join([left(row[0], sizes[0]), *(right(row[at], sizes[at]) for at in (1, 2, 3))]) for row in rows]
    return "\n".join([paint(shown[0], BOLD), *shown[1:], ""])


def _counts(report: Report, name: str, inside: int, read: int) -> tuple[str, str, str]:
    """How many rows are in the period, outside it and read; what has no day and no provider is in no period."""
    fact = report.program.facts.get(name)
    if fact is not None and not fact.dated and not fact.provider:
        return "–", "–", grouped(str(read))
    return grouped(str(inside)), grouped(str(read - inside)), grouped(str(read))


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
