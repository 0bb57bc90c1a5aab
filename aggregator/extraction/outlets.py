"""Names under which news outlets are cited, in any language: the catalogue's and those known everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from aggregator.records import Source
from aggregator.text import fold

KNOWN: dict[str, str] = {
    "Reuters": "رویترز|رويترز|רויטרס|Рейтер|Рейтерс|روئٹرز|路透社|رۆیتەرز|Ройтерс",
    "AFP": "Agence France-Presse|Agence France Presse|فرانس برس|وكالة فرانس برس|خبرگزاری فرانسه|АФП|اے ایف پی|法新社"
    "|فرانس‌پرس",
    "Associated Press": "AP|The Associated Press|أسوشيتد برس|آسوشیتدپرس|אסושייטד פרס|美联社|اسوشی ایٹڈ پریس|آسوشیتد "
    "پرس|اسوشيتد برس",
    "Anadolu Agency": "Anadolu|Anadolu Ajansı|AA|الأناضول|وكالة الأناضول|آناتولی|خبرگزاری آناتولی|ئەنادۆڵ|اناطولیہ",
    "IRNA": "ایرنا|إرنا|Islamic Republic News Agency|ИРНА|ارنا|خبرگزاری جمهوری اسلامی",
    "Tasnim": "Tasnim News Agency|تسنیم|تسنيم|وكالة تسنيم|Тасним|Tasnim News",
    "Fars News": "Fars News Agency|Fars|خبرگزاری فارس|وكالة فارس|Фарс",
    "Mehr News": "Mehr News Agency|Mehr|خبرگزاری مهر|وكالة مهر|Мехр",
    "ISNA": "ایسنا|إسنا|Iranian Students' News Agency|ИСНА|ايسنا",
    "ILNA": "ایلنا|Iranian Labour News Agency",
    "IRIB": "صدا و سیما|صداوسیما|IRIB News|خبرگزاری صدا و سیما",
    "Press TV": "PressTV|پرس تی‌وی|پرس تی وی|برس تي في|پریس ٹی وی",
    "Al-Alam": "Al Alam|العالم|شبکه العالم|قناة العالم",
    "Al Jazeera": "Al-Jazeera|Aljazeera|الجزيرة|قناة الجزيرة|الجزیره|אל-ג'זירה|Аль-Джазира|الجزیرہ|El Cezire|El "
    "Cezira|半岛电视台|ئەلجەزیرە",
    "Al Arabiya": "Al-Arabiya|العربية|قناة العربية|العربیه|Аль-Арабия|العربیہ|Al Arabiya English",
    "Al Mayadeen": "Al-Mayadeen|الميادين|قناة الميادين|المیادین|Аль-Маядин",
    "Al-Manar": "Al Manar|المنار|قناة المنار|المنار تی‌وی",
    "Al-Hadath": "Al Hadath|قناة الحدث",
    "Asharq Al-Awsat": "الشرق الأوسط|صحيفة الشرق الأوسط|Asharq al-Awsat",
    "Sky News": "سكاي نيوز|اسکای نیوز",
    "Sky News Arabia": "سكاي نيوز عربية",
    "BBC": "بي بي سي|بی‌بی‌سی|بی بی سی|Би-би-си|ביביסי|بی بی سی فارسی|BBC News|BBC Persian|BBC Arabic",
    "CNN": "سي إن إن|سی‌ان‌ان|سی ان ان|Си-эн-эн|סי-אן-אן|سی این این|CNN Türk",
    "TASS": "تاس|ТАСС|وكالة تاس|خبرگزاری تاس",
    "RIA Novosti": "РИА Новости|نوفوستي|ریانووستی|ريا نوفوستي|ریا نووستی",
    "Interfax": "Интерфакс|إنترفاكس|اینترفکس",
    "Sputnik": "سبوتنيك|اسپوتنیک|Спутник|اسپوتنک|سپوتنیک",
    "RT": "Russia Today|روسيا اليوم|راشاتودی",
    "Xinhua": "Xinhua News Agency|شينخوا|شینهوا|Синьхуа|新华社|新華社|وكالة شينخوا",
    "CGTN": "",
    "Global Times": "环球时报",
    "DPA": "dpa|Deutsche Presse-Agentur|د ب أ|وكالة الأنباء الألمانية|خبرگزاری آلمان",
    "Deutsche Welle": "DW|دويتشه فيله|دویچه وله",
    "EFE": "Agencia EFE|وكالة إفي",
    "ANSA": "Agenzia ANSA|آنسا",
    "Kyodo": "Kyodo News|共同通信|كيودو",
    "Yonhap": "Yonhap News Agency|يونهاب|یونهاپ|연합뉴스",
    "PTI": "Press Trust of India",
    "Rudaw": "روداو|ڕووداو|رووداو",
    "Kurdistan 24": "K24|كوردستان 24|کوردستان ٢٤|کوردستان 24",
    "Shafaq News": "Shafaq|شفق نيوز|شەفەق نیوز",
    "INA": "Iraqi News Agency|وكالة الأنباء العراقية|واع",
    "Alsumaria": "السومرية|السومرية نيوز",
    "WAFA": "وفا|وكالة وفا|وكالة الأنباء الفلسطينية|وكالة الأنباء والمعلومات الفلسطينية",
    "Ma'an": "Maan News|Ma'an News Agency|وكالة معا",
    "Shehab": "Shehab News Agency|وكالة شهاب|شهاب",
    "SANA": "سانا|وكالة سانا|Syrian Arab News Agency|САНА|خبرگزاری سانا",
    "NNA": "National News Agency|الوكالة الوطنية للإعلام",
    "SPA": "Saudi Press Agency|واس|وكالة الأنباء السعودية",
    "WAM": "Emirates News Agency|وام|وكالة أنباء الإمارات",
    "QNA": "Qatar News Agency|قنا|وكالة الأنباء القطرية",
    "KUNA": "Kuwait News Agency|كونا|وكالة الأنباء الكويتية",
    "BNA": "Bahrain News Agency|بنا|وكالة أنباء البحرين",
    "ONA": "Oman News Agency|العمانية|وكالة الأنباء العمانية",
    "Saba": "Saba News Agency|وكالة سبأ|سبأ|سبأ نت",
    "Al-Masirah": "Al Masirah|المسيرة|قناة المسيرة|المسیره",
    "Petra": "Petra News Agency|بترا|وكالة بترا",
    "MENA": "Middle East News Agency|وكالة أنباء الشرق الأوسط",
    "Al-Ahram": "Ahram Online|الأهرام|صحيفة الأهرام",
    "Haaretz": "Ha'aretz|הארץ|هآرتس|هاآرتص|Гаарец",
    "Times of Israel": "The Times of Israel|تايمز أوف إسرائيل|تایمز اسرائیل",
    "Jerusalem Post": "The Jerusalem Post|جيروزاليم بوست|جروزالم پست|אל-ג'רוזלם פוסט",
    "Yedioth Ahronoth": "Ynet|ידיעות אחרונות|يديعوت أحرونوت|یدیعوت آحارونوت|ynet",
    "Maariv": "מעריב|معاريف|معاریو",
    "Israel Hayom": "ישראל היום|إسرائيل هيوم|یسرائیل هیوم",
    "Kan": "כאן 11|هيئة البث الإسرائيلية|Kan News",
    "Channel 12": "ערוץ 12|חדשות 12|القناة 12|القناة 12 الإسرائيلية|کانال 12",
    "Channel 13": "ערוץ 13|חדשות 13|القناة 13|کانال 13",
    "Walla": "Walla News|וואלה|واللا",
    "Axios": "أكسيوس|آکسیوس|אקסיוס|Аксиос",
    "The New York Times": "New York Times|نيويورك تايمز|نیویورک تایمز|ניו יורק טיימס|NYT|Нью-Йорк таймс",
    "The Washington Post": "Washington Post|واشنطن بوست|واشنگتن پست|וושינגטון פוסט",
    "The Wall Street Journal": "Wall Street Journal|WSJ|وول ستريت جورنال|وال استریت ژورنال|וול סטריט ג'ורנל",
    "Financial Times": "The Financial Times|فايننشال تايمز|فایننشال تایمز",
    "Bloomberg": "Bloomberg News|بلومبرغ|بلومبرگ|בלומברג|Блумберг|بلومبيرغ",
    "The Guardian": "Guardian|الغارديان|گاردین|הגרדיאן",
    "The Economist": "الإيكونوميست|اکونومیست",
    "The Telegraph": "Daily Telegraph|تلغراف|دیلی تلگراف|Telegraph",
    "The Independent": "الإندبندنت|ایندیپندنت",
    "Politico": "بوليتيكو|پولیتیکو",
    "NBC News": "NBC|إن بي سي|ان‌بی‌سی",
    "CBS News": "CBS|سي بي إس|سی‌بی‌اس",
    "ABC News": "إيه بي سي نيوز",
    "Fox News": "فوكس نيوز|فاکس نیوز|Фокс ньюс",
    "NPR": "",
    "Newsweek": "نيوزويك|نیوزویک",
    "Foreign Policy": "فورين بوليسي|فارن پالیسی",
    "Le Monde": "لوموند|Ле Монд",
    "Le Figaro": "لوفيغارو|فیگارو",
    "Der Spiegel": "Spiegel|دير شبيغل|اشپیگل",
    "Bild": "Bild-Zeitung",
    "El País": "El Pais|الباييس",
    "France 24": "فرانس 24|فرانس ۲۴",
    "Euronews": "يورونيوز|یورونیوز|Евроньюс",
    "Middle East Eye": "MEE|ميدل إيست آي|میدل ایست آی",
    "Al-Monitor": "Al Monitor|المونيتور|المانیتور",
    "The National": "ذا ناشيونال",
    "Arab News": "عرب نيوز|عرب نیوز",
    "TRT": "TRT World|TRT Haber|تي آر تي|تی‌آرتی",
    "Hürriyet": "Hurriyet|Hürriyet Daily News|حرييت|حریت",
    "Daily Sabah": "Sabah|ديلي صباح|دیلی صباح",
    "Iran International": "ایران اینترنشنال|إيران إنترناشيونال|ایران اینترنشنل",
    "Radio Farda": "رادیو فردا",
    "VOA": "Voice of America|صدای آمریکا|صوت أميركا|Голос Америки|وائس آف امریکہ",
    "RFE/RL": "Radio Free Europe|Radio Liberty|Радио Свобода|Радио Азаттык|Azatutyun",
    "Armenpress": "Արմենպրես|Арменпресс",
    "Azertac": "AZƏRTAC|Азертадж|AZERTAC",
    "APA": "",
    "TOLOnews": "TOLO News|Tolo News|طلوع نیوز|طلوع‌نیوز",
    "Pajhwok": "Pajhwok Afghan News|پژواک",
    "Khaama Press": "خامه پرس",
    "Dawn": "ڈان|ڈان نیوز",
    "Geo News": "Geo|جیو نیوز",
    "ARY News": "ARY|اے آر وائی نیوز",
    "NINA": "National Iraqi News Agency|نينا",
    "Mawazin News": "موازين نيوز",
    "Baghdad Today": "بغداد اليوم",
    "Hawar News": "ANHA|وكالة هاوار|ANHA Hawar",
    "North Press": "North Press Agency|نورث برس",
    "SOHR": "Syrian Observatory for Human Rights|المرصد السوري لحقوق الإنسان|Suriye İnsan Hakları Gözlemevi",
}
"""Canonical name -> other names, parted by `|`."""


@dataclass(frozen=True, slots=True)
class Outlets:
    """Names of outlets, folded, with the name each is given in an article's `cites`."""

    names: tuple[tuple[str, str], ...]
    """(name or alias as written, canonical name); the catalogue's come first and win"""

    def folded(self) -> dict[str, str]:
        """Folded name -> canonical name."""
        return _folded(self)

    @classmethod
    def of(cls, sources: Iterable[Source]) -> Outlets:
        """The names and aliases of the sources of a catalogue, and the outlets known everywhere."""
        names: dict[str, str] = {}
        known = {
            name: canonical for canonical, others in KNOWN.items() for name in (canonical, *others.split("|")) if name
        }
        meant = {fold(name): canonical for name, canonical in known.items()}
        for source in sources:
            own = [name for name in (source.name, *source.aliases) if len(name) > 1]
            # The catalogue's name of an outlet replaces the name it is known by, in every script.
            same = {meant[fold(name)] for name in own if fold(name) in meant}
            for name in (*own, *(name for name, canonical in known.items() if canonical in same)):
                names.setdefault(name, source.name)
        for name, canonical in known.items():
            names.setdefault(name, canonical)
        return cls(tuple(names.items()))


@lru_cache(maxsize=8)
def _folded(outlets: Outlets) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, canonical in outlets.names:
        found.setdefault(fold(name), canonical)
    return found
