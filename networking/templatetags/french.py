"""French typography and dates, for templates, mails and documents alike.

Nothing here depends on the locale of the operating system.
"""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from django import template

register = template.Library()

PARIS = ZoneInfo("Europe/Paris")
NBSP = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
VOWELS = "aeiouyàâäéèêëîïôöùûüœæ"

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)

A_WHILE = 60  # days; then months say enough

Number = int | float | Decimal
Day = dt.date | dt.datetime
Clock = dt.time | dt.datetime

# Signs that nobody sees and that no spreadsheet file holds, or that turn a line.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
    "\ud800-\udfff\ufffe\uffff]"
)
SPACES = r"[ \u00a0\u202f]*"
# From the first of a run of marks on, so that a long run is read once.
BEFORE_MARK = re.compile(
    r"(?<=[^\s(\[«])(?:[ \u00a0\u202f]+|(?<![;:!?]))"
    r"([;:!?]+(?=[\s»]|$)|[!?]+(?=[)\]]))"
)
BEFORE_PERCENT = re.compile(rf"(?<=\d){SPACES}%")
BEFORE_EURO = re.compile(rf"(?<=\d){SPACES}€")
STRAIGHT_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[\w«])")
ARTICLE = re.compile(r"(Les|Le) (?=\S)")


def local(moment: dt.datetime) -> dt.datetime:
    """A naive moment is taken to be in Paris already."""
    return moment.astimezone(PARIS) if moment.tzinfo else moment


def local_day(day: Day) -> dt.date:
    return local(day).date() if isinstance(day, dt.datetime) else day


def today() -> dt.date:
    return dt.datetime.now(PARIS).date()


@register.filter
def number(value: Number | None) -> str:
    """1234.5 → « 1 234,5 »."""
    if value is None:
        return ""
    return f"{value:,}".replace(",", NARROW).replace(".", ",")


@register.filter
def plural_word(count: Number, forms: str) -> str:
    """`forms` is "singular,plural", or one word that takes an s."""
    singular, _, several = forms.partition(",")
    return singular if -2 < count < 2 else several or f"{singular}s"


@register.filter
def plural(count: Number, forms: str) -> str:
    return f"{number(count)}{NBSP}{plural_word(count, forms)}"


@register.filter
def hour(moment: Clock | None) -> str:
    if moment is None:
        return ""
    clock = local(moment) if isinstance(moment, dt.datetime) else moment
    minutes = f"{NBSP}{clock.minute:02}" if clock.minute else ""
    return f"{clock.hour}{NBSP}h{minutes}"


@register.filter
def hours_between(start: Clock, end: Clock) -> str:
    return f"de {hour(start)} à {hour(end)}"


@register.filter
def short_date(day: Day | None) -> str:
    """« 10 décembre », without the day of the week."""
    if day is None:
        return ""
    on = local_day(day)
    return f"{'1er' if on.day == 1 else on.day} {MONTHS[on.month - 1]}"


@register.filter
def long_date(day: Day | None) -> str:
    if day is None:
        return ""
    return f"{WEEKDAYS[local_day(day).weekday()]} {short_date(day)}"


@register.filter
def long_date_year(day: Day | None) -> str:
    return f"{long_date(day)} {local_day(day).year}" if day else ""


@register.filter
def month_year(day: Day | None) -> str:
    if day is None:
        return ""
    on = local_day(day)
    return f"{MONTHS[on.month - 1]} {on.year}"


@register.filter
def in_days(day: Day, since: Day | None = None) -> str:
    """Counted in calendar days of Paris, from `since` or today."""
    gap = (local_day(day) - (local_day(since) if since else today())).days
    near = {-1: "hier", 0: f"aujourd{APOSTROPHE}hui", 1: "demain"}
    if gap in near:
        return near[gap]
    days = abs(gap)
    size = f"{days}{NBSP}jours" if days < A_WHILE else f"{round(days / 30.4)}{NBSP}mois"
    return f"{'dans' if gap > 0 else 'il y a'} {size}"


@register.filter
def e164(value: object) -> str:
    """« 06 39 98 01 02 » → « +33639980102 », for tel: and sms: links."""
    digits = re.sub(r"[^\d+]", "", str(value or "").replace("(0)", ""))
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    return f"+33{digits[1:]}" if digits.startswith("0") else digits


@register.filter
def phone(value: object) -> str:
    """French numbers in pairs; a foreign number is left as it was typed."""
    dialled = e164(value)
    if not re.fullmatch(r"\+33\d{9}", dialled):
        return str(value or "")
    return NBSP.join(re.findall(r"\d\d", f"0{dialled[3:]}"))


@register.filter
def sentence_list(words: Iterable[object]) -> str:
    *first, last = [str(word) for word in words] or [""]
    return f"{', '.join(first)} et {last}" if first else last


@register.filter
def euro(amount: Number | None) -> str:
    """« 7,40 € », and « 7 € » for a whole amount."""
    if amount is None:
        return ""
    exact = Decimal(str(amount)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    whole = exact == exact.to_integral_value()
    return f"{number(int(exact) if whole else exact)}{NBSP}€"


@register.filter
def distance(kilometres: Number | None) -> str:
    if kilometres is None:
        return ""
    metres = int(Decimal(str(kilometres)) * 10 + Decimal("0.5")) * 100
    if metres == 0:
        return f"moins de 100{NBSP}m"
    if metres < 1000:
        return f"{metres}{NBSP}m"
    digits = 0 if metres >= 10_000 else 1
    rounded = Decimal(metres).scaleb(-3).quantize(Decimal(10) ** -digits, ROUND_HALF_UP)
    return f"{number(rounded).removesuffix(',0')}{NBSP}km"


@register.filter
def typo(text: object) -> str:
    """Repairs the spaces and apostrophes of words typed by people, and leaves out what
    nobody sees."""
    fixed = UNSEEN.sub("", str(text or ""))
    fixed = BEFORE_MARK.sub(rf"{NARROW}\1", fixed)
    fixed = BEFORE_PERCENT.sub(f"{NARROW}%", fixed)
    fixed = BEFORE_EURO.sub(f"{NBSP}€", fixed)
    fixed = re.sub(rf"«{SPACES}(?=\S)", f"«{NARROW}", fixed)
    fixed = re.sub(rf"(?<=\S){SPACES}»", f"{NARROW}»", fixed)
    return STRAIGHT_APOSTROPHE.sub(APOSTROPHE, fixed)


@register.filter
def of_place(name: str) -> str:
    """« d’Annecy », « de Valmorey », « du Villard », « des Granges »."""
    if article := ARTICLE.match(name):
        return f"{'des' if article[1] == 'Les' else 'du'} {name[article.end() :]}"
    elided = name[:1].lower() in VOWELS and name[:1] != ""
    return f"d{APOSTROPHE}{name}" if elided else f"de {name}"


@register.filter
def at_place(name: str) -> str:
    """« à Valmorey », « au Villard », « aux Granges »."""
    if article := ARTICLE.match(name):
        return f"{'aux' if article[1] == 'Les' else 'au'} {name[article.end() :]}"
    return f"à {name}"
