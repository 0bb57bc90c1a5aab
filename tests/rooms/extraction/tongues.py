"""The same small news page in many languages and both directions, for the tests of link blocks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tongue:
    """Sentences for a page in one language, and labels that editors use in it, each with what it asks for."""

    language: str
    labels: tuple[tuple[str, str], tuple[str, str]]
    headline: str
    sentences: tuple[str, str, str, str]
    anchors: tuple[str, str]
    kicker: str
    summary: str

    @property
    def direction(self) -> str:
        """How its script runs."""
        return "rtl" if self.language in ("fa", "ar", "ckb", "he", "ur") else "ltr"

    def page(self, *blocks: tuple[int, str]) -> str:
        """The page; `(2, html)` puts html behind the second paragraph."""
        parts = [f"<p>{sentence}</p>" for sentence in self.sentences]
        for place, html in sorted(blocks, key=lambda block: -block[0]):
            parts.insert(place, html)
        return (
            f'<!DOCTYPE html><html lang="{self.language}" dir="{self.direction}"><head><title>{self.headline}</title>'
            f"</head><body><nav><a href='/'>⌂</a></nav><main><article><h1>{self.headline}</h1><div>{''.join(parts)}"
            "</div></article></main></body></html>"
        )


TONGUES = [
    Tongue(
        "en", (("Read more", "read_more"), ("Related news", "related")),
        "Village opens its new library by the river",
        ("The village opened its new library on Saturday after two years of work on the old mill by the river.",
         "More than four hundred people came to see the rooms, and children read the first stories aloud.",
         "The mayor thanked the volunteers who had carried the books from the school to the mill by hand.",
         "The library will be open every day, and an evening course on local history begins there next month."),
        ("Snow closes the mountain road for a week", "Farmers bring in the first apples of autumn"),
        "Weather",
        "The ploughs will need seven days, says the road office.",
    ),
    Tongue(
        "fa", (("بیشتر بخوانید", "read_more"), ("اخبار مرتبط", "related")),
        "کتابخانه تازه روستا کنار رودخانه گشایش یافت",
        ("کتابخانه تازه روستا روز شنبه پس از دو سال کار در آسیاب قدیمی کنار رودخانه گشایش یافت و مردم از آن دیدند.",
         "بیش از چهارصد نفر برای دیدن اتاق‌ها آمدند و کودکان همان روز نخستین داستان‌ها را با صدای بلند خواندند.",
         "دهیار روستا از داوطلبانی که کتاب‌ها را با دست از مدرسه به آسیاب برده بودند سپاسگزاری کرد و از آینده گفت.",
         "این کتابخانه هر روز باز خواهد بود و از ماه آینده کلاس شبانه تاریخ محلی در آن برگزار می‌شود."),
        ("برف جاده کوهستانی را یک هفته بست", "باغداران نخستین سیب‌های پاییز را چیدند"),
        "هوا",
        "اداره راه می‌گوید ماشین‌های برف‌روب هفت روز کار دارند.",
    ),
    Tongue(
        "ar", (("اقرأ أيضا", "also_read"), ("أخبار ذات صلة", "related")),
        "القرية تفتتح مكتبتها الجديدة على ضفة النهر",
        ("افتتحت القرية يوم السبت مكتبتها الجديدة بعد عامين من العمل في الطاحونة القديمة الواقعة على ضفة النهر.",
         "وحضر أكثر من أربعمئة شخص لرؤية القاعات وقرأ الأطفال القصص الأولى بصوت عال في ذلك الصباح المشمس.",
         "وشكر رئيس البلدية المتطوعين الذين نقلوا الكتب من المدرسة إلى الطاحونة بأيديهم خلال أشهر الشتاء.",
         "وستفتح المكتبة أبوابها كل يوم وتبدأ فيها الشهر المقبل دورة مسائية عن تاريخ المنطقة وأهلها."),
        ("الثلوج تغلق طريق الجبل أسبوعا كاملا", "المزارعون يقطفون أول تفاح الخريف"),
        "الطقس",
        "تقول دائرة الطرق إن الجرافات تحتاج إلى سبعة أيام.",
    ),
    Tongue(
        "ckb", (("زیاتر بخوێنەوە", "read_more"), ("هەواڵی پەیوەندیدار", "related")),
        "گوندەکە کتێبخانە نوێیەکەی لە کەناری ڕووبارەکە کردەوە",
        ("گوندەکە ڕۆژی شەممە کتێبخانە نوێیەکەی کردەوە دوای دوو ساڵ کارکردن لە ئاشە کۆنەکەی کەناری ڕووبارەکە.",
         "زیاتر لە چوارسەد کەس هاتن بۆ بینینی ژوورەکان و منداڵان لەو بەیانییەدا یەکەم چیرۆکیان بە دەنگی بەرز خوێندەوە.",
         "سەرۆکی گوندەکە سوپاسی ئەو خۆبەخشانەی کرد کە بە دەست کتێبەکانیان لە قوتابخانەوە بۆ ئاشەکە گواستبووەوە.",
         "کتێبخانەکە هەموو ڕۆژێک کراوە دەبێت و مانگی داهاتوو خولێکی ئێوارانە لەسەر مێژووی ناوچەکە دەست پێدەکات."),
        ("بەفر ڕێگای شاخەکە بۆ هەفتەیەک دادەخات", "جووتیاران یەکەم سێوی پاییز دەچننەوە"),
        "کەشوهەوا",
        "بەڕێوەبەرایەتی ڕێگاکان دەڵێت حەوت ڕۆژ کاریان پێویستە.",
    ),
    Tongue(
        "ku", (("Zêdetir bixwîne", "read_more"), ("Nûçeyên têkildar", "related")),
        "Gund pirtûkxaneya xwe ya nû li kêleka çem vekir",
        ("Gund roja şemiyê pirtûkxaneya xwe ya nû piştî du salan ji xebatê di aşê kevn ê li kêleka çem de vekir.",
         "Zêdetirî çarsed kes hatin ku odeyan bibînin û zarokan wê sibehê çîrokên yekem bi dengekî bilind xwendin.",
         "Şaredar spasiya dilxwazan kir ku pirtûk bi destan ji dibistanê heta aş bi zivistanê re birin wir.",
         "Pirtûkxane dê her roj vekirî be û meha bê qursek êvarê li ser dîroka herêmê lê dest pê bike."),
        ("Berf rêya çiyê ji bo hefteyekê digire", "Cotkar sêvên pêşîn ên payîzê diçinin"),
        "Hewa",
        "Rêveberiya rêyan dibêje ku heft roj xebat divê.",
    ),
    Tongue(
        "tr", (("İlgili Haberler", "related"), ("Ayrıca okuyun", "also_read")),
        "Köy yeni kütüphanesini ırmak kıyısında açtı",
        ("Köy, ırmak kıyısındaki eski değirmende iki yıl süren çalışmanın ardından yeni kütüphanesini cumartesi açtı.",
         "Odaları görmek için dört yüzden fazla kişi geldi ve çocuklar o sabah ilk öyküleri yüksek sesle okudu.",
         "Muhtar, kitapları okuldan değirmene kış boyunca elleriyle taşıyan gönüllülere uzun uzun teşekkür etti.",
         "Kütüphane her gün açık olacak ve gelecek ay burada yörenin tarihi üzerine bir akşam kursu başlayacak."),
        ("Kar dağ yolunu bir hafta boyunca kapattı", "Çiftçiler güzün ilk elmalarını topluyor"),
        "Hava",
        "Yol idaresi kar makinelerinin yedi gün çalışacağını söylüyor.",
    ),
    Tongue(
        "he", (("קראו גם", "also_read"), ("כתבות נוספות", "also_read")),
        "הכפר פתח ספרייה חדשה על גדת הנהר",
        ("הכפר פתח ביום שבת את הספרייה החדשה שלו אחרי שנתיים של עבודה בטחנה הישנה שעל גדת הנהר הקטן.",
         "יותר מארבע מאות איש באו לראות את החדרים, והילדים קראו באותו בוקר את הסיפורים הראשונים בקול רם.",
         "ראש המועצה הודה למתנדבים שנשאו את הספרים בידיהם מבית הספר אל הטחנה במשך כל חודשי החורף.",
         "הספרייה תהיה פתוחה בכל יום, ובחודש הבא ייפתח בה קורס ערב על תולדות האזור ועל אנשיו."),
        ("השלג סגר את דרך ההרים לשבוע שלם", "החקלאים קוטפים את תפוחי הסתיו הראשונים"),
        "מזג אוויר",
        "מחלקת הדרכים אומרת שהמפלסות יעבדו שבעה ימים.",
    ),
    Tongue(
        "ur", (("مزید پڑھیں", "read_more"), ("متعلقہ خبریں", "related")),
        "گاؤں نے دریا کے کنارے اپنا نیا کتب خانہ کھول دیا",
        ("گاؤں نے دریا کے کنارے پرانی چکی میں دو سال کے کام کے بعد ہفتے کے روز اپنا نیا کتب خانہ کھول دیا ہے۔",
         "چار سو سے زیادہ لوگ کمرے دیکھنے آئے اور بچوں نے اس صبح پہلی کہانیاں بلند آواز میں پڑھ کر سنائیں۔",
         "ناظم نے ان رضاکاروں کا شکریہ ادا کیا جنہوں نے سردیوں میں کتابیں اسکول سے چکی تک اپنے ہاتھوں سے پہنچائیں۔",
         "کتب خانہ ہر روز کھلا رہے گا اور اگلے مہینے وہاں علاقے کی تاریخ پر شام کا ایک کورس شروع ہو گا۔"),
        ("برف نے پہاڑی سڑک ایک ہفتے کے لیے بند کر دی", "کسان خزاں کے پہلے سیب توڑ رہے ہیں"),
        "موسم",
        "محکمہ سڑک کا کہنا ہے کہ مشینوں کو سات دن لگیں گے۔",
    ),
    Tongue(
        "ru", (("Читайте также", "also_read"), ("Материалы по теме", "related")),
        "Деревня открыла новую библиотеку на берегу реки",
        ("В субботу деревня открыла новую библиотеку после двух лет работы в старой мельнице на берегу реки.",
         "Посмотреть комнаты пришли больше четырёхсот человек, и дети в то утро вслух прочитали первые рассказы.",
         "Староста поблагодарил добровольцев, которые всю зиму носили книги из школы на мельницу своими руками.",
         "Библиотека будет открыта каждый день, а в следующем месяце в ней начнутся вечерние занятия по истории."),
        ("Снег закрыл горную дорогу на целую неделю", "Фермеры собирают первые осенние яблоки"),
        "Погода",
        "Дорожная служба говорит, что на уборку уйдёт семь дней.",
    ),
    Tongue(
        "az", (("Həmçinin oxuyun", "also_read"), ("Oxşar xəbərlər", "related")),
        "Kənd çayın sahilində yeni kitabxanasını açdı",
        ("Kənd çayın sahilindəki köhnə dəyirmanda iki il davam edən işdən sonra şənbə günü yeni kitabxanasını açdı.",
         "Otaqları görmək üçün dörd yüzdən çox adam gəldi və uşaqlar həmin səhər ilk hekayələri ucadan oxudular.",
         "Bələdiyyə sədri kitabları məktəbdən dəyirmana qış boyu əlləri ilə daşıyan könüllülərə təşəkkür etdi.",
         "Kitabxana hər gün açıq olacaq və gələn ay orada bölgənin tarixi haqqında axşam kursu başlayacaq."),
        ("Qar dağ yolunu bir həftəlik bağladı", "Fermerlər payızın ilk almalarını yığırlar"),
        "Hava",
        "Yol idarəsi deyir ki, təmizlik işləri yeddi gün çəkəcək.",
    ),
    Tongue(
        "hy", (("Կարդացեք նաև", "also_read"), ("Առնչվող նորություններ", "related")),
        "Գյուղը գետի ափին բացեց իր նոր գրադարանը",
        ("Գյուղը շաբաթ օրը բացեց իր նոր գրադարանը գետի ափին գտնվող հին ջրաղացում երկու տարվա աշխատանքից հետո։",
         "Ավելի քան չորս հարյուր մարդ եկավ տեսնելու սենյակները, և երեխաներն այդ առավոտ կարդացին պատմություններ։",
         "Գյուղապետը շնորհակալություն հայտնեց կամավորներին, որոնք գրքերը դպրոցից ջրաղաց էին տարել իրենց ձեռքերով։",
         "Գրադարանը բաց կլինի ամեն օր, և հաջորդ ամիս այնտեղ կսկսվի տարածքի պատմության երեկոյան դասընթաց։"),
        ("Ձյունը մեկ շաբաթով փակեց լեռնային ճանապարհը", "Գյուղացիները հավաքում են աշնան առաջին խնձորները"),
        "Եղանակ",
        "Ճանապարհային ծառայությունն ասում է, որ պետք է յոթ օր։",
    ),
    Tongue(
        "de", (("Lesen Sie auch", "also_read"), ("Mehr zum Thema", "related")),
        "Das Dorf eröffnet seine neue Bücherei am Fluss",
        ("Das Dorf hat am Samstag seine neue Bücherei eröffnet, nach zwei Jahren Arbeit in der alten Mühle.",
         "Mehr als vierhundert Menschen kamen, um die Räume zu sehen, und Kinder lasen die ersten Geschichten vor.",
         "Die Bürgermeisterin dankte den Freiwilligen, die die Bücher von der Schule zur Mühle getragen hatten.",
         "Die Bücherei wird jeden Tag offen sein, und im nächsten Monat beginnt dort ein Abendkurs zur Geschichte."),
        ("Schnee sperrt die Bergstraße für eine Woche", "Bauern ernten die ersten Äpfel des Herbstes"),
        "Wetter",
        "Die Räumfahrzeuge brauchen sieben Tage, sagt das Straßenamt.",
    ),
    Tongue(
        "fr", (("Lire aussi", "also_read"), ("Sur le même sujet", "related")),
        "Le village ouvre sa nouvelle bibliothèque au bord de la rivière",
        ("Le village a ouvert samedi sa nouvelle bibliothèque après deux ans de travaux dans le vieux moulin.",
         "Plus de quatre cents personnes sont venues voir les salles, et les enfants ont lu les premiers contes.",
         "La maire a remercié les bénévoles qui avaient porté les livres de l'école au moulin pendant tout l'hiver.",
         "La bibliothèque sera ouverte tous les jours, et un cours du soir sur l'histoire locale y débute bientôt."),
        ("La neige ferme la route de montagne une semaine", "Les fermiers cueillent les premières pommes d'automne"),
        "Météo",
        "Les engins auront besoin de sept jours, dit le service des routes.",
    ),
    Tongue(
        "es", (("Lea también", "also_read"), ("Noticias relacionadas", "related")),
        "El pueblo abre su nueva biblioteca junto al río",
        ("El pueblo abrió el sábado su nueva biblioteca después de dos años de trabajo en el viejo molino del río.",
         "Más de cuatrocientas personas vinieron a ver las salas, y los niños leyeron en voz alta los cuentos.",
         "La alcaldesa dio las gracias a los voluntarios que llevaron los libros a mano desde la escuela al molino.",
         "La biblioteca abrirá todos los días, y el mes que viene empieza allí un curso sobre la historia local."),
        ("La nieve cierra la carretera de montaña una semana", "Los agricultores recogen las primeras manzanas"),
        "Tiempo",
        "Las máquinas necesitarán siete días, dice la oficina de caminos.",
    ),
]  # fmt: skip
