"""Pages with a dateline that names its zone, an agency prefix, and labels in paragraphs of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from aggregator.records import Article, Source


@dataclass(frozen=True)
class Form:
    """One language's page of the form."""

    language: str
    direction: str
    source: Source
    headline: str
    dateline: str
    lead: str
    prefix: str
    section: str
    paragraphs: tuple[str, str, str, str]
    related: str
    more: str
    links: tuple[str, str, str, str, str]
    cited: str
    zone: str | None

    def html(self) -> str:
        """The page."""
        first, second, third, fourth = self.paragraphs
        inline = [
            f'<p><strong>{self.related}</strong></p><p><a href="/content/{n}-x">{self.links[n]}</a></p>' for n in (0, 1)
        ]
        more = "".join(f'<li><a href="/content/{n}-x">{self.links[n]}</a></li>' for n in (2, 3, 4))
        return (
            f'<html lang="{self.language}" dir="{self.direction}"><head>'
            f"<title>{self.headline} | {self.source.name}</title></head>"
            f'<body><div id="menu"><a href="/">{self.source.name}</a></div><div class="news"><h1>{self.headline}</h1>'
            f'<div class="d1">{self.dateline}</div><h2 class="lead">{self.lead}</h2><div class="d2">'
            f"<p>{self.prefix} {first}</p>{inline[0]}<p>{second}</p>{inline[1]}<p>{third}</p><p>{fourth}</p>"
            f"<p><strong>{self.more}</strong></p><ul>{more}</ul></div></div></body></html>"
        )


ENGLISH = Form(
    language="en",
    direction="ltr",
    source=Source(id="iranpress", name="Iran Press", languages=("en",)),
    headline="Ministers sign accord on mountain railway",
    dateline="Mar 16, 2019 17:46 Asia/Tehran",
    lead="The transport ministers of two countries signed an accord on a railway through the mountains on Saturday.",
    prefix="Iran Press/Middle East:",
    section="Middle East",
    paragraphs=(
        "The line of four hundred kilometres is to carry its first trains in six years, the ministers told reporters.",
        "Press TV reported that work on the longest of the eleven tunnels will begin in the second half of the year.",
        "Merchants on both sides of the border hope that goods will then travel in one day where they now need four.",
        "Critics of the plan say that the cost has been reckoned too low and ask for a study of the mountain rivers.",
    ),
    related="Related News:",
    more="Read More:",
    links=(
        "Border market opens after two years of repairs",
        "Engineers finish the survey of the northern pass",
        "Trade between the two countries grew by a third",
        "New bridge shortens the way to the sea ports",
        "Railway museum shows the first engines of the line",
    ),
    cited="Press TV",
    zone="Asia/Tehran",
)
PERSIAN = Form(
    language="fa",
    direction="rtl",
    source=Source(
        id="iranpress",
        name="Iran Press",
        languages=("fa",),
        timezone="Asia/Tehran",
        aliases=("ایران پرس",),
    ),
    headline="امضای توافق راه‌آهن کوهستانی میان دو کشور",
    dateline="۲۵ اسفند ۱۳۹۷ ساعت ۱۷:۴۶",
    lead="وزیران راه دو کشور روز شنبه توافقی را برای ساخت راه‌آهن در میان کوه‌های مرزی امضا کردند.",
    prefix="ایران پرس/ خاورمیانه:",
    section="خاورمیانه",
    paragraphs=(
        "این خط چهارصد کیلومتری قرار است تا شش سال دیگر نخستین قطارهای خود را از میان کوه‌ها به شهرهای مرزی ببرد.",
        "به گزارش پرس تی وی، کار بر روی بلندترین تونل از یازده تونل این مسیر در نیمه دوم سال آغاز خواهد شد.",
        "بازرگانان دو سوی مرز امیدوارند که کالاها به جای چهار روز در یک روز به بازارهای شهرهای بزرگ برسند.",
        "منتقدان این طرح می‌گویند که هزینه‌ها کمتر از اندازه واقعی برآورد شده و باید رودهای کوهستان بررسی شوند.",
    ),
    related="اخبار مرتبط:",
    more="بیشتر بخوانید:",
    links=(
        "بازارچه مرزی پس از دو سال بازگشایی شد",
        "پایان نقشه‌برداری از گردنه شمالی به دست مهندسان",
        "افزایش یک سومی بازرگانی میان دو کشور همسایه",
        "پل تازه راه رسیدن به بندرها را کوتاه می‌کند",
        "نمایش نخستین لوکوموتیوهای این خط در موزه",
    ),
    cited="Press TV",
    zone="Asia/Tehran",
)
ARABIC = Form(
    language="ar",
    direction="rtl",
    source=Source(id="iranpress", name="Iran Press", languages=("ar",), aliases=("إيران برس",)),
    headline="وزيران يوقعان اتفاقا لإنشاء سكة حديد جبلية",
    dateline="١٦ آذار ٢٠١٩ - ١٧:٤٦ بتوقيت طهران",
    lead="وقع وزيرا النقل في البلدين يوم السبت اتفاقا لإنشاء خط سكة حديد يعبر الجبال الحدودية بين المدينتين.",
    prefix="إيران برس/ الشرق الأوسط:",
    section="الشرق الأوسط",
    paragraphs=(
        "من المقرر أن يسير الخط الذي يبلغ طوله أربعمئة كيلومتر أول قطاراته بعد ست سنوات من بدء أعمال الحفر.",
        "وذكرت قناة العالم أن العمل في أطول الأنفاق الأحد عشر سيبدأ في النصف الثاني من هذا العام بعد إنجاز الدراسات.",
        "ويأمل التجار على جانبي الحدود أن تصل البضائع خلال يوم واحد بدلا من أربعة أيام كما هو الحال الآن.",
        "ويقول منتقدو المشروع إن التكاليف قدرت بأقل من الواقع ويطالبون بدراسة أثر الأنفاق في أنهار الجبال.",
    ),
    related="أخبار ذات صلة:",
    more="اقرأ المزيد:",
    links=(
        "افتتاح السوق الحدودية بعد عامين من أعمال الترميم",
        "المهندسون ينجزون مسح الممر الشمالي في الجبال",
        "التجارة بين البلدين تزداد بمقدار الثلث هذا العام",
        "جسر جديد يقصر الطريق إلى الموانئ على البحر",
        "متحف السكك الحديدية يعرض أولى قاطرات الخط",
    ),
    cited="Al-Alam",
    zone="Asia/Tehran",
)
FORMS = pytest.mark.parametrize("form", [ENGLISH, PERSIAN, ARABIC], ids=lambda form: form.language)


