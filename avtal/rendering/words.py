"""The words of reports, in Swedish and English."""

from __future__ import annotations

from interpreter.settlement import Status

_WORDS: dict[str, tuple[str, str]] = {
    "settlement": ("Avräkning", "Settlement"),
    "contract": ("Avtal", "Contract"),
    "buyer": ("Beställare", "Buyer"),
    "provider": ("Vårdgivare", "Provider"),
    "period": ("Period", "Period"),
    "clause": ("Post", "Clause"),
    "key": ("Nyckel", "Key"),
    "status": ("Utfall", "Outcome"),
    "amount": ("Belopp", "Amount"),
    "exact": ("Exakt belopp", "Exact amount"),
    "subtotal": ("Delsumma", "Subtotal"),
    "total": ("Att betala", "To pay"),
    "no_total": ("Ingen totalsumma", "No total"),
    "notes": ("Inte avräknat", "Not settled"),
    "basis": ("Så blev beloppen", "How the amounts came about"),
    "at": ("à", "at"),
    "rows_one": ("rad", "row"),
    "rows_many": ("rader", "rows"),
    "promises": ("Löften", "Promises"),
    "kept": ("håller", "holds"),
    "broken": ("håller inte", "does not hold"),
    "data": ("Underlag", "Data"),
    "inside": ("i perioden", "in the period"),
    "outside": ("utanför", "outside"),
    "read": ("lästa", "read"),
    "made_of": ("Framställd av", "Made from"),
    "engine": ("Motor", "Engine"),
    "text": ("Avtalstext", "Contract text"),
    "library": ("Bibliotek", "Library"),
    "for_buyer": ("För beställaren", "For the buyer"),
    "for_provider": ("För vårdgivaren", "For the provider"),
    "date_name": ("Datum, namn", "Date, name"),
    "lines": ("Betalningsrader", "Payment lines"),
    "label": ("Del", "Part"),
    "row": ("Rad", "Row"),
    "day": ("Dag", "Day"),
    "quantity": ("Antal", "Quantity"),
    "unit": ("Enhet", "Unit"),
    "unit_price": ("À-pris", "Unit price"),
    "source": ("Källa", "Source"),
    "fact": ("Underlag", "Fact"),
    "sum": ("Summa", "Sum"),
    "rounding": ("avrundning", "rounding"),
    "gives": ("ger", "gives"),
    "explanations": ("Förklaringar", "Explanations"),
    "start": ("Från", "From"),
    "end": ("Till", "To"),
    "reason": ("Skäl", "Reason"),
}

_STATUS = {
    Status.SETTLED: ("avräknad", "settled"),
    Status.UNSETTLED: ("oavgjord", "unsettled"),
    Status.FAILED: ("ej avräknad", "not settled"),
}


def word(name: str, language: str) -> str:
    """A word of a report."""
    return _WORDS[name][0 if language == "sv" else 1]


def status(of: Status, language: str) -> str:
    """How a clause came out, in words."""
    return _STATUS[of][0 if language == "sv" else 1]
