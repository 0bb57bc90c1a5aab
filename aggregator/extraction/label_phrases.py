"""What editors write above or before links into other articles, by language.

Written as printed, without the colon; folded when the table is built, so letters, case, accents and digits need
not be varied here.  Phrases are parted by `|`.  A phrase that ends in `*` may go on with a topic ("More on *").
A phrase that begins with `?` is an everyday word: it is a label only before a colon, a bar or an arrow.
"""

READ_MORE = {
    "af": "lees meer",
    "ar": "اقرأ المزيد|?اقرأ|?إقرأ|?المزيد|تابع القراءة|للمزيد|لقراءة المزيد|لمزيد من التفاصيل|شاهد|اقرأ التفاصيل"
    "|المزيد من التفاصيل"
    "|لمعرفة المزيد|طالع|طالعوا|المزيد حول *|المزيد عن *|مزيد من المعلومات",
    "az": "daha ətraflı|ətraflı oxu|davamını oxu|?oxu|ətraflı|ardını oxu",
    "bg": "прочетете|прочетете повече|вижте|повече по темата|още по темата|?прочети",
    "bn": "আরও পড়ুন|আরো পড়ুন|বিস্তারিত পড়ুন",
    "bs": "pročitajte|opširnije",
    "ca": "llegir més|llegeix|més informació|?llegiu",
    "ckb": "زیاتر بخوێنەوە|زیاتر بخوێنەرەوە|درێژەی هەواڵ|بخوێنەوە|درێژەی بابەت|وردەکاری زیاتر",
    "cs": "přečtěte si|více k tématu|více zde|?čtěte|čtěte více|číst dál|číst více|podrobnosti",
    "da": "læs mere|læs hele historien",
    "de": "?empfehlung|hier weiterlesen|jetzt lesen|lesen sie dazu|lesen sie hier|lesen sie hier mehr|lesen sie jetzt"
    "|lesen sie mehr|lesetipp|lesetipps|mehr dazu|mehr erfahren|mehr lesen|weiterlesen|zum artikel|lies mehr|lies hier"
    "|lesen sie mehr zum thema|lesen sie hier mehr *"
    "|mehr hintergründe|mehr zu *|mehr über *|mehr von *|mehr aus *|schon gelesen|jetzt "
    "ansehen"
    "|lesen sie den ganzen artikel|hier lesen sie *|?lesen sie|interview|leseempfehlung",
    "el": "διαβάστε|διαβάστε περισσότερα|περισσότερα|?δείτε",
    "en": "continue reading|dive deeper|don't miss|explore more|from our archive|further reading|go deeper|keep reading"
    "|learn more|?more|more about *|more from *|more on *|more on this|more on this story|must read|must reads|?read"
    "|read more|read more on *|read more about *|read next|read the full story|read the full article|read this|read on"
    "|recommended reading|see more|?watch|?listen|what to read next|read full story|up next|next read|more to read"
    "|read our full coverage|full story|full coverage|read more here|read the story|deep dive|?explainer|?in depth"
    "|find out more|more details|more details here|watch more|watch now|the full story|background reading|read more "
    "at *"
    "|more coverage|?story|?analysis|?opinion|?review|?podcast|?video|?exclusive|more information|read full article"
    "|don't miss out on|recommended for you|for more|more on that",
    "es": "?lea|lea más|?lee|lee aquí|leer más|más información|no te pierdas|puedes leer|seguir leyendo|sigue leyendo"
    "|lea el artículo completo|más en *|lee más|leé más|?mirá|conoce más|ver más|para leer más|?leer|sepa más|lea aquí",
    "et": "loe lähemalt|loe edasi|?loe",
    "eu": "gehiago irakurri",
    "fa": "بخوانید|بیشتر بخوانید|بیشتر بدانید|ادامه مطلب|ادامه خبر|بیشتر|بخوانید و ببینید|ببینید|مشروح خبر|متن کامل"
    "|جزئیات بیشتر"
    "|در این باره بخوانید|در همین باره بخوانید|درباره * بیشتر بخوانید|اطلاعات بیشتر|پیشنهاد مطالعه|خواندن بیشتر"
    "|بیشتر ببینید",
    "fi": "lue lisää|lue aiheesta lisää|?lue|lue juttu|lue koko juttu",
    "fr": "en savoir plus|?lire|lire la suite|notre article|pour aller plus loin|?à lire|lire l'article|lisez *"
    "|lire plus|?voir|plus d'informations|plus d'infos|notre dossier|lire notre article|lire notre analyse|notre "
    "décryptage"
    "|pour en savoir plus|lire le récit|lire l'enquête|lire l'analyse|lire l'entretien|lire le décryptage",
    "he": "לכתבה המלאה|קרא עוד|קראו עוד|עוד בנושא|להמשך קריאה|לקריאה נוספת|המשך קריאה|עוד על *|לסיפור המלא|קראו|כתבה "
    "מלאה",
    "hi": "और पढ़ें|पूरी खबर पढ़ें|विस्तार से पढ़ें|?पढ़ें",
    "hr": "pročitajte|opširnije|pročitaj više|?pogledajte",
    "hu": "olvasd el|olvassa el|tovább olvasom|bővebben|részletek|?olvasta már",
    "hy": "կարդալ ավելին|մանրամասն|կարդալ|շարունակությունը|կարդացեք",
    "id": "?baca|baca artikel|baca selengkapnya|selengkapnya|?simak",
    "is": "lesa meira|lesið meira|lestu|nánar",
    "it": "approfondimenti|approfondisci|continua a leggere|da leggere|?leggi|leggi tutto|per approfondire|leggi di più"
    "|leggi l'articolo|l'approfondimento|scopri di più|?guarda",
    "ja": "もっと見る|もっと読む|次に読む|続きを読む|詳しくはこちら|詳細はこちら",
    "ka": "წაიკითხეთ|ვრცლად|მეტის ნახვა|გააგრძელეთ კითხვა",
    "kk": "толығырақ|оқи отырыңыз|ары қарай оқу",
    "ko": "더 보기|더보기|자세히 보기",
    "ku": "bêtir bixwîne|zêdetir bixwîne|berdewam bike|?bixwîne|bêhtir bixwînin|hûrgulî",
    "lb": "méi liesen|méi dozou",
    "lt": "?skaitykite|skaityti daugiau|plačiau",
    "lv": "lasi vairāk|lasīt vairāk|?lasi",
    "mk": "прочитајте|повеќе",
    "ms": "baca selanjutnya|?baca",
    "nb": "les mer|les hele saken|?les|les saken",
    "nl": "lees meer|lees verder|meer lezen|?lees|meer informatie|bekijk",
    "no": "les mer|les hele saken|?les|hør her|les meir|les hele historien",
    "pa": "ਹੋਰ ਪੜ੍ਹੋ",
    "pl": "?czytaj|czytaj więcej|dowiedz się więcej|polecamy|?przeczytaj|?zobacz|więcej na ten temat|więcej|czytaj "
    "dalej"
    "|czytaj artykuł|dowiedz się|sprawdź",
    "ps": "نور ولولئ|نور ولولی|بشپړ خبر|لا نور",
    "pt": "?confira|continue lendo|?leia|leia mais|ler mais|saiba mais|veja mais|entenda|continuar a ler|?ler|?veja",
    "ro": "citește mai mult|citeşte mai mult|citește mai departe|?citește|?citeşte|mai multe detalii",
    "ru": "подробнее|узнать больше|?читайте|читать далее|читать дальше|читать полностью|подробности|читать ещё|?читать"
    "|подробнее об этом|читайте подробнее|?смотрите|читайте на эту тему|рекомендуем|что ещё почитать",
    "sk": "čítajte|prečítajte si|čítať ďalej|viac k téme",
    "sl": "preberite|več|beri dalje",
    "sq": "lexo më shumë|lexoni më shumë|?lexo",
    "sr": "opširnije|?pogledajte|pročitajte|прочитајте|опширније|?погледајте",
    "sv": "läs mer|läs hela artikeln|?läs|läs mer om *",
    "sw": "soma zaidi",
    "ta": "மேலும் படிக்க",
    "tg": "муфассал|бештар хонед",
    "th": "อ่านต่อ|อ่านเพิ่มเติม|อ่านข่าว",
    "tk": "dowamyny oka|giňişleýin",
    "tr": "daha fazla|devamını oku|?oku|okumaya devam|haberin devamı|daha fazlası|daha fazla oku|haberin detayları"
    "|?izle"
    "|devamı için tıklayın|ayrıntılar|haberin tamamı|okumak için tıklayın|detaylar için tıklayın|daha fazla bilgi",
    "uk": "детальніше|?читайте|докладніше|читати далі|читати більше|?дивіться",
    "ur": "مزید پڑھیں|مزید پڑھیے|پڑھیے|تفصیل پڑھیں|پوری خبر پڑھیں|مزید دیکھیں|مزید جانیے|تفصیلات کے لیے",
    "uz": "batafsil|batafsil o'qing|davomini o'qish",
    "vi": "đọc thêm|xem chi tiết",
    "zh": "了解更多|推荐阅读|推薦閱讀|更多新聞|更多阅读|看更多|阅读更多|閱讀更多|点击阅读",
    "zu": "funda kabanzi",
}

