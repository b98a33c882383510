"""Detects the encoding of a text file: UTF-8, UTF-16, else one of the older ones by its bytes.

A header has few letters: characters that are frequent in the headers of tables decide first, and
charset-normalizer where they do not.
"""

import codecs
import re

__all__ = ["ENCODING_NAMES", "detect_encoding", "older_encoding"]

ENCODING_NAMES = {
    "cp1250": "cp1250 (Central European)",
    "cp1251": "cp1251 (Cyrillic)",
    "koi8_r": "koi8_r (Cyrillic)",
    "gb18030": "GB18030 (Chinese)",
    "big5hkscs": "Big5 (Chinese)",
    "cp932": "Shift-JIS (Japanese)",
    "euc_jp": "EUC-JP (Japanese)",
    "cp949": "EUC-KR (Korean)",
}
FREQUENT = {  # characters of names of columns, in the encodings that have them
    "gb18030": "日期时间年月周数量销售额金店铺产品商温度价格地区城市名称编号收入总单位电力负荷用户",
    "big5hkscs": "日期時間年月週數量銷售額金店鋪產品商溫度價格地區城市名稱編號收入總單位電力負荷",
    "cp932": "日付時間年月週売上数量金額店舗商品気温価格地域都市名番号合計単位電力の",
    "euc_jp": "日付時間年月週売上数量金額店舗商品気温価格地域都市名番号合計単位電力の",
    "cp949": "날짜일시간년월주매출수량금액지점상품온도가격지역도시이름번호판매합계단위전력서울",
}
JAPANESE = ("cp932", "euc_jp")
OTHERS = ("cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874", *FREQUENT)
NUL_SHARE = 0.3  # share of zero bytes in one half of the pairs of a UTF-16 text
HIGH_RUN = re.compile(rb"[\x80-\xff]+")
WORD_BYTES = 2.5  # bytes of a word in a script of its own; an accent is one byte among ASCII
FEWEST_BYTES = 4  # bytes that are not ASCII, below which only frequent characters decide
KANA = ("\u3041", "\u30fe")
CYRILLIC = ("cp1251", "koi8_r")
# Signs and letters below А in 1251: quotes, dashes, ё, №, «, °, ·, ², and Ukrainian і, ї, є, ґ.
CYRILLIC_SIGNS = bytes.fromhex("85919293949697a0a5a8aaabafb0b1b2b3b4b7b8b9babbbf")
SHORT_WORD = 4  # letters; units such as кВт have capitals anywhere
# Letters of Hebrew in 1255; in 1251 they are small letters up to ъ, and fewer of them are vowels.
FIRST_HEBREW, LAST_HEBREW = 0xE0, 0xFA
RUSSIAN_VOWELS = "аеиоу".encode("cp1251")
FEWEST_VOWELS = 1 / 3  # of the letters of Russian
FIRST_CYRILLIC_LETTER = 0xC0  # of both
WESTERN = frozenset("äöüßéèêëàâáíóúçñãõåøæîïôûùÄÖÜÉÈÀÂÁÍÓÚÇÑÃÅØÆ°²³µ€’‘“”„–—…«»·ºª§©®±×½ \xa0")
CENTRAL = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűŐŰöüäôľĺŕÖÜÄ°€–„”’ \xa0")
# Letters of Turkish in 1254, which are others in 1252; no word of Icelandic has only these.
TURKISH = frozenset("ğışĞİŞ")
TURKISH_TEXT = TURKISH | frozenset("çöüÇÖÜâîûÂÎÛ₺€°%’“”–— \xa0")
POUND = re.compile(r"(?<![^\W\d_])£(?=(?:m|k|bn)?(?![^\W\d_]))")  # in 1250, it is a letter of words
FRENCH_OE = re.compile("œu", re.IGNORECASE)  # as in œuf and cœur; 1250 has ś in its place
SAMPLE_BYTES = 1 << 16


