"""`avtal forms`: the library's reimbursement forms, and what one of them is written with and reckoned from."""

from __future__ import annotations

import click

from avtal.commands import Manner, subcommand
from avtal.library import entries, form, known
from avtal.manner import echo
from avtal.rendering.form_card import card, listed


@subcommand("forms", "Visa bibliotekets ersättningsformer: alla, de som WORD står i, eller den som heter så.")
@click.argument("word", metavar="[WORD]", required=False, default="")
def command(manner: Manner, word: str) -> int:
    """Show the library's reimbursement forms: all, those with WORD in their name or sentence, or the one called so."""
    language, analysed = manner.language(), known()
    exact = any(word in (one.name, one.swedish) for one in analysed.world.forms.values())
    found = entries(asked=word)
    if exact or not found.total:
        echo(card(form(word), analysed, language, manner.out()))
    else:
        echo(listed(found, language, manner.out()))
    return 0
