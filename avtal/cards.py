"""Cards: what a catalogue shows of a reimbursement form and of a contract, as plain data."""

from __future__ import annotations

from attrs import frozen

from avtal.answers import Party


@frozen(kw_only=True)
class ParameterCard:
    """A parameter of a form.

    Args:
        name, swedish: its two names.
        kind, kind_sv: what it takes, in words: `kr/year`, `%`, `a code`.
        optional: whether it may be left out; `default` is then what it is, as written, or empty.
        low, high: the bounds it must keep, as written; empty without one.
    """

    name: str
    swedish: str
    kind: str
    kind_sv: str
    optional: bool
    default: str
    low: str
    high: str


@frozen(kw_only=True)
class NeededFact:
    """A kind of data that a form needs, and of which columns; none means all."""

    fact: str
    columns: tuple[str, ...]


@frozen(kw_only=True)
class FormEntry:
    """A reimbursement form in a list."""

    name: str
    swedish: str
    module: str
    sentence: str
    sentence_sv: str


@frozen(kw_only=True)
class FormCard:
    """A reimbursement form of the library.

    Args:
        name, swedish: its two names.
        module: what a contract writes after `use` to have it.
        sentence, sentence_sv: what it does.
        source: where it comes from.
        outside_base: whether its amount is left out of what other forms take a share of.
        component: `structure`, `process` or `outcome`, or empty.
        needs: the data that it is worked out from.
        gives: the values that other clauses may take from it.
        examples: its worked examples, as written.
        text: its definition, as written.
    """

    name: str
    swedish: str
    module: str
    sentence: str
    sentence_sv: str
    source: str
    outside_base: bool
    component: str
    parameters: tuple[ParameterCard, ...]
    needs: tuple[NeededFact, ...]
    gives: tuple[str, ...]
    examples: tuple[str, ...]
    text: str


@frozen(kw_only=True)
class FormList:
    """Forms of the library; `total` is how many there are before `limit` and `offset`."""

    total: int
    forms: tuple[FormEntry, ...]


@frozen(kw_only=True)
class ClauseCard:
    """A clause of a contract: its key, its form's two names, its label and its line in the text."""

    key: str
    form: str
    swedish: str
    label: str
    line: int


@frozen(kw_only=True)
class ContractEntry:
    """A contract in a list. `id` is the name of its folder."""

    id: str
    name: str
    language: str
    sound: bool
    buyers: tuple[Party, ...]
    providers: tuple[Party, ...]
    start: str | None
    end: str | None


@frozen(kw_only=True)
class ContractCard:
    """A contract of the server's folder.

    Args:
        id: the name of its folder.
        sound: whether nothing stands in the way of settling it; `POST /v1/checks` says what does.
        start, end: its first and last day; `None` when that can't be read.
        settle: `yearly`, `quarterly` or `monthly`; empty when that can't be read.
        needs: the facts that it is worked out from.
        files: the files beside it that `use` and `file` may name.
        examples: its worked examples, by name.
        text: as written.
    """

    id: str
    name: str
    language: str
    sound: bool
    buyers: tuple[Party, ...]
    providers: tuple[Party, ...]
    start: str | None
    end: str | None
    settle: str
    clauses: tuple[ClauseCard, ...]
    needs: tuple[str, ...]
    files: tuple[str, ...]
    examples: tuple[str, ...]
    text: str


@frozen(kw_only=True)
class ContractList:
    """Contracts of the server's folder; `total` is how many there are before `limit` and `offset`."""

    total: int
    contracts: tuple[ContractEntry, ...]