ALSO_READ = {
    "af": "lees ook",
    "ar": "إقرأ أيضا|اقرأ أيضا|اقرأ أيضاً|إقرأ أيضاً|شاهد أيضا|شاهد أيضاً|اقرأ ايضا|اقرأوا أيضا|طالع أيضا|انظر أيضا"
    "|قد يهمك|قد يهمك أيضا"
    "|قد يعجبك أيضا|اقرئي أيضا|اقرأ كذلك|يمكنك قراءة|اقرأ أيضا على الموقع|إقرأ المزيد أيضا",
    "az": "həmçinin oxuyun|bunu da oxuyun|həmçinin bax|həmçinin oxu|bunu da oxu",
    "bg": "прочетете също|вижте също|прочетете още|четете още|вижте още",
    "bn": "এটিও পড়ুন|আরও দেখুন",
    "bs": "pročitajte i|pročitajte još|pogledajte i",
    "ca": "llegeix també|també et pot interessar|vegeu també",
    "ckb": "هەروەها بخوێنەوە|ئەمەش بخوێنەوە|هەروەها بخوێنەرەوە|ئەمانەش بخوێنەوە|هەروەها ببینە",
    "cs": "doporučujeme|mohlo by vás zajímat|čtěte také|přečtěte si také|čtěte též|viz také",
    "da": "læs også|se også",
    "de": "das könnte dich auch interessieren|das könnte sie auch "
    "interessieren"
    "|dazu auch|lesen sie auch|lesen sie außerdem|lest auch|lies auch"
    "|siehe auch|lesen sie ebenfalls|lesen sie zudem|mehr zum thema lesen|hören sie auch|sehen sie auch|lesen sie "
    "dazu auch"
    "|lesen sie hierzu|lies dazu auch|vergleiche auch",
    "el": "δείτε επίσης|διαβάστε ακόμη|διαβάστε επίσης|διαβάστε ακόμα|δείτε ακόμη",
    "en": "also read|also see|read also|see also|also watch|watch also|also on *|also in news|you may also read|must "
    "also read"
    "|read as well|also|check out also|also check|also listen|you should also read|you may also want to read",
    "es": "además lee|lea también|lee también|leer también|mira también|también lee|ver también|vea también|también "
    "puedes leer"
    "|lea además|lea asimismo|te puede interesar|le puede interesar|te podría interesar|también te puede interesar"
    "|lee además|leé también|?además|puede leer también|también le puede interesar",
    "et": "loe ka|vaata ka",
    "eu": "irakurri ere",
    "fa": "همچنین بخوانید|این مطلب را هم بخوانید|این را هم بخوانید|این خبر را هم بخوانید|همچنین ببینید|بخوانید "
    "همچنین|این مطالب را هم بخوانید"
    "|مطالعه کنید همچنین|همچنین مطالعه کنید|این‌ها را هم بخوانید|پیشنهاد می‌کنیم بخوانید",
    "fi": "katso myös|lue myös|lue lisäksi",
    "fr": "a lire aussi|lire aussi|lire également|lisez aussi|voir aussi|voir également|à lire aussi|à lire également"
    "|à voir aussi|à écouter aussi|lire ou relire|lire ou écouter|à lire ensuite|lire encore|écouter aussi|à relire"
    "|regarder aussi|lire/voir aussi|à voir également|à écouter également|cela peut aussi vous intéresser",
    "he": "קראו גם|קרא גם|ראו גם|צפו גם|אולי יעניין אותך|כתבות נוספות|קראו גם באתר",
    "hi": "इसे भी पढ़ें|भी पढ़ें|यह भी पढ़ें|ये भी पढ़ें|यह भी देखें",
    "hr": "pročitajte i|pročitajte još|pogledajte i|pročitaj i|pogledaj još",
    "hu": "olvassa el ezt is|olvasd el ezt is|lásd még|ezt is olvassa el|ezek is érdekelhetik|ezt olvasta már",
    "hy": "կարդացեք նաև|կարդալ նաև|տես նաև|կարդացեք նաեւ",
    "id": "baca juga|lihat juga|simak juga|tonton juga|baca pula",
    "is": "sjá einnig|lestu einnig|lesið einnig",
    "it": "leggi anche|vedi anche|guarda anche|potrebbe interessarti|ti potrebbe interessare|potrebbe interessarti "
    "anche"
    "|leggi pure|ascolta anche",
    "ja": "あわせて読みたい|合わせて読みたい|こちらも|こちらもおすすめ",
    "ka": "წაიკითხეთ ასევე|ასევე წაიკითხეთ|ნახეთ ასევე|იხილეთ ასევე",
    "kk": "сондай-ақ оқыңыз|тағы оқыңыз",
    "ko": "함께 읽으면|함께 읽으면 좋은 기사|이 기사도",
    "ku": "her wiha bixwîne|herwiha bixwîne|vê jî bixwîne|di heman demê de bixwîne|her wiha bixwînin|binêre jî",
    "lb": "lies auch|liest och",
    "lt": "taip pat skaitykite|skaitykite taip pat",
    "lv": "lasi arī|lasiet arī|skaties arī",
    "mk": "прочитајте и|погледнете и",
    "ms": "baca juga|lihat juga",
    "nb": "les også|se også|hør også",
    "nl": "lees ook|bekijk ook|zie ook|luister ook|kijk ook",
    "no": "les også|se også|hør også|sjå også|les også|les óg",
    "pl": "czytaj również|czytaj także|czytaj też|przeczytaj też|przeczytaj także|przeczytaj również|zobacz również"
    "|zobacz także|zobacz też|sprawdź też|zobacz koniecznie|czytaj wiecej|warto przeczytać|sprawdź także|oglądaj też",
    "ps": "دا هم ولولئ|دا هم ولولی|همدارنګه ولولئ",
    "pt": "leia ainda|leia também|veja também|ler também|leia tambem|veja ainda|assista também|confira também|ouça "
    "também",
    "ro": "citeşte şi|citește și|vezi și|vezi şi|citește de asemenea|citiți și|citiţi şi",
    "ru": "см. также|смотрите также|читайте также|читать также|читайте еще|читайте ещё|также читайте|также по теме"
    "|вам может быть интересно"
    "|рекомендуем прочитать|читайте далее|читай также|читайте и другие материалы|смотри также",
    "sk": "čítajte aj|prečítajte si aj|čítajte tiež|pozrite aj",
    "sl": "preberite tudi|poglejte tudi|beri tudi",
    "sq": "lexo edhe|lexoni edhe|shiko edhe|lexo gjithashtu",
    "sr": "pročitajte još|pročitajte i|прочитајте и|прочитајте још|pogledajte i|погледајте и",
    "sv": "läs också|läs även|se även|se också|hör även|lyssna också",
    "sw": "soma pia",
    "ta": "இதையும் படிக்க",
    "tg": "инчунин хонед",
    "th": "อ่านเพิ่ม|อ่านข่าวที่เกี่ยวข้อง",
    "tk": "şeýle hem okaň",
    "tr": "ayrıca oku|ayrıca okuyun|bunlar da ilginizi çekebilir|bunlar da ilginizi|ilginizi çekebilir|bunu da "
    "okuyun|bunu da oku"
    "|bu haber de ilginizi çekebilir|ayrıca bakınız|ayrıca bakın|ayrıca izle|bunları da okuyun|şunu da okuyun|bu da "
    "ilginizi çekebilir",
    "uk": "дивіться також|читайте також|читати також|також читайте|вас може зацікавити",
    "ur": "یہ بھی پڑھیں|یہ بھی پڑھیے|یہ بھی دیکھیں|یہ بھی پڑھئے|اسے بھی پڑھیں",
    "uz": "shuningdek o'qing|buni ham o'qing",
    "vi": "xem thêm|đọc tiếp",
    "zh": "延伸閱讀|延伸阅读",
    "zu": "funda olunye udaba lapha",
}

