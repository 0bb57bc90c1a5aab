"""Lines that stand among paragraphs and are no text: notices, calls, credits, bylines, times."""

from __future__ import annotations

import re

from aggregator.extraction import labels, notices
from aggregator.text import fold

_LINES = re.compile(
    r"(?:"
    r"(?:click|tap) here\b.{0,60}|"
    r"(?:sign up|subscribe|register)\b.{0,140}(?:newsletters?|emails?|inbox|alerts?|updates|briefing|for free"
    r"|channel)\b.{0,60}|"
    r"(?:follow|like|join|find) (?:us|me)\b.{0,80}\b(?:twitter|facebook|instagram|telegram|whatsapp|x|social media"
    r"|youtube)\b.{0,60}|"
    r"(?:share|tweet|print|email|copy link|save|comments?|listen|advertisement|annons|anzeige|werbung|publicidad"
    r"|publicite|reklama?|iklan|"
    r"pubblicita|annonse|mainos|adverti[sz]ing|loading|paylas|teilen|partager|compartir|condividi|facebook|twitter"
    r"|whatsapp|telegram)\W*|"
    r"(?:advertisement|advert) (?:-|story|continue|scroll)\b.{0,60}|(?:story|article) continues below\b.{0,40}|"
    r"(?:this article|this story|this post) (?:was |is )?(?:originally|first) (?:published|appeared)\b.{0,120}|"
    r"(?:getty images|afp|reuters|ap|epa|dpa|imago|shutterstock|(?:photo|image|picture|foto|bild|credit|file "
    r"photo)s? ?(?::|by|credit)).{0,80}|"
    r"(?:abonnieren|bestellen) sie\b.{0,100}newsletter.{0,60}|"
    r"(?:c|copyright|©|ⓒ) ?(?:\d{4}|the |by ).{0,80}(?:rights? reserved|limited|ltd|inc)?.{0,60}|all rights "
    r"reserved.{0,60}|"
    r"(?:a lire|lire) aussi|(?:do you have|got) a (?:story|tip)\b.{0,120}|"
    r"(?:updated|published|posted|last (?:updated|modified)|first published|created|publie le|mis a jour le"
    r"|veroffentlicht|aktualisiert|"
    r"publicado|actualizado|pubblicato|aggiornato|yayinlanma|guncelleme|son guncelleme|опубликовано|обновлено"
    r"|stand)\b[^.!?]{0,60}\d{2}[^.!?]{0,30}|"
    r"\d+ (?:min(?:ute)?s?|мин|dk|min\.?) (?:read|lesezeit|de lecture|de lectura|okuma|чтения)\W*|"
    r"(?:reading time|lesezeit|temps de lecture|tiempo de lectura)\W.{0,25}|"
    r"(?:کد خبر|شناسه خبر|انتهای پیام|پایان پیام|لینک کوتاه|تاریخ انتشار|کد مطلب|خبرنگار|منبع خبر|زمان "
    r"انتشار)[^.؟!]{0,60}"
    r")",
    re.I,
)
_BYLINE = re.compile(r"(?:by|von|par|por|di|door|af|av|от|автор|بقلم|نویسنده|کتب|yazan)[ :]+\S[^.!?]{2,60}", re.I)
_HAS_LETTER = re.compile(r"[^\W\d_]")
MAX_LENGTH = 220


def is_furniture(paragraph: str, authors: frozenset[str]) -> bool:
    """Whether a paragraph is a line of the page and no line of the text; `authors` are folded names."""
    if len(paragraph) > MAX_LENGTH:
        return len(paragraph) <= notices.MAX_LENGTH and notices.is_notice(fold(paragraph))
    if not _HAS_LETTER.search(paragraph):
        return len(paragraph) < 12
    folded = fold(paragraph)
    if folded.strip(" .,:|-") in authors:
        return True
    if _LINES.fullmatch(folded) or _LINES.fullmatch(paragraph) or notices.is_notice(folded):
        return True
    if len(paragraph) < 90 and _BYLINE.fullmatch(paragraph) and any(name in folded for name in authors):
        return True
    label = labels.whole(paragraph)
    return label is not None and label.sure and (label.kind == "promotion" or paragraph.rstrip().endswith((":", "：")))
