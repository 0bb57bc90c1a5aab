"""Link blocks on pages in many languages and both directions: every shape leaves the text and becomes relations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from aggregator.records import Article, Source


@dataclass(frozen=True)
class Tongue:
    """Sentences for a page in one language, and labels that editors use in it."""

    language: str
    labels: tuple[str, str]
    headline: str
    sentences: tuple[str, str, str, str]
    anchors: tuple[str, str]


TONGUES = [
    Tongue(
        "en", ("Read more", "Related news"), "Village opens its new library by the river",
        ("The village opened its new library on Saturday after two years of work on the old mill by the river.",
         "More than four hundred people came to see the rooms, and children read the first stories aloud.",
         "The mayor thanked the volunteers who had carried the books from the school to the mill by hand.",
         "The library will be open every day, and an evening course on local history begins there next month."),
        ("Snow closes the mountain road for a week", "Farmers bring in the first apples of autumn"),
    ),
    Tongue(
        "fa", ("بیشتر بخوانید", "اخبار مرتبط"), "کتابخانه تازه روستا کنار رودخانه گشایش یافت",
        ("کتابخانه تازه روستا روز شنبه پس از دو سال کار در آسیاب قدیمی کنار رودخانه گشایش یافت و مردم از آن دیدند.",
         "بیش از چهارصد نفر برای دیدن اتاق‌ها آمدند و کودکان همان روز نخستین داستان‌ها را با صدای بلند خواندند.",
         "دهیار روستا از داوطلبانی که کتاب‌ها را با دست از مدرسه به آسیاب برده بودند سپاسگزاری کرد و از آینده گفت.",
         "این کتابخانه هر روز باز خواهد بود و از ماه آینده کلاس شبانه تاریخ محلی در آن برگزار می‌شود."),
        ("برف جاده کوهستانی را یک هفته بست", "باغداران نخستین سیب‌های پاییز را چیدند"),
    ),
    Tongue(
        "ar", ("اقرأ أيضا", "أخبار ذات صلة"), "القرية تفتتح مكتبتها الجديدة على ضفة النهر",
        ("افتتحت القرية يوم السبت مكتبتها الجديدة بعد عامين من العمل في الطاحونة القديمة الواقعة على ضفة النهر.",
         "وحضر أكثر من أربعمئة شخص لرؤية القاعات وقرأ الأطفال القصص الأولى بصوت عال في ذلك الصباح المشمس.",
         "وشكر رئيس البلدية المتطوعين الذين نقلوا الكتب من المدرسة إلى الطاحونة بأيديهم خلال أشهر الشتاء.",
         "وستفتح المكتبة أبوابها كل يوم وتبدأ فيها الشهر المقبل دورة مسائية عن تاريخ المنطقة وأهلها."),
        ("الثلوج تغلق طريق الجبل أسبوعا كاملا", "المزارعون يقطفون أول تفاح الخريف"),
    ),
    Tongue(
        "ckb", ("زیاتر بخوێنەوە", "هەواڵی پەیوەندیدار"), "گوندەکە کتێبخانە نوێیەکەی لە کەناری ڕووبارەکە کردەوە",
        ("گوندەکە ڕۆژی شەممە کتێبخانە نوێیەکەی کردەوە دوای دوو ساڵ کارکردن لە ئاشە کۆنەکەی کەناری ڕووبارەکە.",
         "زیاتر لە چوارسەد کەس هاتن بۆ بینینی ژوورەکان و منداڵان لەو بەیانییەدا یەکەم چیرۆکیان بە دەنگی بەرز خوێندەوە.",
         "سەرۆکی گوندەکە سوپاسی ئەو خۆبەخشانەی کرد کە بە دەست کتێبەکانیان لە قوتابخانەوە بۆ ئاشەکە گواستبووەوە.",
         "کتێبخانەکە هەموو ڕۆژێک کراوە دەبێت و مانگی داهاتوو خولێکی ئێوارانە لەسەر مێژووی ناوچەکە دەست پێدەکات."),
        ("بەفر ڕێگای شاخەکە بۆ هەفتەیەک دادەخات", "جووتیاران یەکەم سێوی پاییز دەچننەوە"),
    ),
    Tongue(
        "ku", ("Zêdetir bixwîne", "Nûçeyên têkildar"), "Gund pirtûkxaneya xwe ya nû li kêleka çem vekir",
        ("Gund roja şemiyê pirtûkxaneya xwe ya nû piştî du salan ji xebatê di aşê kevn ê li kêleka çem de vekir.",
         "Zêdetirî çarsed kes hatin ku odeyan bibînin û zarokan wê sibehê çîrokên yekem bi dengekî bilind xwendin.",
         "Şaredar spasiya dilxwazan kir ku pirtûk bi destan ji dibistanê heta aş bi zivistanê re birin wir.",
         "Pirtûkxane dê her roj vekirî be û meha bê qursek êvarê li ser dîroka herêmê lê dest pê bike."),
        ("Berf rêya çiyê ji bo hefteyekê digire", "Cotkar sêvên pêşîn ên payîzê diçinin"),
    ),
    Tongue(
        "tr", ("İlgili Haberler", "Ayrıca okuyun"), "Köy yeni kütüphanesini ırmak kıyısında açtı",
        ("Köy, ırmak kıyısındaki eski değirmende iki yıl süren çalışmanın ardından yeni kütüphanesini cumartesi açtı.",
         "Odaları görmek için dört yüzden fazla kişi geldi ve çocuklar o sabah ilk öyküleri yüksek sesle okudu.",
         "Muhtar, kitapları okuldan değirmene kış boyunca elleriyle taşıyan gönüllülere uzun uzun teşekkür etti.",
         "Kütüphane her gün açık olacak ve gelecek ay burada yörenin tarihi üzerine bir akşam kursu başlayacak."),
        ("Kar dağ yolunu bir hafta boyunca kapattı", "Çiftçiler güzün ilk elmalarını topluyor"),
    ),
    Tongue(
        "he", ("קראו גם", "כתבות נוספות"), "הכפר פתח ספרייה חדשה על גדת הנהר",
        ("הכפר פתח ביום שבת את הספרייה החדשה שלו אחרי שנתיים של עבודה בטחנה הישנה שעל גדת הנהר הקטן.",
         "יותר מארבע מאות איש באו לראות את החדרים, והילדים קראו באותו בוקר את הסיפורים הראשונים בקול רם.",
         "ראש המועצה הודה למתנדבים שנשאו את הספרים בידיהם מבית הספר אל הטחנה במשך כל חודשי החורף.",
         "הספרייה תהיה פתוחה בכל יום, ובחודש הבא ייפתח בה קורס ערב על תולדות האזור ועל אנשיו."),
        ("השלג סגר את דרך ההרים לשבוע שלם", "החקלאים קוטפים את תפוחי הסתיו הראשונים"),
    ),
    Tongue(
        "ur", ("مزید پڑھیں", "متعلقہ خبریں"), "گاؤں نے دریا کے کنارے اپنا نیا کتب خانہ کھول دیا",
        ("گاؤں نے دریا کے کنارے پرانی چکی میں دو سال کے کام کے بعد ہفتے کے روز اپنا نیا کتب خانہ کھول دیا ہے۔",
         "چار سو سے زیادہ لوگ کمرے دیکھنے آئے اور بچوں نے اس صبح پہلی کہانیاں بلند آواز میں پڑھ کر سنائیں۔",
         "ناظم نے ان رضاکاروں کا شکریہ ادا کیا جنہوں نے سردیوں میں کتابیں اسکول سے چکی تک اپنے ہاتھوں سے پہنچائیں۔",
         "کتب خانہ ہر روز کھلا رہے گا اور اگلے مہینے وہاں علاقے کی تاریخ پر شام کا ایک کورس شروع ہو گا۔"),
        ("برف نے پہاڑی سڑک ایک ہفتے کے لیے بند کر دی", "کسان خزاں کے پہلے سیب توڑ رہے ہیں"),
    ),
    Tongue(
        "ru", ("Читайте также", "Материалы по теме"), "Деревня открыла новую библиотеку на берегу реки",
        ("В субботу деревня открыла новую библиотеку после двух лет работы в старой мельнице на берегу реки.",
         "Посмотреть комнаты пришли больше четырёхсот человек, и дети в то утро вслух прочитали первые рассказы.",
         "Староста поблагодарил добровольцев, которые всю зиму носили книги из школы на мельницу своими руками.",
         "Библиотека будет открыта каждый день, а в следующем месяце в ней начнутся вечерние занятия по истории."),
        ("Снег закрыл горную дорогу на целую неделю", "Фермеры собирают первые осенние яблоки"),
    ),
    Tongue(
        "az", ("Həmçinin oxuyun", "Oxşar xəbərlər"), "Kənd çayın sahilində yeni kitabxanasını açdı",
        ("Kənd çayın sahilindəki köhnə dəyirmanda iki il davam edən işdən sonra şənbə günü yeni kitabxanasını açdı.",
         "Otaqları görmək üçün dörd yüzdən çox adam gəldi və uşaqlar həmin səhər ilk hekayələri ucadan oxudular.",
         "Bələdiyyə sədri kitabları məktəbdən dəyirmana qış boyu əlləri ilə daşıyan könüllülərə təşəkkür etdi.",
         "Kitabxana hər gün açıq olacaq və gələn ay orada bölgənin tarixi haqqında axşam kursu başlayacaq."),
        ("Qar dağ yolunu bir həftəlik bağladı", "Fermerlər payızın ilk almalarını yığırlar"),
    ),
    Tongue(
        "hy", ("Կարդացեք նաև", "Առնչվող նորություններ"), "Գյուղը գետի ափին բացեց իր նոր գրադարանը",
        ("Գյուղը շաբաթ օրը բացեց իր նոր գրադարանը գետի ափին գտնվող հին ջրաղացում երկու տարվա աշխատանքից հետո։",
         "Ավելի քան չորս հարյուր մարդ եկավ տեսնելու սենյակները, և երեխաներն այդ առավոտ կարդացին պատմություններ։",
         "Գյուղապետը շնորհակալություն հայտնեց կամավորներին, որոնք գրքերը դպրոցից ջրաղաց էին տարել իրենց ձեռքերով։",
         "Գրադարանը բաց կլինի ամեն օր, և հաջորդ ամիս այնտեղ կսկսվի տարածքի պատմության երեկոյան դասընթաց։"),
        ("Ձյունը մեկ շաբաթով փակեց լեռնային ճանապարհը", "Գյուղացիները հավաքում են աշնան առաջին խնձորները"),
    ),
    Tongue(
        "de", ("Lesen Sie auch", "Mehr zum Thema"), "Das Dorf eröffnet seine neue Bücherei am Fluss",
        ("Das Dorf hat am Samstag seine neue Bücherei eröffnet, nach zwei Jahren Arbeit in der alten Mühle.",
         "Mehr als vierhundert Menschen kamen, um die Räume zu sehen, und Kinder lasen die ersten Geschichten vor.",
         "Die Bürgermeisterin dankte den Freiwilligen, die die Bücher von der Schule zur Mühle getragen hatten.",
         "Die Bücherei wird jeden Tag offen sein, und im nächsten Monat beginnt dort ein Abendkurs zur Geschichte."),
        ("Schnee sperrt die Bergstraße für eine Woche", "Bauern ernten die ersten Äpfel des Herbstes"),
    ),
    Tongue(
        "fr", ("Lire aussi", "Sur le même sujet"), "Le village ouvre sa nouvelle bibliothèque au bord de la rivière",
        ("Le village a ouvert samedi sa nouvelle bibliothèque après deux ans de travaux dans le vieux moulin.",
         "Plus de quatre cents personnes sont venues voir les salles, et les enfants ont lu les premiers contes.",
         "La maire a remercié les bénévoles qui avaient porté les livres de l'école au moulin pendant tout l'hiver.",
         "La bibliothèque sera ouverte tous les jours, et un cours du soir sur l'histoire locale y débute bientôt."),
        ("La neige ferme la route de montagne une semaine", "Les fermiers cueillent les premières pommes d'automne"),
    ),
    Tongue(
        "es", ("Lea también", "Noticias relacionadas"), "El pueblo abre su nueva biblioteca junto al río",
        ("El pueblo abrió el sábado su nueva biblioteca después de dos años de trabajo en el viejo molino del río.",
         "Más de cuatrocientas personas vinieron a ver las salas, y los niños leyeron en voz alta los cuentos.",
         "La alcaldesa dio las gracias a los voluntarios que llevaron los libros a mano desde la escuela al molino.",
         "La biblioteca abrirá todos los días, y el mes que viene empieza allí un curso sobre la historia local."),
        ("La nieve cierra la carretera de montaña una semana", "Los agricultores recogen las primeras manzanas"),
    ),
]  # fmt: skip

ADDRESSES = ("/news/7/snow-closes-the-mountain-road", "/news/8/first-apples-of-the-autumn")


def _links(tongue: Tongue) -> tuple[str, str]:
    first, second = (
        f'<a href="{address}">{anchor}</a>' for address, anchor in zip(ADDRESSES, tongue.anchors, strict=True)
    )
    return first, second


def _label_paragraph(tongue: Tongue, label: str) -> str:
    return f"<p><strong>{label}:</strong> {_links(tongue)[0]}</p>"


def _label_in_link(tongue: Tongue, label: str) -> str:
    return f'<p><a href="{ADDRESSES[0]}">{label}: {tongue.anchors[0]}</a></p>'


def _label_box(tongue: Tongue, label: str) -> str:
    first, second = _links(tongue)
    return f'<div class="x7"><b>{label}</b><ul><li>{first}</li><li>{second}</li></ul></div>'


def _label_heading(tongue: Tongue, label: str) -> str:
    first, second = _links(tongue)
    return f"<h4>{label}:</h4><p>{first}</p><p>{second}</p>"


def _list(tongue: Tongue, label: str) -> str:
    first, second = _links(tongue)
    return f"<ul><li>{first}</li><li>{second}</li></ul>"


def _card(tongue: Tongue, label: str) -> str:
    return f'<div><a href="{ADDRESSES[0]}"><img src="/i.jpg" alt=""><h3>{tongue.anchors[0]}</h3></a></div>'


SHAPES: dict[str, tuple[Callable[[Tongue, str], str], int, bool]] = {
    "label paragraph": (_label_paragraph, 1, True),
    "label within the link": (_label_in_link, 1, True),
    "label box": (_label_box, 2, True),
    "label as heading, siblings": (_label_heading, 2, True),
    "list without label": (_list, 2, False),
    "card without label": (_card, 1, False),
}
"""How a block is built, how many links it has, whether it shows its label."""


def _page(tongue: Tongue, block: str, place: int) -> str:
    direction = "rtl" if tongue.language in ("fa", "ar", "ckb", "he", "ur") else "ltr"
    parts = [f"<p>{sentence}</p>" for sentence in tongue.sentences]
    parts.insert(place, block)
    return (
        f'<!DOCTYPE html><html lang="{tongue.language}" dir="{direction}"><head><title>{tongue.headline}</title></head>'
        f"<body><nav><a href='/'>⌂</a></nav><main><article><h1>{tongue.headline}</h1><div>{''.join(parts)}</div>"
        "</article></main></body></html>"
    )


@pytest.mark.parametrize("tongue", TONGUES, ids=lambda tongue: tongue.language)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_block_becomes_relations_in_every_language(
    tongue: Tongue, shape: str, article: Callable[..., Article]
) -> None:
    """Half of the region's pages are written from right to left, and no list of labels is ever complete."""
    build, count, labelled = SHAPES[shape]
    source = Source(id="valley", name="Valley Herald", languages=(tongue.language,))
    for label in tongue.labels if labelled else tongue.labels[:1]:
        for place in (2, 4) if labelled else (2,):
            read = article(_page(tongue, build(tongue, label), place), source=source)
            assert read.text.split("\n\n") == list(tongue.sentences)
            assert [each.anchor for each in read.relations] == list(tongue.anchors[:count])
            assert {each.after_paragraph for each in read.relations} == {place}
            assert {each.heading for each in read.relations} == {label if labelled else None}
            assert {each.where for each in read.relations} == {"inline" if place < 4 else "end"}


@pytest.mark.parametrize("tongue", TONGUES, ids=lambda tongue: tongue.language)
@pytest.mark.parametrize("told", [True, False], ids=["stated", "unstated"])
def test_the_language_of_a_page_is_found(tongue: Tongue, told: bool, article: Callable[..., Article]) -> None:
    """Whether the page states it or only its words and its source tell."""
    source = Source(id="valley", name="Valley Herald", languages=() if told else ("en", tongue.language))
    html = _page(tongue, "", 0)
    read = article(html if told else html.replace(f' lang="{tongue.language}"', ""), source=source)
    assert read.language == tongue.language
    assert read.headline == tongue.headline