RELATED = {
    "af": "verwante artikels|verwante",
    "ar": "أخبار ذات صلة|ذات صلة|مقالات ذات صلة|مواضيع ذات صلة|موضوعات متعلقة|أخبار متعلقة|الأخبار ذات الصلة|مواضيع "
    "متعلقة|موضوعات ذات صلة"
    "|قصص ذات صلة|أخبار مرتبطة|مواد ذات صلة|ملفات ذات صلة|اقرأ في الموضوع|تقارير ذات صلة|أخبار مشابهة|الأخبار "
    "المتعلقة|مقالات متعلقة"
    "|خبر ذو صلة|خبر متعلق|الخبر ذو الصلة|مواضيع مشابهة|المزيد من الأخبار|محتوى ذو صلة|في نفس السياق|مقالات مشابهة"
    "|المزيد من *",
    "az": "əlaqəli xəbərlər|oxşar xəbərlər|mövzu ilə bağlı|bu mövzuda|əlaqəli|digər xəbərlər|mövzuya dair",
    "bg": "свързани|свързани новини|свързани статии|по темата|още новини",
    "bn": "সম্পর্কিত|সম্পর্কিত খবর|সংশ্লিষ্ট খবর",
    "bs": "povezane vijesti|povezano|vezane vijesti",
    "ca": "notícies relacionades|articles relacionats|relacionat",
    "ckb": "هەواڵی پەیوەندیدار|هەواڵە پەیوەندیدارەکان|بابەتی پەیوەندیدار|پەیوەندیدار|بابەتە پەیوەندیدارەکان|هەواڵی "
    "هاوشێوە|زیاتر لەم بابەتە",
    "cs": "další články|související|související články|k tématu|podobné články",
    "da": "mere om *|relaterede|relaterede artikler|mere om emnet",
    "de": "auch interessant|auch interessant für sie|auch lesenswert|auch spannend|ebenfalls interessant"
    "|interessant auch|passend dazu|aus dem archiv|empfohlene artikel|hintergrund|verwandte artikel|verwandte themen"
    "|weitere artikel"
    "|weitere beiträge|weitere informationen|weitere links|zum thema"
    "|ähnliche artikel|ähnliche beiträge|mehr zum thema|mehr zum thema *|weiterführende links|weiterführende|mehr zu "
    "diesem thema"
    "|themen in diesem artikel|verwandter artikel|weiterführende informationen|thema|passende artikel|hintergründe"
    "|links zum thema"
    "|zum thema passend|aus der reihe|mehr aus der rubrik|ähnliche themen|weiterführende artikel",
    "el": "σχετικά|σχετικά άρθρα|σχετικές ειδήσεις|σχετικά θέματα",
    "en": "more stories|recommended|recommended articles|recommended stories|related|related article"
    "|related articles|related content|related coverage|related links|related news|related posts|related reading"
    "|related stories|related story|related topics|similar|similar articles|similar stories|suggested|suggested reading"
    "|you may also like|you may like|you might also like|you might like|related news *|related post|related video"
    "|related videos"
    "|related to this story|related to this|in case you missed it|icymi|on this topic|on the same topic|in this story"
    "|related items|related report|related reports|related link|related item|related subjects|also related|background"
    "|more in this series|more on this topic|from the archives|from the archive|earlier|previously|past coverage"
    "|relevant news|relevant articles|in related news|linked stories|you may be interested in"
    "|you might be interested in|articles you may like|read related|relevant stories|more like this|our recommendations"
    "|other stories",
    "es": "artículos relacionados|más sobre *|noticias relacionadas|relacionadas|relacionado|relacionados"
    "|temas relacionados|noticia relacionada|artículo relacionado|contenido relacionado|información relacionada"
    "|archivado en|te recomendamos|le recomendamos|notas relacionadas|nota relacionada|más sobre este tema|en este "
    "artículo",
    "et": "seotud artiklid|seotud lood|seotud|rohkem uudiseid",
    "eu": "lotutako albisteak",
    "fa": "اخبار مرتبط|خبرهای مرتبط|مطالب مرتبط|خبر مرتبط|مطلب مرتبط|اخبار مربوط|اخبار مربوطه|مطالب مشابه|مرتبط|در "
    "همین رابطه|در این رابطه"
    "|در همین زمینه|اخبار مشابه|مقالات مرتبط|گزارش مرتبط|گزارش‌های مرتبط|پیوندها|لینک‌های مرتبط|موضوعات مرتبط"
    "|اخبار بیشتر|مطالب پیشنهادی|پیشنهاد ما|مقاله مرتبط|مطالب بیشتر|بیشتر در این باره|بیشتر در این زمینه",
    "fi": "aiheesta|aiheeseen liittyvää|lisää aiheesta|aiheesta muualla|lisää aiheesta *|aiheeseen liittyvät jutut",
    "fr": "articles liés|articles similaires|dans la même rubrique|nos articles|plus sur *|sur le même sujet"
    "|à découvrir|à découvrir aussi|à découvrir également|vous aimerez aussi"
    "|articles associés|article lié|article associé|à propos|sur le même thème|le contexte|nos "
    "autres articles"
    "|articles recommandés|d'autres articles|autour du même sujet|pour approfondir|contenus associés|en rapport"
    "|liens utiles",
    "he": "כתבות קשורות|כתבה קשורה|ידיעות קשורות|נושאים קשורים|כתבות בנושא|קשור|כתבות דומות|באותו נושא|עוד כתבות"
    "|חדשות קשורות",
    "hi": "संबंधित|संबंधित खबरें|संबंधित समाचार|संबंधित खबर|अन्य खबरें",
    "hr": "povezane vijesti|povezani članci|povezano|vezane vijesti|iz povezanog|više na temu",
    "hu": "kapcsolódó|kapcsolódó cikkek|kapcsolódó cikk|kapcsolódó anyagok|a témában|további cikkek|ajánljuk|ajánló",
    "hy": "առնչվող նյութեր|առնչվող լուրեր|առնչվող նորություններ|նույն թեմայով"
    "|թեմայի շուրջ|համանման նյութեր|այս թեմայով",
    "id": "artikel terkait|berita terkait|terkait|berita lainnya|artikel lainnya|topik terkait|rekomendasi",
    "is": "tengdar fréttir|tengdar|tengt efni|fleiri fréttir",
    "it": "articoli correlati|correlati|notizie correlate|sullo stesso argomento|articolo correlato|contenuti correlati"
    "|articoli consigliati|notizie collegate|argomenti correlati|in evidenza|altri articoli",
    "ja": "この記事に関する|関連|関連トピック|関連ニュース|関連リンク"
    "|関連記事|関連キーワード|おすすめ|おすすめ記事|関連する記事",
    "ka": "მსგავსი სიახლეები|დაკავშირებული სტატიები|დაკავშირებული ამბები|თემაზე",
    "kk": "ұқсас жаңалықтар|тақырып бойынша|ұқсас материалдар",
    "ko": "관련|관련 기사|관련 뉴스|관련기사|관련뉴스|주요 기사|추천기사|추천 기사|연관 기사",
    "ku": "nûçeyên têkildar|nûçeyên girêdayî|babetên têkildar|têkildar|nûçeyên din|nûçeya têkildar|mijarên têkildar",
    "lb": "och interessant|zum thema|mehr zum thema|méi zum thema",
    "lt": "susijusios|susiję|susiję straipsniai|susijusios naujienos",
    "lv": "saistītie raksti|saistītās ziņas|par tēmu",
    "mk": "поврзани вести|поврзано",
    "ms": "berita berkaitan|artikel berkaitan|berita lain",
    "nb": "mer om *|relatert|relaterte artikler|relaterte saker|bakgrunn|flere saker",
    "nl": "gerelateerd|meer over *|gerelateerde artikelen|meer over dit onderwerp|gerelateerd nieuws|aanbevolen|in "
    "het kort",
    "no": "mer om *|relatert|relaterte artikler|relaterte saker|bakgrunn|meir om *|relatert innhold",
    "pl": "podobne|powiązane|więcej o *|powiązane artykuły|podobne artykuły|na ten temat|zobacz więcej|w temacie"
    "|powiązane tematy"
    "|polecane|polecane artykuły",
    "ps": "اړوند خبرونه|اړوند|اړونده خبرونه|نور خبرونه|ورته خبرونه",
    "pt": "mais sobre *|notícias relacionadas|relacionadas|relacionados|artigos relacionados|matérias relacionadas"
    "|conteúdo relacionado|notícia relacionada|temas relacionados|relacionado|sobre o mesmo tema",
    "ro": "articole similare|știri similare|articole pe aceeași temă|pe aceeași temă|articole recomandate|alte știri",
    "ru": "материалы по теме|новости по теме|по теме|похожие|связанные|похожие новости|похожие материалы"
    "|связанные новости|связанные материалы|ещё по теме|еще по теме|на эту тему|ссылки по теме|больше новостей"
    "|статьи по теме"
    "|материал по теме|сюжет|в тему|другие материалы|по этой теме",
    "sk": "súvisiace|súvisiace články|k téme|podobné články",
    "sl": "sorodne novice|povezane novice|povezano|sorodni članki",
    "sq": "lajme të ngjashme|të ngjashme|të lidhura|lajme të tjera",
    "sr": "povezane vesti|повезане вести|slične vesti|povezano|повезано|na istu temu",
    "sv": "mer om *|relaterade artiklar|relaterat|relaterade nyheter|bakgrund|mer i ämnet|mer läsning",
    "sw": "habari zinazohusiana",
    "ta": "தொடர்புடைய செய்திகள்",
    "tg": "хабарҳои марбут|мавзӯҳои монанд",
    "th": "ข่าวที่เกี่ยวข้อง|เกี่ยวข้อง|บทความที่เกี่ยวข้อง",
    "tk": "degişli habarlar|meňzeş habarlar",
    "tr": "benzer haberler|ilgili|ilgili haberler|ilgili haber|ilgili içerikler|i̇lgili haberler|ilgili yazılar"
    "|i̇lişkili haberler"
    "|ilişkili haberler|ilgili konular|önerilen haberler|ilgili yazı|bu konuyla ilgili|konuyla ilgili haberler"
    "|benzer içerikler|konuyla ilgili",
    "uk": "за темою|схожі|схожі новини|пов'язані новини|новини за темою|матеріали по темі|по темі|матеріали за темою"
    "|інші новини",
    "ur": "متعلقہ خبریں|متعلقہ خبر|متعلقہ|اسی بارے میں|متعلقہ مضامین|متعلقہ عنوانات|ملتی جلتی خبریں|اس بارے میں",
    "uz": "mavzuga oid|o'xshash yangiliklar|aloqador yangiliklar",
    "vi": "bài liên quan|liên quan|tin liên quan|tin tức liên quan",
    "zh": "相关|相关报道|相关文章|相关新闻|相关链接|相关阅读"
    "|相關|相關報導|相關新聞|相關文章|相关内容|更多相关|更多报道",
}

