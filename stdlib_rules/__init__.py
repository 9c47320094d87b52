"""The standard library of forms, written in the language. This package only carries the files."""
