"""What pages say that are no articles: nothing is here, prove that you are human, agree to our cookies."""

from __future__ import annotations

import re

from aggregator.text import fold

_GAP = "…"
"""Stands for a few words in a phrase."""

_MISSING = (
    "page … not found", "page … cannot be found", "page … can't be found", "page … could not be found",
    "page … couldn't be found", "page … does not exist", "page … doesn't exist", "page … no longer exists",
    "page … no longer available", "page … is unavailable", "article … not found", "article … no longer available",
    "article … has been removed", "article … does not exist", "story … not found", "story … no longer available",
    "error 404", "404 error", "404 not found", "http 404",
    "seite … nicht gefunden", "seite … existiert nicht", "seite … nicht mehr verfügbar", "artikel … nicht gefunden",
    "artikel … nicht mehr verfügbar", "fehler 404",
    "page … introuvable", "page … n'existe pas", "page … n'existe plus", "page … non trouvée", "erreur 404",
    "article … introuvable", "article … n'est plus disponible",
    "página … no encontrada", "página … no existe", "no se encontró la página", "no se ha encontrado la página",
    "artículo … no encontrado", "noticia … no encontrada",
    "página … não encontrada", "página … não existe", "página … não foi encontrada", "erro 404",
    "pagina … non trovata", "pagina … non esiste", "pagina … non è disponibile", "articolo … non trovato", "errore 404",
    "pagina … niet gevonden", "pagina … bestaat niet", "artikel … niet gevonden",
    "nie znaleziono … strony", "strona … nie istnieje", "strony nie znaleziono", "strona … nie została znaleziona",
    "stránka … nenalezena", "stránka … neexistuje", "oldal … nem található", "pagina … nu a fost găsită",
    "sidan … kunde inte hittas", "sidan … hittas inte", "sidan … finns inte", "siden … findes ikke",
    "siden … finnes ikke", "siden … blev ikke fundet", "fant ikke siden", "sivua ei löyt", "σελίδα … δεν βρέθηκε",
    "страница … не найдена", "страница … не существует", "страница … удалена", "материал … не найден", "ошибка 404",
    "сторінку … не знайдено", "сторінка … не існує", "сторінка … не знайдена",
    "sayfa … bulunamadı", "sayfa … mevcut değil", "haber … bulunamadı", "səhifə … tapılmadı", "xəbər … tapılmadı",
    "صفحه … یافت نشد", "صفحه … پیدا نشد", "صفحه … وجود ندارد", "خبر … یافت نشد", "مطلب … یافت نشد", "خطای 404",
    "الصفحة … غير موجودة", "الصفحة … لا توجد", "الصفحة … غير متوفرة", "لم يتم العثور على الصفحة", "المقال … غير موجود",
    "الخبر … غير موجود", "خطأ 404",
    "הדף … לא נמצא", "העמוד … לא נמצא", "דף לא נמצא", "עמוד לא נמצא", "הכתבה … לא נמצאה",
    "صفحہ … نہیں ملا", "صفحہ … موجود نہیں", "پەڕەکە … نەدۆزرایەوە", "پەڕە … نەدۆزرایەوە", "rûpel … nehat dîtin",
    "էջը … չի գտնվել", "էջը … գոյություն չունի", "გვერდი … ვერ მოიძებნა",
    "页面不存在", "頁面不存在", "找不到页面", "找不到頁面", "页面未找到", "ページが見つかりません", "お探しのページは",
    "페이지를 찾을 수 없", "halaman … tidak ditemukan", "trang … không tồn tại", "không tìm thấy trang",
)  # fmt: skip
_GATES = (
    "just a moment", "attention required", "access to this page has been denied", "verify you are human",
    "verify that you are human", "verifying you are human", "are you a robot", "you are not a robot",
    "enable javascript", "enable js and", "javascript is disabled", "checking your browser", "please enable cookies",
    "security check", "pardon our interruption", "captcha", "unusual traffic", "ddos protection",
    "überprüfen ihren browser", "ihr browser wird überprüft", "dass sie kein roboter sind",
    "vérification de votre navigateur", "vous n'êtes pas un robot", "que vous êtes humain",
    "comprobando su navegador", "verificando su navegador", "no eres un robot", "no es un robot", "que eres humano",
    "verificando seu navegador", "não é um robô", "verifica del browser", "non sei un robot",
    "проверка браузера", "проверяем ваш браузер", "что вы не робот", "вы не робот", "перевірка браузера",
    "tarayıcınız kontrol ediliyor", "robot olmadığınızı", "insan olduğunuzu",
    "بررسی مرورگر", "ربات نیستید", "ربات نبودن", "التحقق من متصفح", "لست روبوت", "أنك إنسان", "أنك لست",
    "אינך רובוט", "בודקים את הדפדפן", "正在检查您的浏览器", "人机验证", "ロボットではない", "로봇이 아",
)  # fmt: skip
_CONSENTS = (
    "before you continue", "your privacy choices", "cookie consent", "we value your privacy", "we use cookies and",
    "we and our partners", "we and our … partners", "manage your consent", "accept all cookies",
    "bevor sie fortfahren", "wir und unsere partner", "wir und unsere … partner", "ihre zustimmung zu cookies",
    "nos partenaires et nous", "nous et nos partenaires", "nous et nos … partenaires", "préférences de confidentialité",
    "nosotros y nuestros socios", "nosotros y nuestros … socios", "antes de continuar",
    "noi e i nostri partner", "noi e i nostri … partner", "nós e os nossos parceiros", "nós e nossos parceiros",
    "wij en onze partners", "my i nasi partnerzy", "мы и наши партнеры", "мы используем файлы cookie",
    "biz ve ortaklarımız", "çerez tercihleri", "אנו משתמשים בעוגיות", "نحن وشركاؤنا", "ما و شرکای ما",
)  # fmt: skip


