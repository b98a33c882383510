"""Rewrites dates of other scripts and calendars: names of months, and years of reigns.

Russian, Greek, Arabic, Hebrew, Thai and Hindi names become English ones; Japanese and Taiwanese
years become years of the common era. Buddhist years are changed where years are read.
"""

import re
import unicodedata
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from gated.table.cells.regex import any_matches, replaced

__all__ = ["in_latin"]

# Each row: one month; the names of different languages of the script, longer ones first.
CYRILLIC = (
    "январь января янв січень січня січ януари јануар",
    "февраль февраля февр фев лютий лютого лют февруари фебруар",
    "март марта мар березень березня бер",
    "апрель апреля апр квітень квітня квіт април",
    "май мая травень травня трав мај",
    "июнь июня июн червень червня черв юни јун",
    "июль июля июл липень липня лип юли јул",
    "август августа авг серпень серпня серп",
    "сентябрь сентября сент сен вересень вересня вер септември септембар",
    "октябрь октября окт жовтень жовтня жовт октомври октобар",
    "ноябрь ноября нояб ноя листопад листопада лист ноември новембар",
    "декабрь декабря дек грудень грудня груд декември децембар",
)
GREEK = (
    "ιανουάριος ιανουαρίου ιαν",
    "φεβρουάριος φεβρουαρίου φεβ",
    "μάρτιος μαρτίου μάρτης μαρ",
    "απρίλιος απριλίου απρ",
    "μάιος μαΐου μαΐος μάι",
    "ιούνιος ιουνίου ιουν",
    "ιούλιος ιουλίου ιουλ",
    "αύγουστος αυγούστου αυγ",
    "σεπτέμβριος σεπτεμβρίου σεπ σεπτ",
    "οκτώβριος οκτωβρίου οκτ",
    "νοέμβριος νοεμβρίου νοε νοεμ",
    "δεκέμβριος δεκεμβρίου δεκ",
)
ARABIC = (
    "كانون_الثاني يناير جانفي",
    "شباط فبراير فيفري",
    "آذار اذار مارس",
    "نيسان أبريل ابريل إبريل أفريل",
    "أيار ايار مايو ماي",
    "حزيران يونيو جوان",
    "تموز يوليو جويلية",
    "آب أغسطس اغسطس أوت",
    "أيلول ايلول سبتمبر",
    "تشرين_الأول تشرين_الاول أكتوبر اكتوبر",
    "تشرين_الثاني نوفمبر",
    "كانون_الأول كانون_الاول ديسمبر",
)
HEBREW = (
    "ינואר ינו",
    "פברואר פבר",
    "מרץ מרס",
    "אפריל אפר",
    "מאי",
    "יוני יונ",
    "יולי יול",
    "אוגוסט אוג",
    "ספטמבר ספט",
    "אוקטובר אוק",
    "נובמבר נוב",
    "דצמבר דצמ",
)
THAI = (
    "มกราคม ม.ค.",
    "กุมภาพันธ์ ก.พ.",
    "มีนาคม มี.ค.",
    "เมษายน เม.ย.",
    "พฤษภาคม พ.ค.",
    "มิถุนายน มิ.ย.",
    "กรกฎาคม ก.ค.",
    "สิงหาคม ส.ค.",
    "กันยายน ก.ย.",
    "ตุลาคม ต.ค.",
    "พฤศจิกายน พ.ย.",
    "ธันวาคม ธ.ค.",
)
DEVANAGARI = (
    "जनवरी जन",
    "फ़रवरी फरवरी फर",
    "मार्च",
    "अप्रैल",
    "मई",
    "जून",
    "जुलाई",
    "अगस्त",
    "सितंबर सितम्बर",
    "अक्टूबर अक्तूबर",
    "नवंबर नवम्बर",
    "दिसंबर दिसम्बर",
)
SCRIPTS = {
    r"\p{Cyrillic}": CYRILLIC,
    r"\p{Greek}": GREEK,
    r"\p{Arabic}": ARABIC,
    r"\p{Hebrew}": HEBREW,
    r"\p{Thai}": THAI,
    r"\p{Devanagari}": DEVANAGARI,
}
ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NO_LETTER = r"[^\p{L}\p{M}]"
# The year before the first one of each reign.
REIGNS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867,
          "R": 2018, "H": 1988, "S": 1925, "民國": 1911, "民国": 1911, "": 1911}  # fmt: skip
REIGN_YEAR = r"(令和|平成|昭和|大正|明治|民國|民国|\b[RHS])\s*(元|\d{1,3})\s*年"
REPUBLIC_YEAR = r"(?:^|[^\d])\d{3}年"  # of Taiwan: three digits without a name
EITHER = re.compile(rf"{REIGN_YEAR}|(?<!\d)()(\d{{3}})年")


def in_latin(texts: pa.Array) -> pa.Array:
    """Dates with English names of months and years of the common era; other texts as they are.

    >>> in_latin(pa.array(["5 марта 2021 г.", "令和5年4月", "ม.ค. 65", "2021-03-05"])).to_pylist()
    ['5 mar 2021', '2023年4月', 'jan 2565', '2021-03-05']
    """
    if pc.all(pc.string_is_ascii(texts)).as_py() is not False:
        return texts
    if any_matches(texts, f"{REIGN_YEAR}|{REPUBLIC_YEAR}"):
        written = [
            None if text is None else EITHER.sub(_common, text) for text in texts.to_pylist()
        ]
        texts = pa.array(written, pa.string())
    for script, months in SCRIPTS.items():
        if not any_matches(texts, script):
            continue
        texts = pc.utf8_lower(texts)
        for pattern, name in zip(_patterns(months), ENGLISH, strict=True):
            texts = replaced(texts, pattern, rf"\1{name}\2")
        if months is THAI:  # years of two digits are Buddhist, as those of four are
            texts = replaced(texts, rf"({'|'.join(ENGLISH)}) *(\d\d)$", r"\1 25\2")
        if months is CYRILLIC:
            texts = replaced(texts, r"(\d{4}) *(?:года?|г\.?|р\.?)$", r"\1")
            texts = replaced(texts, r"кв(?:артала?|\.)?", "q")
    return texts


def _common(match: re.Match[str]) -> str:
    reign, year = (match[1], match[2]) if match[1] is not None else ("", match[4])
    return f"{REIGNS[reign] + (1 if year == '元' else int(year))}年"


@cache
def _patterns(months: tuple[str, ...]) -> tuple[str, ...]:
    """For each month a pattern of its names between no letters, with and without accents."""
    patterns = []
    for names in months:
        written = {name.replace("_", " ") for name in names.split()}
        if months is GREEK:
            written |= {_bare(name) for name in written}
        longest = sorted(written, key=lambda name: (-len(name), name))
        either = "|".join(re.escape(name) for name in longest)
        patterns.append(rf"(^|{NO_LETTER})(?:{either})\.?($|{NO_LETTER})")
    return tuple(patterns)


def _bare(text: str) -> str:
    return "".join(
        char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char)
    )
