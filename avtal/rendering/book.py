"""An Excel workbook on its way to a file, row by row: a row that is finished is put aside, not kept in memory.

Assumes that the rows of a sheet are written from above, and each from the left. Texts are never formulas.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it has no types
from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]

PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@contextmanager
def written(path: Path) -> Iterator[Any]:
    """A workbook that is a file when all is said; when that fails, nothing is written, and nothing is left behind.

    Raises:
        OSError: the file can't be written.
    """
    held = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="avtal-") as folder:
        book = xlsxwriter.Workbook(held, {**PLAIN, "constant_memory": True, "tmpdir": folder})
        try:
            yield book
            book.close()
        except FileCreateError as error:
            raise OSError(*error.args[0].args) from None
        finally:
            for sheet in book.worksheets():
                with suppress(OSError):  # a full disk, which is told already
                    sheet.row_data_fh.close()
    path.write_bytes(held.getvalue())
