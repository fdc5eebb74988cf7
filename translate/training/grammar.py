"""
A synchronous grammar: Arabic sentences and their English, made together, with agreement.

No corpus has every name with every title, every nationality in both genders and
every number; a grammar has. Each rule makes both sides from the same choices,
and each choice carries what the words around it must agree with. It makes
language material, not statements of fact.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from translate.training import grammar_words as words
from translate.training.corpus import Pair
from translate.training.grammar_numbers import (
    arabic_ordinal,
    counted,
    counted_digits,
    english_counted,
    english_number,
    english_ordinal,
)
from translate.training.grammar_words import Country, Noun, Verb

T = TypeVar("T")


def generate(count: int, *, seed: int = 1) -> Iterator[Pair]:
    """
    ``count`` different sentence pairs, the same for the same seed.

    Diacritics and tatweel are never written; quotation marks and numerals vary
    on the Arabic side as they do in news.
    """
    draw = Draw(random.Random(seed))
    seen: set[str] = set()
    while len(seen) < count:
        source, target = draw.of(_RULES)(draw)
        if source not in seen:
            seen.add(source)
            yield Pair(source + ".", target[0].upper() + target[1:] + ("" if target.endswith('."') else "."))


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody or something that acts: both sides, and what verbs and pronouns agree with."""

    arabic: str
    english: str
    feminine: bool = False
    plural: bool = False
    home: Country | None = None
    thing: bool = False

    @property
    def his(self) -> str:
        """The Arabic possessive suffix."""
        return "هم" if self.plural else "ها" if self.feminine else "ه"

    @property
    def possessive(self) -> str:
        """The English possessive."""
        return "their" if self.plural else "its" if self.thing else "her" if self.feminine else "his"

    def verb(self, he: str, she: str) -> str:
        """The form of a verb that stands before this subject: always singular, by gender."""
        return she if self.feminine else he

    def said(self, verb: Verb) -> str:
        """The same for one of the verbs of saying."""
        return self.verb(verb.he, verb.she)


