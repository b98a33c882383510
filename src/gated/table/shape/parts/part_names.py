"""Names of columns that hold a part of a time, in English and other European languages."""

__all__ = ["PARTS", "Part", "is_part", "part_of"]

import re
import unicodedata
from collections.abc import Collection
from typing import Literal

Part = Literal[
    "year",
    "half",
    "quarter",
    "month",
    "week",
    "day",
    "day of year",
    "hour",
    "minute",
    "clock",
    "period",
    "clock end",
]

PARTS: dict[Part, frozenset[str]] = {
    "year": frozenset(
        {"year", "yr", "yyyy", "jahr", "année", "annee", "an", "año", "ano", "anno", "jaar", "år",
         "rok", "vuosi", "yıl", "yil", "έτος", "год", "рік", "tahun", "năm", "év", "年",
         "年份", "年度", "년", "연도", "godina", "leto", "ár",
         "السنة", "שנה", "ปี", "वर्ष",
         "iso_year", "isoyear", "fiscal_year", "calendar_year", "date_year",
         "year_record"}
    ),
    "half": frozenset(
        {"half", "half_year", "halfyear", "hy", "halbjahr", "semester", "semestre", "halvår",
         "halvår_nr", "półrocze", "pololetí", "полугодие", "上下半年"}
    ),
    "quarter": frozenset(
        {"quarter", "qtr", "q", "quartal", "trimestre", "kwartaal", "kvartal", "kwartał",
         "quarter_of_year", "čtvrtletí", "çeyrek", "квартал", "季度", "四半期", "분기", "period"}
    ),
    "month": frozenset(
        {"month", "mon", "mo", "mnth", "mm", "monat", "mois", "mes", "mês", "mese", "maand",
         "måned", "månad", "miesiąc", "kuukausi", "měsíc", "ay", "μήνας", "месяц",
         "місяць", "bulan", "tháng", "hónap",
         "月", "月份", "월", "الشهر", "חודש", "เดือน", "महीना",
         "month_number", "month_no", "month_num",
         "month_name", "month_of_year", "date_month", "month_record", "period"}
    ),
    "week": frozenset(
        {"week", "wk", "week_number", "week_no", "week_num", "weeknum", "weekno", "iso_week",
         "isoweek", "week_of_year", "kw", "kalenderwoche", "woche", "semaine", "semana",
         "settimana", "uke", "vecka", "uge", "tydzień", "viikko", "týden", "hafta", "hét", "неделя",
         "周", "週", "주", "nr_tygodnia", "semana_nº", "week_of_the_year"}
    ),
    "day": frozenset(
        {"day", "dd", "dy", "mday", "day_of_month", "dayofmonth", "tag", "jour", "día", "dia",
         "giorno", "dag", "dzień", "päivä", "den", "gün", "ημέρα", "день", "hari",
         "ngày", "nap", "日", "일", "اليوم", "יום",
         "วันที่", "दिन", "date_day", "day_record"}
    ),
    "day of year": frozenset(
        {"doy", "day_of_year", "dayofyear", "yday", "julian_day", "jday", "jour_de_l'année"}
    ),
    "hour": frozenset(
        {"hour", "hr", "hh", "he", "hour_ending", "hour_of_day", "hourofday", "stunde", "heure",
         "hora", "ora", "uur", "time", "timme", "godzina", "tunti", "hour_beginning",
         "godz", "saat", "час", "小时", "小時", "时", "時", "시", "hr_end", "hour_end",
         "hr_ending", "hr_beg", "delivery_hour", "opr_hr", "hours"}
    ),
    "minute": frozenset({"minute", "min", "minutes", "minuto", "minuut", "minut"}),
    "clock": frozenset(
        {"time", "clock", "time_of_day", "timeofday", "uhrzeit", "zeit", "heure", "hora", "ora",
         "tijd", "klokkeslett", "klockslag", "tid", "czas", "hhmm", "hour", "hrs", "local_time",
         "时间", "時間", "时刻", "時刻", "小时", "小時", "시간", "시각", "saat", "время", "čas",
         "interval", "intervall", "time_interval", "interval_start", "start_interval", "slot",
         "time_slot", "timeslot", "time_period", "time_range", "time_band", "zeitraum",
         "zeitfenster", "plage_horaire", "tranche_horaire", "franja_horaria", "fascia_oraria",
         "start", "start_time", "starttime", "time_start", "time_from", "from", "begin",
         "begin_time", "startzeit", "von", "beginn", "heure_début", "heure_de_début",
         "hora_inicio", "ora_inizio", "fra", "från", "heures", "hours", "from_time"}
    ),
    "clock end": frozenset(
        {"interval_end", "end_interval", "end", "end_time", "endtime", "time_end", "time_to", "to",
         "until", "finish", "finish_time", "endzeit", "bis", "ende", "heure_fin", "heure_de_fin",
         "hora_fin", "ora_fine", "til", "till", "slutt", "slut"}
    ),
    "period": frozenset({"settlement_period", "settlementperiod", "sp", "half_hour", "period"}),
}  # fmt: skip
"""Part to the names of its columns, in small letters."""


def _without_marks(name: str) -> str:
    """A name without accents: people leave them out, as in "tydzien"."""
    signs = unicodedata.normalize("NFKD", name)
    return "".join(sign for sign in signs if not unicodedata.combining(sign))


_NAMES = {part: frozenset(map(_without_marks, names)) for part, names in PARTS.items()}
_ALL = frozenset().union(*_NAMES.values())
_KIND_OF_YEAR = re.compile(r"^(?:fiscal|calendar|financial|iso|fy|cal)_(?=[a-z])")
_NUMBERED = re.compile(r"(?P<part>.+)_(?:id|key|nbr|nr|num|number)$")  # HOUR_ID
_OF_DATE = re.compile(r"(?:.+_)?date_(?P<part>.+)")  # arrival_date_day_of_month


def part_of(name: str, part: Part) -> bool:
    """Whether a column has a name of a part.

    >>> part_of("Month of Year", "month"), part_of("months_open", "month")
    (True, False)
    >>> part_of("arrival_date_year", "year"), part_of("update_time", "clock")
    (True, False)
    """
    return _plain(name) in _NAMES[part]


def is_part(name: str, parts: Collection[Part]) -> bool:
    """Whether a column has a name of one of several parts.

    >>> is_part("Month", ("year", "month")), is_part("months_open", ("year", "month"))
    (True, False)
    """
    plain = _plain(name)
    return any(plain in _NAMES[part] for part in parts)


def _plain(name: str) -> str:
    if not name.isascii():
        name = _without_marks(name)
    plain = name.strip().casefold().replace(" ", "_").replace("-", "_").strip("_")
    if plain not in _ALL:
        plain = _KIND_OF_YEAR.sub("", plain)
    if plain not in _ALL and (numbered := _NUMBERED.match(plain)):
        plain = numbered["part"]
    of_date = _OF_DATE.match(plain)
    return of_date["part"] if of_date and plain not in _ALL else plain
