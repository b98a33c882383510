"""Names under which columns of times, series and targets are found."""

import re

__all__ = [
    "ID_ENDINGS",
    "ID_NAMES",
    "KNOWN_NAMES",
    "PRICES",
    "ROW_NUMBERS",
    "STEP_NAMES",
    "TARGET_NAMES",
    "TIME_NAMES",
    "UNNAMED",
    "is_label_name",
    "is_target_name",
    "names_of",
    "plain",
    "price_of",
]

# Names in order of preference; the names of one tuple are equally good.
TIME_NAMES = (
    ("ds",),
    ("datetime", "date_time", "timestamp", "date", "time"),
    ("month", "week", "day", "year", "quarter", "hour", "period", "t", "step", "index"),
)
ID_NAMES = (
    ("unique_id",),
    ("series_id", "item_id", "id", "series", "item", "sku", "store", "store_id", "product",
     "product_id", "article", "shop", "symbol", "ticker", "meter", "meter_id", "sensor",
     "sensor_id", "station", "station_id", "device", "device_id",
     "filiale", "geschäft", "artikel", "produkt", "zähler",  # German
     "magasin", "produit", "tienda", "producto", "negozio", "prodotto", "loja", "produto",
     "winkel"),
    ("region", "country", "state", "city", "name", "group", "category", "department", "channel"),
)  # fmt: skip
ID_ENDINGS = frozenset({"#", "id", "nbr", "nr", "no", "num", "number", "code", "name", "key"})
# Whole numbers under these names are labels, not values, whatever language or ending they have.
LABEL_NAMES = frozenset(
    {"dept", "department", "branch", "plant", "outlet", "site", "warehouse", "whse", "depot",
     "register", "terminal", "till", "vendor", "supplier", "customer", "client", "account", "sku",
     "ean", "upc", "gtin", "plu", "asin", "isbn", "zip", "zipcode", "postcode", "plz", "cluster",
     "gegenkonto", "sachkonto", "personenkonto", "debitor", "kreditor", "abteilung", "werk",
     "lager", "kunde", "kostenstelle", "konto", "kasse", "lieferant", "material", "cost_center",
     "profit_center", "route", "flight", "employee"}
)  # fmt: skip
TARGET_NAMES = (
    ("y",),
    ("target",),
    ("value", "values", "_value", "obs_value", "obsvalue", "data_value", "observation_value",
     "wert", "valeur", "valor", "valore", "waarde", "verdi", "værdi", "värde"),
    ("sales", "revenue", "demand", "units", "qty", "quantity", "turnover", "volume", "amount",
     "count", "cnt", "consumption", "load", "users", "visits", "visitors", "passengers",
     "unit_sales", "units_sold", "items_sold", "sold"),
)  # fmt: skip
TARGET_WORDS = frozenset(
    {"sales", "revenue", "demand", "turnover", "visitors", "visits", "passengers", "consumption"}
)
QUANTITIES = frozenset({"qty", "quantity", "units", "items", "orders", "rooms", "calls"})
PRICES = frozenset({"open", "high", "low", "close"})  # of a trading day
_PRICE_WORDS = {  # other names of these prices, in the languages of the larger sites
    "close": "last price close_price schluss schlusskurs zuletzt zamkniecie zamknięcie cierre "
    "último ultimo dernier clôture chiusura fechamento kapanış şimdi slot senaste siste закрытие "
    "цена 收盘 收盘价 終値 종가",
    "open": "open_price eröffnung eröffnungskurs eröffnet eröffn otwarcie apertura ouv ouverture "
    "abertura açılış öppning åpning открытие откр 开盘 开盘价 始値 시가",
    "high": "high_price hoch tageshoch najwyzszy najwyższy máximo máx massimo max haut plus_haut "
    "máxima yüksek högst høy макс 最高 最高价 高値 고가",
    "low": "low_price tief tagestief najnizszy najniższy mínimo mín minimo min bas plus_bas mínima "
    "düşük lägst lav мин 最低 最低价 安値 저가",
}
PRICE_WORDS = {word: price for price, words in _PRICE_WORDS.items() for word in words.split()}
KNOWN_NAMES = frozenset(name for tier in (*ID_NAMES, *TARGET_NAMES) for name in tier)
STEP_NAMES = frozenset(  # names under which whole numbers may be times
    {*TIME_NAMES[0], *TIME_NAMES[1], "year", "period", "t", "step", "index"}
)
ROW_NUMBERS = frozenset(
    {"id", "rownames", "row", "rownum", "row_number", "no", "no.", "nr", "nr.", "#", "idx",
     "instant", "record", "seq", "sno", "s.no", "s.no.", "sr_no", "lfd_nr"}
)  # fmt: skip
# Endings of one word with the name: nummer, nr and their kin in Germanic and Slavic languages.
_ONE_WORD = re.compile(
    r"(?i:^(.{3,40}?)(?:nummern?|nummer|nr\.?|numer|kode|schlüssel)$)|^([a-z]{2,40})(?:Id|ID|Nr|No|Code|Key)$"
)
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")
LONGEST_PRICE = 100  # characters of a name that may be a price
UNNAMED = frozenset({"column_1", "Unnamed: 0", "index", "__index_level_0__"})


def is_label_name(name: str) -> bool:
    """Whether whole numbers under a name are labels.

    >>> is_label_name("Dept"), is_label_name("Invoice ID"), is_label_name("Sold")
    (True, True, False)
    >>> is_label_name("Artikelnr"), is_label_name("KundenNr."), is_label_name("storeId")
    (True, True, True)
    """
    whole = plain(_IN_BRACKETS.sub("", name))
    words = whole.split("_")
    is_numbered = len(words) > 1 and words[-1] in ID_ENDINGS
    return whole in LABEL_NAMES or is_numbered or _stem(name) != plain(name)


def is_target_name(name: str) -> bool:
    """Whether a name ends with that of a target, or says what became of a quantity.

    >>> is_target_name("Weekly_Sales"), is_target_name("Qty Shipped"), is_target_name("Sales tax")
    (True, True, False)
    """
    words = plain(name).split("_")
    if len(words) > 1 and words[-1] in TARGET_WORDS:
        return True
    return len(words) == 2 and words[0] in QUANTITIES and words[1].endswith(("ed", "sold"))


def names_of(name: str) -> set[str]:
    """A name, and the name without an ending such as _nbr: `store_nbr` numbers stores."""
    whole = plain(name)
    stem, _, ending = whole.rpartition("_")
    return {whole, stem} if ending in ID_ENDINGS else {whole, _stem(name)}


def _stem(name: str) -> str:
    """A name without an ending that is written in one word with it: `Artikelnr`, `storeId`."""
    return plain(_ONE_WORD.sub(r"\1\2", name.strip()))


def price_of(name: str) -> str:
    """The price of a trading day that a column is named by, without signs and what follows.

    >>> price_of("Close/Last"), price_of("<OPEN>"), price_of("4. close"), price_of("Adj Close")
    ('close', 'open', 'close', 'adj_close')
    """
    if len(name) > LONGEST_PRICE:
        return plain(name)
    price = re.sub(r"^[\W\d]+|\W*/.*$|\W+$", "", name.strip()).casefold()
    return PRICE_WORDS.get(plain(price), plain(price))


def plain(name: str) -> str:
    return name.strip().casefold().replace(" ", "_").replace("-", "_")