class Draw:
    """Random choices, each a phrase on both sides."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def of(self, items: Sequence[T]) -> T:
        """One of them."""
        return items[int(self.chance.random() * len(items))]

    def maybe(self, share: float = 0.5) -> bool:
        """True in a share of cases."""
        return self.chance.random() < share

    def number(self, most: int) -> int:
        """From 1 to ``most``, small ones more often, and none that ends in 01 or 02 beyond a hundred."""
        value = max(1, round(math.exp(math.log(most) * self.chance.random())))
        return value + 3 if value > 100 and value % 100 in (1, 2) else value

    def country(self) -> Country:
        """Any country."""
        return self.of(words.COUNTRIES)

    def city(self) -> tuple[str, str]:
        """A capital."""
        country = self.country()
        return country.capital, country.english_capital

    def name(self, *, feminine: bool) -> tuple[str, str]:
        """A given name and a family name."""
        given = self.of(words.WOMEN if feminine else words.MEN)
        family = self.of(words.FAMILIES)
        return f"{given[0]} {family[0]}", f"{given[1]} {family[1]}"

    def person(self, *, named: bool | None = None) -> Speaker:
        """Somebody in office, with a nationality, and mostly with a name."""
        feminine, country = self.maybe(0.45), self.country()
        arabic, english = self._office(feminine, country)
        if self.maybe(0.12):
            arabic, english = f"{arabic} {'السابقة' if feminine else 'السابق'}", f"former {english}"
            former = True
        else:
            former = False
        if named or (named is None and self.maybe(0.75)):
            name = self.name(feminine=feminine)
            arabic, english = f"{arabic} {name[0]}", f"{english if former else _titled(english)} {name[1]}"
        else:
            english = f"the {english}"
        return Speaker(arabic, english, feminine, home=country)

    def _office(self, feminine: bool, country: Country) -> tuple[str, str]:
        adjective = definite(country, feminine=feminine)
        if self.maybe(0.55):
            ministry = self.of(words.MINISTRIES)
            return (
                f"{'وزيرة' if feminine else 'وزير'} {ministry[0]} {adjective}",
                f"{country.english_adjective} {ministry[1]} minister",
            )
        office = self.of(words.OFFICES)
        return f"{office[feminine]} {adjective}", f"{country.english_adjective} {office[2]}"

    def body(self) -> Speaker:
        """An organisation, a country or one of its ministries."""
        kind = self.chance.random()
        if kind < 0.35:
            arabic, feminine, english = self.of(words.ORGANISATIONS)
            return Speaker(arabic, english, feminine, thing=True)
        country = self.country()
        if kind < 0.65:
            return Speaker(country.arabic, country.english, not country.masculine, home=country, thing=True)
        ministry = self.of(words.MINISTRIES)
        return Speaker(
            f"وزارة {ministry[0]} {definite(country, feminine=True)}",
            f"the {country.english_adjective} {ministry[1]} ministry",
            feminine=True,
            home=country,
            thing=True,
        )

    def officials(self) -> Speaker:
        """Several people of one nationality, indefinite; the verb before them is singular, masculine."""
        country = self.country()
        arabic, english = self.of(words.OFFICIALS)
        return Speaker(
            f"{arabic} {plural(country)}",
            f"{country.english_adjective} {english}",
            plural=True,
            home=country,
        )

    def spokesperson(self) -> Speaker:
        """Who speaks for a body."""
        body, feminine = self.body(), self.maybe()
        return Speaker(
            f"{'المتحدثة' if feminine else 'المتحدث'} باسم {body.arabic}",
            f"the {'spokeswoman' if feminine else 'spokesman'} for {body.english}",
            feminine,
            home=body.home,
        )

    def speaker(self) -> Speaker:
        """Anybody who may say something."""
        return self.of(
            (self.person, self.person, self.person, self.body, self.officials, self.spokesperson)
        )()

    def day(self) -> tuple[str, str]:
        """A day of the week, or one near to today."""
        if self.maybe(0.25):
            return self.of((("أمس", "yesterday"), ("اليوم", "today"), ("مساء أمس", "yesterday evening")))
        arabic, english = self.of(words.DAYS)
        return f"{self.of(('يوم ', ''))}{arabic}", f"on {english}"

    def date(self) -> tuple[str, str]:
        """A date, with a year or without, with either Arabic name of the month or both."""
        month, day = self.of(words.MONTHS), 1 + int(self.chance.random() * 28)
        name = self.of((month[0], month[1], f"{month[1]}/{month[0]}"))
        figure = self._figure(str(day))
        if self.maybe(0.35):
            return f"{figure} {name}", self.of((f"{month[2]} {day}", f"{day} {month[2]}"))
        year = str(self.year())
        return f"{figure} {name} {self._figure(year)}", self.of((f"{month[2]} {day}, {year}",))

    def year(self) -> int:
        """A year that news may speak of."""
        return 1945 + int(self.chance.random() * 95)

    def _figure(self, digits: str) -> str:
        """Digits as they are, or now and then the Arabic-Indic ones."""
        return digits.translate(_INDIC) if self.maybe(0.06) else digits

    def count(
        self, noun: Noun, most: int, *, oblique: bool = False, accusative: bool = False, least: int = 1
    ) -> tuple[str, str]:
        """How many of something: both sides in words, or both in digits."""
        value = max(self.number(most), least)
        spelled = value <= 2 or (self.maybe(0.5) if value <= 100 else value % 100 == 0 and self.maybe(0.4))
        written = counted if spelled else counted_digits
        arabic = written(value, noun, oblique=oblique, accusative=accusative)
        return arabic, english_counted(value, noun, words=spelled)

    def amount(self) -> tuple[str, str]:
        """A sum of money in thousands, millions or billions; always in the oblique."""
        arabic, english, sign = self.of(words.CURRENCIES)
        scale = self.of((
            (Noun("مليون", "ملايين", "million", "million"), 10**6),
            (Noun("مليار", "مليارات", "billion", "billion"), 10**9),
            (Noun("ألف", "آلاف", "thousand", "thousand"), 10**3),
        ))  # fmt: skip
        if scale[1] > 1000 and self.maybe(0.3):
            value = f"{1 + int(self.chance.random() * 99)}.{1 + int(self.chance.random() * 9)}"
            written = value.replace(".", "٫" if self.maybe(0.1) else ",") if self.maybe(0.25) else value
            return f"{written} {scale[0].singular} {arabic}", _money(
                f"{value} {scale[0].english}", english, sign
            )
        value_ = self.number(900)
        if value_ <= 2:
            noun = scale[0].singular + ("ي" if value_ == 2 else "")
            return f"{noun} {arabic}", f"{('one', 'two')[value_ - 1]} {scale[0].english} {english}"
        if value_ <= 20 and self.maybe(0.35):
            number = counted(value_, scale[0], oblique=True)
            # Before the currency the scale depends on nothing but it: مليون دولار, not مليونا.
            number = number[:-1] if value_ > 10 else number
            return f"{number} {arabic}", f"{english_number(value_)} {scale[0].english} {english}"
        form = scale[0].plural if 3 <= value_ % 100 <= 10 else scale[0].singular
        if scale[1] == 1000:
            return f"{value_} {form} {arabic}", _money(f"{value_},000", english, sign)
        return f"{value_} {form} {arabic}", _money(f"{value_} {scale[0].english}", english, sign)

    def percent(self) -> tuple[str, str]:
        """A percentage, with a fraction or without."""
        value = str(1 + int(self.chance.random() * 98))
        if self.maybe():
            value += f".{1 + int(self.chance.random() * 9)}"
        arabic = value.replace(".", ",") if self.maybe(0.2) else value
        sign = self.of(("%", " في المئة", " في المائة", " بالمئة"))
        return f"{arabic}{sign}", f"{value}%" if sign == "%" else f"{value} percent"

    def quoted(self, arabic: str) -> str:
        """An Arabic quotation in one of the shapes of news."""
        return self.of(('"{}"', '"{}"', "«{}»", "“{}”")).format(arabic)


def definite(country: Country, *, feminine: bool) -> str:
    """A nationality with the article: ``الفرنسية``; both words of ``كوري جنوبي`` take it."""
    if country.adjective == "جنوب أفريقي":
        return "الجنوب أفريقية" if feminine else "الجنوب أفريقي"
    return " ".join(f"ال{word}{'ة' if feminine else ''}" for word in country.adjective.split())


def plural(country: Country) -> str:
    """The indefinite plural of a nationality, in the nominative."""
    if country.plural:
        return country.plural
    if country.adjective == "جنوب أفريقي":
        return "جنوب أفريقيون"
    return " ".join(f"{word}ون" for word in country.adjective.split())


def to(arabic: str) -> str:
    """
    The preposition ل before a word, which swallows the alif of the article, and its lam before another.

    >>> to("الأمم"), to("اللجنة"), to("مصر")
    ('للأمم', 'للجنة', 'لمصر')
    """
    if arabic.startswith("الل"):
        return f"ل{arabic[2:]}"
    return f"لل{arabic[2:]}" if arabic.startswith("ال") else f"ل{arabic}"


def _titled(english: str) -> str:
    """A title before a name takes capitals: ``German Foreign Minister``."""
    return " ".join(word if word in {"of", "the"} else word[0].upper() + word[1:] for word in english.split())


def _money(number: str, currency: str, sign: str) -> str:
    return f"{sign}{number}" if sign else f"{number} {currency}"


def _clause(draw: Draw, speaker: Speaker) -> tuple[str, str]:
    """What a speaker may say of themselves or of the world, after إن or أن; English in reported speech."""
    his, her = speaker.his, speaker.possessive
    country = draw.country()
    choices: list[tuple[str, str]] = []
    if speaker.home is not None and not speaker.thing:
        purpose, topic = draw.of(words.PURPOSES), draw.of(words.TOPICS)
        money = draw.amount()
        choices += [
            (f"بلاد{his} ستخصص {money[0]} {to(purpose[0])}",
             f"{her} country would allocate {money[1]} for {purpose[1]}"),
            (f"بلاد{his} مستعدة لبحث {topic[0]} مع {country.arabic}",
             f"{her} country was ready to discuss {topic[1]} with {country.english}"),
            (f"حكومة بلاد{his} ترفض أي تدخل في {topic[0]}",
             f"{her} country's government rejected any interference in {topic[1]}"),
        ]  # fmt: skip
    indicator, percent = draw.of(words.INDICATORS), draw.percent()
    noun = draw.of(words.VICTIMS)
    victims = draw.count(noun, 400, accusative=True, least=3)
    event, city, topic = draw.of(words.EVENTS), draw.city(), draw.of(words.TOPICS)
    rose = ("ارتفعت", "ارتفع", "had risen") if draw.maybe() else ("تراجعت", "تراجع", "had fallen")
    choices += [
        (f"{indicator[1]} {rose[0] if indicator[0] else rose[1]} بنسبة {percent[0]}",
         f"{indicator[2]} {rose[2]} by {percent[1]}"),
        (f"{victims[0]} {'قتلن' if noun.feminine else 'قتلوا'} في {event[0]}",
         f"{victims[1]} had been killed in {event[1]}"),
        (f"المحادثات بشأن {topic[0]} ستستأنف في {city[0]}", f"talks on {topic[1]} would resume in {city[1]}"),
        (f"{country.arabic} وافق{'' if country.masculine else 'ت'} على استضافة المؤتمر",
         f"{country.english} had agreed to host the conference"),
    ]  # fmt: skip
    return draw.of(choices)


def _reported(draw: Draw) -> tuple[str, str]:
    speaker, verb = draw.speaker(), draw.of(words.SAYING)
    clause = _clause(draw, speaker)
    when = draw.day() if draw.maybe(0.4) else None
    then = (f" {when[0]}", f" {when[1]}") if when else ("", "")
    return (
        f"{speaker.said(verb)} {speaker.arabic}{then[0]} {verb.that} {clause[0]}",
        f"{speaker.english} {verb.english}{then[1]} that {clause[1]}",
    )


def _subject_first(draw: Draw) -> tuple[str, str]:
    """The subject before its verb, which now agrees in number too."""
    speaker, verb = draw.speaker(), draw.of(words.SAYING)
    clause = _clause(draw, speaker)
    form = verb.they if speaker.plural else speaker.said(verb)
    return (
        f"{speaker.verb('وكان', 'وكانت')} {speaker.arabic} قد {form} {verb.that} {clause[0]}",
        f"{speaker.english} had {verb.english} that {clause[1]}",
    )


_QUOTES = (
    ("لن نقبل بأي شروط مسبقة", "We will not accept any preconditions"),
    ("نحن مستعدون للحوار", "We are ready for dialogue"),
    ("هذا القرار خطوة في الاتجاه الصحيح", "This decision is a step in the right direction"),
    ("الوضع خطير جدا", "The situation is very dangerous"),
    ("سنرد على أي هجوم", "We will respond to any attack"),
    ("لا يوجد حل عسكري لهذه الأزمة", "There is no military solution to this crisis"),
    ("نحتاج إلى مزيد من الوقت", "We need more time"),
    ("ما حدث غير مقبول", "What happened is unacceptable"),
    ("علينا أن نعمل معا", "We must work together"),
    ("ننتظر نتائج التحقيق", "We are waiting for the results of the investigation"),
    ("لم نتلق أي رد حتى الآن", "We have received no reply so far"),
    ("الاتفاق يخدم مصلحة الجميع", "The agreement serves everyone's interest"),
)


def _quotation(draw: Draw) -> tuple[str, str]:
    speaker, quote = draw.speaker(), draw.of(_QUOTES)
    verb = words.SAYING[0] if draw.maybe(0.7) else words.SAYING[3]
    if draw.maybe(0.5):
        topic = draw.of(words.TOPICS)
        quote = f"{quote[0]} بشأن {topic[0]}", f"{quote[1]} regarding {topic[1]}"
    arabic = f"{speaker.said(verb)} {speaker.arabic}: {draw.quoted(quote[0])}"
    if draw.maybe():
        return arabic, f'{speaker.english} {verb.english}: "{quote[1]}."'
    return arabic, f'"{quote[1]}," {speaker.english} {verb.english}'


def _according(draw: Draw) -> tuple[str, str]:
    speaker = draw.spokesperson() if draw.maybe() else draw.body()
    noun, city = draw.of(words.THINGS), draw.city()
    number = draw.count(noun, 900, least=3)
    by = draw.of((f"وفقا {to(speaker.arabic)}", f"بحسب {speaker.arabic}", f"نقلا عن {speaker.arabic}"))
    return (
        f"{'دمرت' if noun.feminine else 'دمر'} {number[0]} في {city[0]}، {by}",
        f"{number[1]} were destroyed in {city[1]}, according to {speaker.english}",
    )


def _appointment(draw: Draw) -> tuple[str, str]:
    who = draw.person(named=draw.maybe(0.6))
    feminine, ministry = draw.maybe(), draw.of(words.MINISTRIES)
    name = draw.name(feminine=feminine)
    minister = ("وزيرة" if feminine else "وزيرا") + " " + to(ministry[0])
    arabic = f"{who.verb('عين', 'عينت')} {who.arabic} {name[0]} {minister}"
    english = f"{who.english} appointed {name[1]} as {ministry[1]} minister"
    if draw.maybe():
        former_feminine = draw.maybe()
        former = draw.name(feminine=former_feminine)
        arabic, english = f"{arabic} خلفا {to(former[0])}", f"{english}, succeeding {former[1]}"
    return arabic, english


def _visit(draw: Draw) -> tuple[str, str]:
    who, city, day = draw.person(), draw.city(), draw.day()
    stay = draw.count(words.TIMES[0], 9, accusative=True)
    return (
        f"{who.verb('وصل', 'وصلت')} {who.arabic} إلى {city[0]} {day[0]} في زيارة رسمية تستغرق {stay[0]}",
        f"{who.english} arrived in {city[1]} {day[1]} on an official visit lasting {stay[1]}",
    )


def _coming_visit(draw: Draw) -> tuple[str, str]:
    who, country, date = draw.person(), draw.country(), draw.date()
    return (
        f"{who.verb('سيزور', 'ستزور')} {who.arabic} {country.arabic} في {date[0]}",
        f"{who.english} will visit {country.english} on {date[1]}",
    )


def _meeting(draw: Draw) -> tuple[str, str]:
    who, city, country = draw.person(), draw.city(), draw.country()
    feminine, topic = draw.maybe(), draw.of(words.TOPICS)
    name = draw.name(feminine=feminine)
    counterpart = f"نظيرت{who.his}" if feminine else f"نظير{who.his}"
    verb = draw.of((("التقى", "التقت", "met"), ("استقبل", "استقبلت", "received")))
    return (
        f"{who.verb(*verb[:2])} {who.arabic} في {city[0]} {counterpart} "
        f"{definite(country, feminine=feminine)} {name[0]}، "
        f"{who.verb('وبحث', 'وبحثت')} مع{'ها' if feminine else 'ه'} {topic[0]}",
        f"{who.english} {verb[2]} {who.possessive} {country.english_adjective} counterpart {name[1]} "
        f"in {city[1]} and discussed {topic[1]} with {'her' if feminine else 'him'}",
    )


def _casualties(draw: Draw) -> tuple[str, str]:
    dead, hurt = draw.of(words.VICTIMS), draw.of(words.VICTIMS)
    killed, wounded = draw.count(dead, 300), draw.count(hurt, 500)
    event, city, day = draw.of(words.EVENTS), draw.city(), draw.day()
    were, weren = (
        "was" if number[1] == f"one {noun.english}" else "were"
        for number, noun in ((killed, dead), (wounded, hurt))
    )
    return (
        f"{'قتلت' if dead.feminine else 'قتل'} {killed[0]} "
        f"{'وأصيبت' if hurt.feminine else 'وأصيب'} {wounded[0]} بجروح في {event[0]} في {city[0]} {day[0]}",
        f"{killed[1]} {were} killed and {wounded[1]} {weren} wounded in {event[1]} in {city[1]} {day[1]}",
    )


def _death(draw: Draw) -> tuple[str, str]:
    noun, event, city = draw.of(words.VICTIMS), draw.of(words.EVENTS), draw.city()
    number = draw.count(noun, 2000, oblique=True, least=2)
    body = draw.body()
    return (
        f"{body.verb('أعلن', 'أعلنت')} {body.arabic} مقتل {number[0]} في {event[0]} قرب {city[0]}",
        f"{body.english} announced the death of {number[1]} in {event[1]} near {city[1]}",
    )


def _money_for(draw: Draw) -> tuple[str, str]:
    body, money, purpose = draw.body(), draw.amount(), draw.of(words.PURPOSES)
    verb = draw.of((("خصص", "خصصت", "allocated"), ("قدم", "قدمت", "provided"), ("أنفق", "أنفقت", "spent")))
    on = "on" if verb[2] == "spent" else "for"
    link = f"على {purpose[0]}" if on == "on" else to(purpose[0])
    return (
        f"{body.verb(*verb[:2])} {body.arabic} {money[0]} {link}",
        f"{body.english} {verb[2]} {money[1]} {on} {purpose[1]}",
    )


def _worth(draw: Draw) -> tuple[str, str]:
    first, second, money, year = draw.country(), draw.country(), draw.amount(), draw.year()
    verb = "وقع" if first.masculine else "وقعت"
    return (
        f"{verb} {first.arabic} عقدا مع {second.arabic} بقيمة {money[0]} في عام {year}",
        f"{first.english} signed a contract with {second.english} worth {money[1]} in {year}",
    )


def _indicator(draw: Draw) -> tuple[str, str]:
    feminine, arabic, english = draw.of(words.INDICATORS)
    country, percent, month = draw.country(), draw.percent(), draw.of(words.MONTHS)
    up = draw.maybe()
    verb = ("ارتفع" if up else "انخفض") + ("ت" if feminine else "")
    when = draw.of((
        (f"في {draw.of(month[:2])} الماضي", f"last {month[2]}"),
        ("مقارنة بالعام الماضي", "compared with last year"),
        (f"خلال عام {(year := draw.year())}", f"during {year}"),
    ))  # fmt: skip
    return (
        f"{verb} {arabic} في {country.arabic} بنسبة {percent[0]} {when[0]}",
        f"{english} in {country.english} {'rose' if up else 'fell'} by {percent[1]} {when[1]}",
    )


def _two_ministers(draw: Draw) -> tuple[str, str]:
    """Two of a kind in the dual, their two nationalities each in the singular."""
    first, second, city = draw.country(), draw.country(), draw.city()
    if first is second:
        second = words.COUNTRIES[(words.COUNTRIES.index(first) + 1) % len(words.COUNTRIES)]
    feminine, ministry, topic = draw.maybe(0.4), draw.of(words.MINISTRIES), draw.of(words.TOPICS)
    dual = "وزيرتا" if feminine else "وزيرا"
    verb = draw.of((("بحث", "بحثت", "discussed"), ("ناقش", "ناقشت", "debated")))
    names = f"{definite(first, feminine=feminine)} و{definite(second, feminine=feminine)}"
    return (
        f"{verb[feminine]} {dual} {ministry[0]} {names} {topic[0]} خلال لقائهما في {city[0]}",
        f"the {first.english_adjective} and {second.english_adjective} {ministry[1]} ministers {verb[2]} "
        f"{topic[1]} during their meeting in {city[1]}",
    )


def _ordinal(draw: Draw) -> tuple[str, str]:
    feminine, arabic, english = draw.of(words.MEETINGS)
    value, city, day, body = (
        1 + int(draw.chance.random() * 60),
        draw.city(),
        draw.day(),
        draw.of(words.ORGANISATIONS),
    )
    spelled = value <= 10 or draw.maybe()
    return (
        f"{'انطلقت' if feminine else 'انطلق'} {arabic} {arabic_ordinal(value, feminine=feminine)} "
        f"{to(body[0])} في {city[0]} {day[0]}",
        f"the {english_ordinal(value, words=spelled)} {english} of {body[2]} opened in {city[1]} {day[1]}",
    )


def _birth(draw: Draw) -> tuple[str, str]:
    feminine, city, date = draw.maybe(), draw.city(), draw.date()
    name = draw.name(feminine=feminine)
    return (
        f"{'ولدت' if feminine else 'ولد'} {name[0]} في {city[0]} في {date[0]}",
        f"{name[1]} was born in {city[1]} on {date[1]}",
    )


def _age(draw: Draw) -> tuple[str, str]:
    feminine, value, country = draw.maybe(), 25 + int(draw.chance.random() * 70), draw.country()
    name, office = draw.name(feminine=feminine), draw.of(words.OFFICES)
    noun = draw.of(words.YEARS)
    spelled = draw.maybe()
    age = (counted if spelled else counted_digits)(value, noun, accusative=True)
    return (
        f"{'تبلغ' if feminine else 'يبلغ'} {office[feminine]} {definite(country, feminine=feminine)} "
        f"{name[0]} من العمر {age}",
        f"{_titled(f'{country.english_adjective} {office[2]}')} {name[1]} is "
        f"{english_counted(value, noun, words=spelled)} old",
    )


def _silence(draw: Draw) -> tuple[str, str]:
    who, topic = draw.spokesperson() if draw.maybe() else draw.person(), draw.of(words.TOPICS)
    return (
        f"{who.verb('ولم يعلق', 'ولم تعلق')} {who.arabic} على {topic[0]}",
        f"{who.english} did not comment on {topic[1]}",
    )


def _relative(draw: Draw) -> tuple[str, str]:
    """A relative pronoun and two verbs that agree with one person."""
    who, city, day, country = draw.person(named=True), draw.city(), draw.day(), draw.country()
    verb = draw.of(words.SAYING[1:3])
    clause = _clause(draw, who)
    return (
        f"{who.said(verb)} {who.arabic}، {who.verb('الذي وصل', 'التي وصلت')} إلى {city[0]} {day[0]} قادم"
        f"{who.verb('ا', 'ة')} من {country.capital}، {verb.that} {clause[0]}",
        f"{who.english}, who arrived in {city[1]} {day[1]} from {country.english_capital}, "
        f"{verb.english} that {clause[1]}",
    )


def _election(draw: Draw) -> tuple[str, str]:
    feminine, percent, country, year = draw.maybe(), draw.percent(), draw.country(), draw.year()
    name = draw.name(feminine=feminine)
    return (
        f"{'فازت المرشحة' if feminine else 'فاز المرشح'} {name[0]} بنسبة {percent[0]} من الأصوات "
        f"في الانتخابات {definite(country, feminine=True)} عام {year}",
        f"candidate {name[1]} won {percent[1]} of the votes in the {country.english_adjective} elections "
        f"of {year}",
    )


def _delivery(draw: Draw) -> tuple[str, str]:
    body, country, noun = draw.body(), draw.country(), draw.of(words.THINGS[:4])
    number = draw.count(noun, 500, accusative=True)
    verb = draw.of((("تسلم", "تسلمت", "received", "من", "from"), ("طلب", "طلبت", "ordered", "من", "from"),
                    ("باع", "باعت", "sold", "إلى", "to")))  # fmt: skip
    return (
        f"{body.verb(*verb[:2])} {body.arabic} {number[0]} {verb[3]} {country.arabic}",
        f"{body.english} {verb[2]} {number[1]} {verb[4]} {country.english}",
    )


def _duration(draw: Draw) -> tuple[str, str]:
    feminine, arabic, english = draw.of(words.MEETINGS)
    stay, city = draw.count(draw.of(words.TIMES), 40, accusative=True), draw.city()
    return (
        f"{'استمرت' if feminine else 'استمر'} {arabic} في {city[0]} {stay[0]}",
        f"the {english} in {city[1]} lasted {stay[1]}",
    )


_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_RULES: tuple[Callable[[Draw], tuple[str, str]], ...] = (
    *((_reported,) * 4),
    *((_quotation,) * 2),
    _subject_first,
    _according,
    _appointment,
    _visit,
    _coming_visit,
    *((_meeting,) * 2),
    *((_casualties,) * 2),
    _death,
    *((_money_for,) * 2),
    _worth,
    *((_indicator,) * 2),
    _two_ministers,
    _ordinal,
    _birth,
    _age,
    _silence,
    _relative,
    _election,
    _delivery,
    _duration,
)
