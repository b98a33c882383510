"""The signs, units, scales and flags that may stand beside a number."""

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["CONTEXT_LETTERS", "Affix", "is_flag", "is_known_unit", "is_prefix", "scale_of"]

# ISO 4217 codes of the larger currencies; other texts of three letters are not currencies.
CODES = """
AED ARS AUD BGN BRL BTC CAD CHF CLP CNH CNY COP CZK DEM DKK EEK EGP ESP ETH EUR FRF GBP HKD HRK HUF
IDR ILS INR ISK ITL JPY KES KRW KZT LKR LTL LVL MAD MXN MYR NGN NLG NOK NZD PEN PHP PKR PLN QAR RMB
RON RSD RUB SAR SEK SGD THB TND TRY TWD UAH USD UYU VND XAU ZAR
"""
WORDS = """
kr kr. dkr skr nkr fr fr. sfr sfr. rs rs. zł zl kč kc ft lei лв лв. руб руб. р р. rm rp rp. euro
euros dollar dollars pounds tl din din. kn dm
円 元 圓 圆 块 원 yuan yen won đ
"""
MEASURES = """
wh kwh mwh gwh twh w kw mw gw kwp kva mva var kvar mvar v kv mv a ma ah j kj mj gj tj btu therm
therms

°c °f c° ° °k ℃ ℉ deg degc degf mm cm dm m km mi ft in inch inches m² m2 m³ m3 m/s km/h kmh mph kn
kt knots hpa pa kpa mbar bar psi ppm ppb ppt µg/m³ μg/m³ µg/m3 ug/m3 mg/m³ mg/m3 w/m² w/m2 l/s m³/s
m3/s l/min m³/h m3/h l/m² db dba lux lx

g kg mg µg t to lb lbs oz l ml cl hl gal gallons liter liters litre litres tonnes tons ha pcs pc pc.
pieces units unit stk stk. stück st st. szt szt. ud uds uds. pièces pz ks items orders visitors
users visits views passengers persons people customers cases calls trips vehicles
個 个 件 人 名 台 回 次 本 枚 杯 点 箱 개 명 건 대

s sec secs min mins minutes h hr hrs std std. hours d days ms µs us ns hz khz mhz ghz bpm rpm b kb
mb gb tb kib mib gib bytes bit bits kbit/s mbit/s mbps kbps req/s

% ‰ pct percent prozent bp bps pp pts points pp. p.p. %.
"""
CURRENCY_CODES, CURRENCY_WORDS = frozenset(CODES.split()), frozenset(WORDS.split())
UNITS = frozenset(MEASURES.split())
SCALES = {
    "k": 3, "tsd": 3, "tsd.": 3, "tds": 3, "tds.": 3, "thousand": 3, "tys": 3, "tys.": 3,
    "mil.": 3, "tis": 3, "tis.": 3, "тыс": 3, "тыс.": 3,
    "mio": 6, "mio.": 6, "mill": 6, "mill.": 6, "mln": 6, "mln.": 6, "mn": 6,
    "million": 6, "millions": 6, "millionen": 6, "milj": 6, "milj.": 6, "млн": 6, "млн.": 6,
    "lakh": 5, "lakhs": 5, "crore": 7, "crores": 7, "万": 4, "萬": 4, "億": 8, "亿": 8,
    "bn": 9, "bln": 9, "billion": 9, "billions": 9, "mrd": 9, "mrd.": 9, "mld": 9, "mld.": 9,
    "md": 9, "mds": 9, "miljard": 9, "млрд": 9, "млрд.": 9,
    "tn": 12, "trn": 12, "trillion": 12,
}  # fmt: skip
LETTERS = {"K": 3, "k": 3, "M": 6, "m": 6, "B": 9, "b": 9, "G": 9, "T": 12}
# Letters that are also a metre, a byte, a gram and a tesla: scales only beside another scale or a
# currency.
CONTEXT_LETTERS = frozenset("mBbGT")
SCALED_CURRENCY = re.compile(r"^(?P<scale>[^\W\d]+\.?)\s*(?P<unit>\S+)$")
# Eurostat: break, confidential, differs, estimated, forecast, low reliability, not significant,
# provisional, revised, Eurostat's estimate, unreliable, not applicable. And footnotes.
FLAG = re.compile(r"^(\([a-zA-Z]{1,2}\)|[bcdefinprsuz]{1,3}|[*†‡]{1,3})$")


@dataclass(frozen=True)
class Affix:
    """The meaning of what stands after a number.

    Attributes:
        unit: the unit, "" without one.
        power: the power of ten of a scale such as "K" or "Mio.".
        scale: the scale as written, "" without one.
        flag: a flag as written, "" without one.
    """

    unit: str = ""
    power: int = 0
    scale: str = ""
    flag: str = ""


def is_prefix(text: str) -> bool:
    """Whether a text before a number is the sign of a currency or a known unit.

    >>> [is_prefix(text) for text in ("$", "R$", "CHF", "kr", "<", "A", "store")]
    [True, True, True, True, False, False, False]
    """
    return text == "" or _is_currency(text) or text in ("%", "°")


def is_known_unit(text: str) -> bool:
    """Whether a text after a number is a unit, a currency, or nothing.

    >>> [is_known_unit(text) for text in ("kWh", "€", "USD", "%", "", "apples")]
    [True, True, True, True, True, False]
    """
    return text == "" or text.casefold() in UNITS or _is_currency(text)


def is_flag(text: str) -> bool:
    """Whether a text after a number may be one of Eurostat's flags or the mark of a footnote.

    >>> is_flag("p"), is_flag("(r)"), is_flag("*"), is_flag("kWh")
    (True, True, True, False)
    """
    return FLAG.match(text) is not None


def scale_of(text: str) -> Affix | None:
    """A scale with or without a currency, such as "Mio. €"; None if the text is no scale.

    >>> scale_of("Mio. €")
    Affix(unit='€', power=6, scale='Mio.', flag='')
    >>> scale_of("kWh") is None
    True
    """
    power = LETTERS.get(text) or SCALES.get(text.casefold())
    if power is not None:
        return Affix(power=power, scale=text)
    found = SCALED_CURRENCY.match(text)
    if found is None or not _is_currency(found["unit"]):
        return None
    power = LETTERS.get(found["scale"]) or SCALES.get(found["scale"].casefold())
    return None if power is None else Affix(unit=found["unit"], power=power, scale=found["scale"])


def _is_currency(text: str) -> bool:
    letters = "".join(sign for sign in text if unicodedata.category(sign) != "Sc").strip(" .")
    if len(letters) < len(text.strip(" .")):  # a currency sign, and letters as in US$ and NT$
        return len(letters) <= 3
    return text.upper() in CURRENCY_CODES or text.casefold() in CURRENCY_WORDS