PROMOTION = {
    # Boxes that leave the text and are no relation: what most people read, what is sold, where to follow,
    # and news that has nothing in common with the article but the front page.
    "any": "editor's picks|more news|editor's choice|editors' picks|other news|top picks|mehr nachrichten|weitere "
    "nachrichten|weitere themen"
    "|weitere meldungen|mehr aus dem web|سایر اخبار|خبرهای دیگر|más noticias|otras noticias|mais notícias|outras "
    "notícias|altre notizie"
    "|другие новости|inne wiadomości|meer nieuws|fler nyheter|flere saker|diğer haberler|plus d'actualités|مزید "
    "خبریں|flere nyheter"
    "|more top stories|autres actualités|auch aktuell|news of the day",
    "ar": "الأكثر قراءة|الأكثر مشاهدة|الأكثر تداولا|النشرة البريدية|اشترك|تابعونا|تابعنا|إعلان|شارك|مشاركة|الوسوم"
    "|كلمات مفتاحية|آخر الأخبار"
    "|اشترك في نشرتنا الإخبارية|كلمات دلالية|التعليقات|أحدث الأخبار|الأكثر شعبية",
    "az": "ən çox oxunan|paylaş|son xəbərlər|reklam|teqlər",
    "ckb": "زۆرترین خوێنراو|هاوبەشی بکە|ڕیکلام|دوایین هەواڵ|تاگەکان",
    "cs": "nejčtenější|reklama|sdílet|štítky|témata",
    "da": "mest læste|del artiklen|annonce",
    "de": "meistgelesen|meistgelesene artikel|am häufigsten gelesen|newsletter|anzeige|werbung|teilen|schlagworte"
    "|jetzt abonnieren"
    "|folgen sie uns|beliebt|top-themen|am meisten gelesen|kommentare|meistkommentiert|neueste artikel|stellenmarkt"
    "|jetzt anmelden",
    "el": "δημοφιλή|τα πιο δημοφιλή|διαφήμιση|ετικέτες",
    "en": "trending|trending now|most read|most popular|popular|popular now|most viewed|top stories|latest news"
    "|latest|newsletter"
    "|newsletters|advertisement|sponsored|share|share this|share this article|follow us|follow us on|tags|subscribe"
    "|sign up"
    "|sponsored content|from around the web|promoted|paid content|comments|about the author|the latest|most "
    "commented|ad"
    "|sign up for our newsletter|subscribe to our newsletter|topics|advertisement story continues below|most recent"
    "|partner content"
    "|most shared|popular stories|today's top stories|breaking news|share on|join us|our newsletters|filed under"
    "|keywords",
    "es": "lo más leído|más leídas|lo más visto|publicidad|compartir|etiquetas|newsletter|suscríbete|síguenos"
    "|últimas noticias"
    "|lo último|comentarios|más vistas|anuncio",
    "fa": "پربازدیدترین|پربازدیدها|پربیننده‌ترین|محبوب‌ترین|خبرنامه|برچسب‌ها|برچسب ها|تگ‌ها|اشتراک‌گذاری|اشتراک "
    "گذاری|آخرین اخبار|تبلیغات"
    "|ما را دنبال کنید|نظرات|پر بازدید|پربحث‌ترین|داغ‌ترین|نظر شما|ارسال نظر|کلیدواژه|کلید واژه ها|جدیدترین اخبار",
    "fi": "luetuimmat|mainos|jaa|kommentit|uusimmat",
    "fr": "les plus lus|le plus lu|les plus consultés|publicité|partager|newsletter|s'abonner|suivez-nous|mots-clés"
    "|à la une"
    "|les plus commentés|commentaires|dernières actualités|inscrivez-vous à notre newsletter|recevez notre "
    "newsletter|tendances",
    "he": "הנקראות ביותר|הנצפות ביותר|פרסומת|שתפו|תגיות|הרשמה לניוזלטר|תגובות|חדשות אחרונות|הכי נקראות",
    "hi": "सबसे लोकप्रिय|ट्रेंडिंग|विज्ञापन|ताजा खबरें|शेयर करें",
    "hu": "legolvasottabb|hirdetés|megosztás|címkék|legfrissebb",
    "hy": "ամենադիտված|գովազդ|տարածել|վերջին լուրեր",
    "id": "terpopuler|terpopuler hari ini|iklan|bagikan|berita terbaru|tag|komentar",
    "it": "i più letti|più letti|pubblicità|condividi|newsletter|iscriviti|seguici|tag|ultime notizie|le più lette"
    "|commenti",
    "ja": "アクセスランキング|ランキング|人気記事|広告|シェア|新着記事",
    "ka": "ყველაზე კითხვადი|რეკლამა|გაზიარება",
    "ko": "많이 본 뉴스|인기 기사|광고|공유하기|댓글",
    "ku": "herî zêde hatine xwendin|reklam|parve bike|nûçeyên dawî",
    "nl": "meest gelezen|advertentie|delen|nieuwsbrief|reacties|net binnen",
    "no": "mest lest|annonse|del|siste nytt|kommentarer|nyhetsbrev",
    "pl": "najczęściej czytane|najpopularniejsze|reklama|udostępnij|newsletter|tagi|komentarze|najnowsze|popularne",
    "ps": "ډېر لوستل شوي|اعلان|شریک کړئ",
    "pt": "mais lidas|as mais lidas|publicidade|compartilhe|newsletter|assine|siga-nos|últimas notícias|tags|mais "
    "vistas|comentários",
    "ro": "cele mai citite|publicitate|etichete|comentarii",
    "ru": "самое читаемое|популярное|самое популярное|реклама|поделиться|теги|подписаться|подписывайтесь|последние "
    "новости|главное"
    "|самое обсуждаемое|комментарии|новости партнеров|новости партнёров|рассылка|сейчас читают|главные новости|лента "
    "новостей",
    "sv": "mest läst|mest lästa|annons|dela|nyhetsbrev|senaste nytt|kommentarer",
    "tr": "en çok okunanlar|çok okunanlar|popüler|reklam|paylaş|bülten|etiketler|abone ol|bizi takip edin|son dakika"
    "|son haberler|yorumlar"
    "|en çok okunan haberler|öne çıkanlar|en son haberler|popüler haberler",
    "uk": "найпопулярніше|популярне|реклама|поділитися|теги|останні новини|коментарі",
    "ur": "سب سے زیادہ پڑھی جانے والی|مقبول خبریں|اشتہار|شیئر کریں|تازہ ترین|مقبول ترین",
    "vi": "đọc nhiều|xem nhiều|quảng cáo|chia sẻ|tin mới|bình luận",
    "zh": "热门|热门文章|最热|广告|分享|热点|最新消息|熱門|評論|评论",
}  # fmt: skip

LISTS = (
    "more from ", "more in ", "mehr von ", "mehr aus ", "weitere artikel aus ", "plus de ", "mas de ", "mas en ",
    "altro da ", "altri articoli di ", "mais de ", "meer van ", "mer fran ", "mer fra ", "wiecej z ",
)  # fmt: skip
"""How labels begin, folded, that name where their links come from and not what they are about."""
