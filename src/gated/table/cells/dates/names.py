"""Names of months and weekdays in the languages with Latin letters, without accents."""

import re
from collections.abc import Iterable

__all__ = ["MONTHS", "MONTH_NAME", "WEEKDAY_NAME", "are_months_of_another_language", "words"]


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


# Each row: the names of one month in lower case, full and abbreviated. A name that would mean
# two months in two languages is left out ("listopad": October in Croatian, November in Polish
# and Czech, which have more tables; "lip" and "srp" likewise).
MONTHS: tuple[frozenset[str], ...] = tuple(
    words(names)
    for names in (
        "jaanuar januara janvaris sausis sausio gener sijecanj sijecnja "
        "january jan januar janner jann janvier janv enero ene gennaio gen janeiro januari "
        "styczen stycznia sty leden ledna led ianuarie ian tammikuu tammi ocak oca januarius",
        "veebruar februara februaris vasaris vasario febrer pebruari veljaca veljace "
        "february feb febr februar feber fevrier fevr fev febrero febbraio fevereiro februari "
        "luty lutego lut unor unora uno februarie helmikuu helmi subat sub",
        "marcius maret marec marca marts kovas kovo ozujak ozujka "
        "march mar marz maerz mrz mars marzo marco maart mrt marts marec marzec marca "
        "brezen brezna bre martie maaliskuu maalis mart",
        "aprill aprila aprilis balandis balandzio travanj travnja "
        "april apr avril avr abril abr aprile aprilis kwiecien kwietnia kwi duben dubna dub "
        "aprilie huhtikuu huhti nisan nis",
        "majus maijs geguze geguzes maig svibanj svibnja "
        "may mai mayo maggio mag maio mei maj maja kveten kvetna kve toukokuu touko mayis",
        "junius juuni juna junijs birzelis birzelio juny "
        "june jun juni juin junio giugno giu junho czerwiec czerwca cze cerven cervna iunie iun "
        "kesakuu kesa haziran haz",
        "julius juuli jula julijs liepa liepos juliol julai srpanj srpnja "
        "july jul juli juillet juil julio luglio lug julho lipiec lipca lip cervenec cervence "
        "iulie iul heinakuu heina temmuz tem",
        "augusztus augusta augusts rugpjutis rugpjucio agustus agt avgust ogos kolovoz "
        "kolovoza agost "
        "august aug aout aou agosto ago augustus augusti sierpien sierpnia sie srpen srpna srp "
        "elokuu elo agustos agu",
        "szeptember szept septembra septembris rugsejis rugsejo setembre rujan rujna "
        "september sep sept septembre septiembre set settembre setembro wrzesien wrzesnia wrz "
        "zari septembrie syyskuu syys eylul eyl",
        "oktoober oktobra oktobris spalis spalio octubre "
        "october oct oktober okt octobre octubre ottobre ott outubro out pazdziernik "
        "pazdziernika paz rijen rijna rij octombrie lokakuu loka ekim eki",
        "novembra novembris lapkritis lapkricio novembre studeni studenog nopember "
        "november nov novembre noviembre novembro listopad listopada lis noiembrie noi "
        "marraskuu marras kasim kas",
        "detsember decembra decembris gruodis gruodzio desembre disember prosinac prosinca "
        "december dec dezember dez decembre diciembre dic dicembre dezembro desember des "
        "grudzien grudnia gru prosinec prosince pro decembrie joulukuu joulu aralik ara",
    )
)
WEEKDAYS = words(
    "monday mon montag mo lundi lun lunes lunedi segunda seg maandag ma mandag man "
    "mandag poniedzialek pon pondeli po tuesday tue tues dienstag di mardi martes "
    "martedi mar terca ter dinsdag tirsdag tir tisdag tis wtorek wt utery ut wednesday "
    "wed mittwoch mi mercredi mer miercoles mie mercoledi quarta qua woensdag wo onsdag "
    "ons sroda sr streda st thursday thu thur thurs donnerstag do jeudi jeu jueves jue "
    "giovedi gio quinta qui donderdag torsdag tor tors czwartek czw ctvrtek ct friday "
    "fri freitag fr vendredi ven viernes vie venerdi sexta sex vrijdag vr fredag fre "
    "piatek pt patek pa saturday sat samstag sa sonnabend samedi sam sabado sab sabato "
    "zaterdag za lordag lor sobota sob so sunday sun sonntag dimanche dim domingo dom "
    "domenica zondag zo sondag son niedziela ndz niedz nedele ne"
)


def _alternatives(names: frozenset[str]) -> str:
    """A group that prefers the longer of two names, so that "march" is not read as "mar"."""
    return "|".join(sorted(names, key=lambda name: (-len(name), name)))


MONTH_NAME = _alternatives(frozenset().union(*MONTHS))
WEEKDAY_NAME = _alternatives(WEEKDAYS)
_ENGLISH = words(
    "january february march april may june july august september october november december "
    "jan feb mar apr may jun jul aug sep sept oct nov dec"
)
_ALL_NAMES = frozenset().union(*MONTHS)
_WORD = re.compile(r"[^\W\d_]+")


def are_months_of_another_language(texts: Iterable[str]) -> bool:
    """Whether some texts in small letters without accents have a month that no English text has.

    >>> are_months_of_another_language(["marz 2021", "april 2021"])
    True
    >>> are_months_of_another_language(["may 2021", "april 2021"])
    False
    """
    found = {word for text in texts for word in _WORD.findall(text)} & _ALL_NAMES
    return bool(found - _ENGLISH)
