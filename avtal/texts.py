"""Texts laid out in their canonical form, and turned into the other language: all of the analysis, and no data."""

from __future__ import annotations

from avtal.contract import load
from avtal.errors import AvtalError
from avtal.sources import Hashes, library
from dsl.formatter import format_module
from dsl.parse import parse
from interpreter.example_reader import read_example
from interpreter.pipeline import analyse
from interpreter.sources import Sources
from interpreter.world import Scope

LANGUAGES = ("en", "sv")


def laid_out(text: str, file: str, to: str) -> str:
    """What `avtal.api.format_text` gives.

    Raises:
        AvtalError: the text can't be read; with its diagnostics.
    """
    parsed = parse(text, file)
    found = [d for d in parsed.diagnostics if d.is_error]
    texts = {file: parsed.module.text}
    if not to:
        if found:
            raise AvtalError(_unread(file, "sv"), _unread(file, "en"), diagnostics=found, texts=texts)
        return format_module(parsed.module)
    analysed = load(file).analysed if file else analyse(Sources(file, text, library=library(Hashes())))
    if not analysed.sound:
        raise AvtalError(
            _unread(file, "sv"), _unread(file, "en"), diagnostics=analysed.diagnostics, texts=analysed.texts
        )
    for line in (line for _, line in analysed.world.form_examples if line.span.file == file):
        read_example(analysed.world, Scope(), line, analysed.module.text)
    at = LANGUAGES.index(to)
    module = analysed.module
    rename = {span: names[at] for span, names in analysed.uses.items() if span.file == module.file}
    return format_module(module, to=to, rename=rename)


def _unread(file: str, language: str) -> str:
    if language == "sv":
        return f"{file or 'Texten'} har fel och lämnas som den är."
    return f"{file or 'The text'} has errors and is left as it is."
