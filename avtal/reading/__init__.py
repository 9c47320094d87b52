"""Reading measured data: CSV in all Swedish forms, workbooks and Parquet, into rows of declared facts."""

from avtal.reading.problems import DataProblem, Language
from avtal.reading.read import FileRead, Progress, Reading, read_data

__all__ = ["DataProblem", "FileRead", "Language", "Progress", "Reading", "read_data"]
