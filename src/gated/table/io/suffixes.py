"""Lists the suffixes of all files that hold a table, in one place, for checks and messages.

Nothing heavy is imported here: the command line checks a file's name before it imports pandas.
"""

__all__ = [
    "ARROW_SUFFIXES",
    "JSON_SUFFIXES",
    "PACKED_SUFFIXES",
    "PARQUET_SUFFIXES",
    "PRINTED_SUFFIXES",
    "SHEET_SUFFIXES",
    "SUPPORTED",
    "TEXT_SUFFIXES",
    "has_own_program",
    "is_table_name",
    "not_supported",
    "plain_name",
    "suffix_of",
]

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".tab", ".psv", ".dat", ".data", ".asc")
# What programs print: read where a file is named, but no table of a folder.
PRINTED_SUFFIXES = (".log", ".lst", ".out", ".prn", ".lis")
PARQUET_SUFFIXES = (".parquet", ".pq")
SHEET_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
JSON_SUFFIXES = (".json", ".jsonl", ".ndjson")
ARROW_SUFFIXES = (".feather", ".arrow", ".ipc")
PACKED_SUFFIXES = (".gz", ".bz2", ".xz", ".zst")  # one file inside, and no list of files
_ALL = (
    *TEXT_SUFFIXES,
    *PARQUET_SUFFIXES,
    *SHEET_SUFFIXES,
    *JSON_SUFFIXES,
    *ARROW_SUFFIXES,
    ".zip",
)
SUPPORTED = (
    f"{', '.join((*TEXT_SUFFIXES[:3], *JSON_SUFFIXES))} (each also with "
    f"{', '.join(PACKED_SUFFIXES)}), .parquet, .feather, .arrow, .xlsx, .xls, .ods, or a .zip of "
    "one of them"
)

# The program that reads a file of another type, and how it writes CSV.
_EXPORTS = {
    ".numbers": "Export it in Numbers with File > Export To > CSV",
    ".gsheet": "Download the sheet in Google Sheets with File > Download > CSV",
    ".rds": 'Export it in R with write.csv(readRDS("…"), "table.csv", row.names = FALSE)',
    ".rda": 'Export its table in R with write.csv(…, "table.csv", row.names = FALSE)',
    ".rdata": 'Export its table in R with write.csv(…, "table.csv", row.names = FALSE)',
    ".dta": "Export it in Stata with `export delimited`, or read it with pandas.read_stata",
    ".sav": "Export it in SPSS with SAVE TRANSLATE to CSV, or read it with pandas.read_spss",
    ".sas7bdat": "Export it in SAS with PROC EXPORT to CSV, or read it with pandas.read_sas",
    ".h5": "Read it with pandas.read_hdf, and give the frame",
    ".hdf5": "Read it with pandas.read_hdf, and give the frame",
    ".nc": "Read it with xarray, and give the frame of its to_dataframe()",
    ".mat": 'Export it in MATLAB with writetable(…, "table.csv")',
    ".sqlite": "Databases of SQLite 3 and DuckDB are read; this is none",
    ".db": "Databases of SQLite 3 and DuckDB are read; this is none",
    ".duckdb": "Databases of SQLite 3 and DuckDB are read; this is none",
    ".mdb": "Export the table in Access with External Data > Text File",
    ".accdb": "Export the table in Access with External Data > Text File",
    ".orc": "Read it with pandas.read_orc, and give the frame",
    ".avro": "Convert it to Parquet",
    ".pkl": "Read it with pandas.read_pickle, if you trust it, and give the frame",
    ".pickle": "Read it with pandas.read_pickle, if you trust it, and give the frame",
    ".npy": "Read it with numpy.load, and give the array",
    ".pdf": "Copy its table into a spreadsheet, and save that as CSV",
    ".docx": "Copy its table into a spreadsheet, and save that as CSV",
    ".html": "Open it in a spreadsheet program, and save the table as CSV",
    ".xml": "Open it in a spreadsheet program, and save the table as CSV",
    ".tar": "Unpack it",
    ".tgz": "Unpack it",
    ".7z": "Unpack it",
    ".rar": "Unpack it",
}


def suffix_of(name: str) -> str:
    """The last suffix of a name in small letters, without that of a packed file.

    >>> suffix_of("Sales.CSV.gz"), suffix_of("sales"), suffix_of("a.b/.hidden")
    ('.csv', '', '')
    """
    last = plain_name(name).replace("\\", "/").rpartition("/")[2].lower().lstrip(".")
    stem, dot, suffix = last.rpartition(".")
    return f".{suffix}" if dot and stem else ""


def plain_name(name: str) -> str:
    """A name without the suffix of a packed file.

    >>> plain_name("sales.csv.gz")
    'sales.csv'
    """
    packed = next((one for one in PACKED_SUFFIXES if name.lower().endswith(one)), "")
    return name[: len(name) - len(packed)]


def is_table_name(name: str) -> bool:
    """Whether a name has the suffix of a file that is read as a table.

    >>> is_table_name("sales.csv.xz"), is_table_name("sales.rds")
    (True, False)
    """
    return suffix_of(name) in _ALL


def has_own_program(suffix: str) -> bool:
    """Whether files with a suffix are read by a program that can write CSV, as the message says.

    >>> has_own_program(".dta"), has_own_program(".rdb")
    (True, False)
    """
    return suffix in _EXPORTS


def not_supported(name: str, suffix: str) -> str:
    """The message for a file of another type, with the way to a type that is supported.

    >>> not_supported("a.dta", ".dta").splitlines()[0][:45]
    'a.dta: files of this type are not supported. '
    """
    advice = f" {_EXPORTS[suffix]}." if suffix in _EXPORTS else ""
    return f"{name}: files of this type are not supported. Expected {SUPPORTED}.{advice}"