def detect_encoding(head: bytes) -> str:
    """The encoding of a file from its first bytes; a later part may still show another.

    >>> detect_encoding("ds,y".encode("utf-16-le")), detect_encoding("Größe,1".encode("cp1252"))
    ('utf-16-le', 'cp1252')
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    pairs = len(head) // 2
    if head[1 : 2 * pairs : 2].count(0) > NUL_SHARE * pairs > head[0 : 2 * pairs : 2].count(0):
        return "utf-16-le"
    if head[0 : 2 * pairs : 2].count(0) > NUL_SHARE * pairs > head[1 : 2 * pairs : 2].count(0):
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # its last character may be cut
    except UnicodeDecodeError:
        return older_encoding(head)
    return "utf-8"


def older_encoding(sample: bytes) -> str:
    """The encoding of bytes that are not UTF-8.

    >>> older_encoding("日期,销量".encode("gb18030")), older_encoding("Umsätze".encode("cp1252"))
    ('gb18030', 'cp1252')
    """
    runs = HIGH_RUN.findall(sample)
    lines = b"\n".join(line for line in sample.splitlines() if HIGH_RUN.search(line))
    lines = lines[:SAMPLE_BYTES]
    found = {name: _frequent(lines, name) for name in FREQUENT}
    best = max(found, key=lambda name: found[name])
    if found[best] > 0:
        return best
    if sum(map(len, runs)) >= max(WORD_BYTES * len(runs), FEWEST_BYTES):
        if _is_hebrew(b"".join(runs)):
            return "cp1255"
        if cyrillic := _cyrillic(runs):
            return cyrillic
        import charset_normalizer  # only files of a rare encoding need it

        guess = charset_normalizer.from_bytes(lines, cp_isolation=list(OTHERS)).best()
        if guess is not None and guess.encoding in OTHERS:
            return str(guess.encoding)
    return _western(lines)


def _frequent(sample: bytes, encoding: str) -> float:
    """The share of frequent characters among those that are not ASCII; 0 if it cannot be read."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return 0.0
    foreign = [char for char in text if char > "\x7f"]
    frequent = set(FREQUENT[encoding])
    known = sum(
        char in frequent or (encoding in JAPANESE and KANA[0] <= char <= KANA[1])
        for char in foreign
    )
    return known / max(len(foreign), 1)


def _cyrillic(runs: list[bytes]) -> str | None:
    """The Cyrillic encoding in which every word begins with at most one capital; None if none."""
    runs = [letters for run in runs if (letters := run.translate(None, CYRILLIC_SIGNS))]
    if not runs or min(min(run) for run in runs) < FIRST_CYRILLIC_LETTER:
        return None
    for encoding in CYRILLIC:
        words = [run.decode(encoding) for run in runs]
        words = [word for word in words if len(word) > SHORT_WORD] or words
        if all(word[1:].islower() or word.isupper() or len(word) == 1 for word in words):
            return encoding
    return None


def _is_hebrew(letters: bytes) -> bool:
    """Whether letters are those of Hebrew, and not small Cyrillic ones."""
    if not letters or min(letters) < FIRST_HEBREW or max(letters) > LAST_HEBREW:
        return False
    vowels = sum(letters.count(vowel) for vowel in RUSSIAN_VOWELS)
    return vowels < FEWEST_VOWELS * len(letters)


def _western(sample: bytes) -> str:
    """Windows-1252, or 1250 if only its letters make sense, or Latin-1 if neither can be read."""
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    turkish = _foreign(sample.decode("cp1254", errors="ignore"))
    if turkish & TURKISH and turkish <= TURKISH_TEXT:
        return "cp1254"
    if _foreign(POUND.sub("", FRENCH_OE.sub("", text))) <= WESTERN:
        return "cp1252"
    try:
        central = sample.decode("cp1250")
    except UnicodeDecodeError:
        return "cp1252"
    return "cp1250" if _foreign(central) <= CENTRAL else "cp1252"


def _foreign(text: str) -> set[str]:
    return {char for char in text if char > "\x7f"}
