"""The examples of forms: those of the file that is asked about, not those of the files that it uses."""

from __future__ import annotations

from interpreter.examples import form_examples
from interpreter.pipeline import analyse
from interpreter.sources import Sources

FORM = (
    'form {0}\n  param amount : kr first\n  pays amount\n\n  example "of {0}"\n    {0} 5 kr\n    expect {0} = {1} kr\n'
)


def test_only_the_examples_of_the_file_asked_about_run() -> None:
    found = analyse(
        Sources("a.avtal", "use other\n\n" + FORM.format("own", 5), beside={"other": FORM.format("its", 6)})
    )
    assert [(r.name, r.ok) for r in form_examples(found)] == [("of own", True)]
    assert [(r.name, r.ok) for r in form_examples(found, "other.avtal")] == [("of its", False)]
