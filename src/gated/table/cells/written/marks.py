"""Recognises marks for a missing value beside numbers, such as ".", "n/e", ": c" and "#REF!"."""

import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import BoolArray
from gated.table.cells.regex import matches, replaced
from gated.table.cells.written.flags import flags

__all__ = ["are_marks"]

# Punctuation without a digit. Currency signs are excluded: in Excel's format for accounts, "$ -"
# is zero.
PUNCTUATION = r"^[\p{P}+<>=~^|`∅\s]+$"
LETTER_OR_DIGIT = "[0-9A-Za-z]"
# Excel's errors in every language: #DIV/0!, #WERT!, #NAME?, #N/V.
EXCEL_ERROR = r"^#[\p{L}¡/0 _]+[!?]?$"
# Eurostat writes a colon for "not available", with one or more flags.
EUROSTAT = r"^:\s*[a-z]{0,3}$"
# Words for "not available", "no entry" and "missing", in lower case, without points and blanks.
WORDS = pa.array((
    # English, and what programs write
    "na", "n/a", "n/e", "ne", "nd", "n/d", "nr", "n/r", "nan", "nil", "none", "null", "void",
    "missing", "miss", "nodata", "novalue", "notavailable", "notapplicable", "notreported",
    "unavailable", "unknown", "undefined", "blank", "empty", "m", "x", "#na", "bad", "nosample",
    # German
    "ka", "k/a", "kw", "keineangabe", "keineangaben", "keinwert", "keinedaten", "keindatum",
    "fehlt", "fehlend", "fehlwert", "nv", "n/v", "nichtverfügbar", "nichtvorhanden", "unbekannt",
    # French
    "nc", "n/c", "ns", "s/o", "so", "nondisponible", "indisponible", "manquant", "inconnu",
    "nonrenseigné",
    # Spanish, Portuguese, Italian
    "s/d", "sd", "s/i", "sindato", "sindatos", "nodisponible", "faltante", "semdados",
    "semdado", "nãodisponível", "indisponível", "nondisponibile", "mancante", "np", "n/p",
    # Dutch, Polish, Czech
    "nvt", "nb", "n/b", "geengegevens", "onbekend", "ontbreekt", "brak", "brakdanych", "bd", "b/d",
    "neuvedeno", "nedostupné", "chybí",
    # Swedish, Danish, Norwegian, Finnish
    "saknas", "uppgiftsaknas", "mangler", "ikketilgængelig", "ikketilgjengelig", "puuttuu",
    "eitietoa",
))  # fmt: skip
AROUND = r"^[(\[<{\"']+|[)\]>}\"']+$"
IGNORED = r"[.\s_]"


def are_marks(texts: pa.Array | pa.ChunkedArray) -> BoolArray:
    """Whether each trimmed text is a mark for a missing value among numbers.

    >>> are_marks(pa.array([".", "***", "k. A.", "(null)", "#DIV/0!", ": c", "low", "-5"])).tolist()
    [True, True, True, True, True, True, False, False]
    """
    plain = pc.utf8_lower(replaced(texts, AROUND, ""))
    words = pc.is_in(replaced(plain, IGNORED, ""), value_set=WORDS)
    found = flags(words)
    if not matches(texts, LETTER_OR_DIGIT).all():
        found |= matches(texts, PUNCTUATION)
    for sign, pattern in (("#", EXCEL_ERROR), (":", EUROSTAT)):
        if pc.any(pc.starts_with(texts, sign)).as_py():
            found |= matches(texts, pattern)
    return found