_RESULTS = (
    "search results", "results for", "suchergebnisse", "résultats de recherche", "resultados de búsqueda",
    "resultados da busca", "resultados da pesquisa", "risultati della ricerca", "zoekresultaten", "wyniki wyszukiwania",
    "результаты поиска", "результати пошуку", "arama sonuçları", "axtarış nəticələri", "نتایج جستجو", "نتائج البحث",
    "תוצאות חיפוש", "תוצאות החיפוש", "تلاش کے نتائج", "搜索结果", "検索結果", "검색 결과",
)  # fmt: skip


def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    # Phrases are compared as `fold` leaves them: without accents, case and the breve of Cyrillic letters.
    folded = (re.escape(fold(phrase)).replace(re.escape(fold(_GAP)), _GAP) for phrase in phrases)
    return re.compile(
        "|".join(text.replace(rf"\ {_GAP}\ ", r"\b.{0,45}?\s").replace(_GAP, ".{0,45}?") for text in folded)
    )


_MISSING_PATTERN = _pattern(_MISSING)
_GATE_PATTERN = _pattern(_GATES)
_CONSENT_PATTERN = _pattern(_CONSENTS)
_RESULTS_PATTERN = _pattern(_RESULTS)
_BARE = re.compile(
    r"(?:(?:error )?40[34]\W*|(?:error )?40[34]\s?[-:|].{0,40}|.{0,20}not found|access denied|forbidden|gone"
    r"|oops.{0,30})"
)
_LONGEST = 80


def says_missing(title: str) -> bool:
    """Whether a title is that of a page which is not there."""
    folded = fold(title)
    if len(folded) > _LONGEST:
        return False
    return _BARE.fullmatch(folded) is not None or _MISSING_PATTERN.search(folded) is not None


def says_results(title: str) -> bool:
    """Whether a title is that of the answers to a search."""
    match = _RESULTS_PATTERN.search(fold(title))
    return match is not None and match.start() < 12


def says_gate(text: str) -> bool:
    """Whether a text asks its reader to prove that it is a person."""
    return _GATE_PATTERN.search(fold(text[:600])) is not None


def says_consent(text: str) -> bool:
    """Whether a text asks its reader to agree to something first."""
    return _CONSENT_PATTERN.search(fold(text[:600])) is not None