def _read(form: Form, article: Callable[..., Article]) -> Article:
    return article(form.html(), source=form.source, url="https://iranpress.example/content/100")


@FORMS
def test_the_time_is_read_with_its_zone(form: Form, article: Callable[..., Article]) -> None:
    found = _read(form, article)
    assert found.published == datetime(2019, 3, 16, 14, 16, tzinfo=UTC)
    assert found.published_local == "2019-03-16T17:46:00"
    assert found.published_raw == form.dateline
    assert found.published_zone == form.zone
    assert found.published_source == ("dateline+zone" if form.language == "fa" else "dateline")


@FORMS
def test_agency_and_section_leave_the_text(form: Form, article: Callable[..., Article]) -> None:
    found = _read(form, article)
    assert found.agency == form.prefix.partition("/")[0]  # as the page prints it
    assert found.section == form.section
    assert form.cited in found.cites
    assert "Iran Press" not in found.cites


@FORMS
def test_the_text_is_lead_and_paragraphs_and_nothing_else(form: Form, article: Callable[..., Article]) -> None:
    found = _read(form, article)
    assert found.lead == form.lead
    assert found.text.split("\n\n") == [form.lead, *form.paragraphs]
    assert found.headline == form.headline
    assert found.language == form.language


@FORMS
def test_each_link_is_a_relation_in_its_place(form: Form, article: Callable[..., Article]) -> None:
    found = _read(form, article)
    assert [(each.type, each.where, each.after_paragraph, each.anchor, each.heading) for each in found.relations] == [
        ("related", "inline", 2, form.links[0], form.related.rstrip(":")),
        ("related", "inline", 3, form.links[1], form.related.rstrip(":")),
        ("read_more", "end", 5, form.links[2], form.more.rstrip(":")),
        ("read_more", "end", 5, form.links[3], form.more.rstrip(":")),
        ("read_more", "end", 5, form.links[4], form.more.rstrip(":")),
    ]
    assert [each.url for each in found.relations] == [f"https://iranpress.example/content/{n}-x" for n in range(5)]
