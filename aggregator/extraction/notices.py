"""Sentences the page says on its own behalf: consent to embedded posts, walls, calls to write, follow or subscribe,
credits of agencies and of reporters.

Each expression is matched from the beginning of a folded paragraph.  They are said in the same words by publishers who
have nothing to do with each other: by law, by the makers of their systems, by custom.
"""

from __future__ import annotations

import re

MAX_LENGTH = 420

_AGENCY = (
    r"(?:dpa|afp|ap|reuters|apa|sda|epd|kna|sid|efe|ansa|tass|pti|ani|aap|upi|anp|belga|ritzau|ntb|xinhua|kyodo|yonhap"
    r"|keystone|europa press|lusa|pap|ctk|the associated press|agence france-presse|ايسنا|ايرنا|رويترز|тасс|риа новости)"
)
_NETWORK = r"(?:google news|twitter|facebook|instagram|x|telegram|whatsapp|tiktok|youtube|threads|bluesky|linkedin)"
_EMBEDS = (
    r"empfohlener (?:redaktioneller|externer) inhalt|an dieser stelle (?:finden sie|befindet sich|wurde|ist)\b.*\bextern"
    r"\w* inhalt|ich bin (?:damit )?einverstanden, dass\b.*\binhalt|ein klick fur den datenschutz|link zum \w+[- ]inhalt$"
    r"|extern\w* inhalt\w*\b.{0,80}$|(?:fur|zur) (?:die )?(?:anzeige|darstellung)\b.{0,80}\binhalt|um diesen inhalt\b"
    r"|ce contenu (?:est bloque|n'est pas (?:disponible|accessible)|a ete bloque)|pour (?:afficher|voir) ce contenu"
    r"|para (?:ver|visualizar) (?:este|esse) conteudo|para ver este contenido|este contenido (?:no esta disponible|esta "
    r"bloqueado)|per (?:visualizzare|vedere) questo contenuto|questo contenuto (?:non e disponibile|e bloccato)"
    r"|om deze inhoud te (?:zien|tonen)|deze inhoud (?:kan|is) niet|innehall fran \w+$|for att se innehallet"
    r"|this content (?:is (?:hosted|provided|blocked|not available)|isn't available|can(?:'t|not) be (?:loaded|shown))"
    r"|(?:to (?:view|see) this|allow) .{0,40}\bcontent\b.{0,120}(?:cookies|consent|accept)"
    r"|we need your (?:consent|permission) to load|чтобы (?:посмотреть|увидеть) это содержимое|bu icerigi gor"
)
_WALLS = (
    r"il vous reste [\d.,]+ ?%|la suite est reservee aux abonnes|pour (?:acceder|lire)\b.{0,60}\b(?:illimite|abonne)"
    r"|cet article est reserve aux abonnes|(?:cet )?article reserve aux abonnes"
    r"|(?:subscribe|sign ?up|log ?in|sign ?in|register)\b.{0,60}\bto (?:continue|keep|read|unlock)\b"
    r"|(?:sign ?in|log ?in) or create an account|already (?:a|have a) (?:subscriber|subscription|member)"
    r"|enjoying our latest|this (?:article|content|story) is (?:only )?(?:for|available to|exclusive to) (?:\w+ )?"
    r"(?:subscribers|members)|you have reached your (?:limit|article)|(?:access|unlock)\b.{0,60}(?:award-winning|unlimited)"
    r"|explore the latest features|subscribe now\W*$|sie sind (?:aktuell |derzeit )?nicht (?:eingeloggt|angemeldet)"
    r"|(?:\d+|zwei|vier) wochen? (?:lang )?(?:kostenlos|gratis)\b|jetzt (?:weiterlesen|abonnieren|kostenlos testen)\W*$"
    r"|(?:dieser|der) (?:artikel|text) ist (?:nur )?fur abonnent|suscribete (?:para|y)\b|contenido exclusivo para "
    r"suscriptores|abbonati per\b|(?:contenuto|articolo) riservato agli abbonati|abonnez-vous pour|assine para\b"
    r"|conteudo exclusivo para assinantes|dit artikel is (?:exclusief|alleen) voor abonnees|artikeln ar (?:last|endast)"
    r"|чтобы (?:читать|прочитать) (?:дальше|полностью|далее)|материал доступен (?:только )?подписчикам"
    r"|devamini okumak icin|.{0,12}有料会員|この記事は(?:有料)?会員限定|برای خواندن ادامه"
)
_CALLS = (
    r"for more (?:stories|news|articles) like this|for (?:more|the latest)\b.{0,140}\b(?:sign ?up|newsletter|follow us"
    r"|subscribe)\b|check out (?:more|all) of\b|get real-?time updates|never miss\b.{0,80}|stay (?:informed|up to date|ahead"
    rf"|connected) with\b|follow \S.{{0,60}} on {_NETWORK}\b|you can (?:also )?follow\b.{{0,80}} on {_NETWORK}\b"
    r"|(?:did you )?(?:like|enjoy|enjoyed) this (?:story|article|post)|(?:do you have|got|have you got) an? (?:story|tip"
    r"|question)\b|listen to\b.{0,60}\b(?:live at|podcast)|(?:this|it) is a (?:breaking|developing)\b.{0,60}$"
    r"|aktuelle nachrichten aufs handy|hat (?:ihnen|dir|euch) (?:dieser|der) (?:artikel|beitrag|text) gefallen"
    r"|(?:ihre|deine) meinung ist\b|schreiben sie uns\b|sie mogen\b.{0,80}newsletter|folgen sie uns\b|folge uns\b"
    r"|sig(?:ue|a)nos en\b|siga-nos\b|suivez-nous\b|seguici su\b|volg ons\b|folj oss\b|sledujte nas\b|obserwuj nas\b"
    rf"|подпи(?:сывайтесь|шитесь) на\b|читайте нас в\b|bizi .{{0,20}}{_NETWORK}\b.{{0,20}}takip|haber(?:ler)?den aninda"
    r"|(?:mira|no te pierdas)\b.{0,60}\b(?:canal|newsletter|boletin)\b|ما را در .{0,60}دنبال کنید|به کانال\b.{0,80}بپیوندید"
    r"|تابعونا (?:علی|عبر)\b|تابعوا .{0,60} علی\b|اشترک(?:وا)? فی\b"
)
_MAIL = (
    r"(?=.{0,220}$)(?=.*[\w.+-]@[\w-]+\.[a-z])(?:.*\b(?:get in touch|contact (?:us|him|her|the)|e-?mail(?:ing)? us|write to"
    r"|feedback|reach (?:him|her|us|out)|send (?:us|him|her)|schreiben sie|senden sie|kontakt|escribe|escribanos|ecrivez"
    r"|contactez|scrivi|schrijf|mejla|tipsa|пишите|yazin|با ما تماس)\b|\W*(?:e-?mail|mail)\W+\S+@\S+\W*$"
    r"|\S+@[\w-]+(?:\.[a-z]{2,12}){1,3}$)"
)
_CREDITS = (
    rf"\W{{0,3}}(?:(?:mit|with|avec|con|med|met) (?:material (?:von|der) |informationen (?:von|der) |inputs? from )?"
    rf"(?:{_AGENCY}\b.{{0,40}}|agenturmaterial|agenturen|agencies|agences|agencias)\W*$"
    r"|(?:quelle|source|sources|fuente|fuentes|fonte|kaynak|bron|kilde|kalla|zrodlo|источник|منبع|المصدر)n? ?[:：] ?[^.!?؟]"
    rf"{{1,60}}$|{_AGENCY}(?:[/,-] ?\w+){{0,4}}\W*$|[©ⓒ].{{0,120}}$|dpa-infocom\b.{{0,60}}$|copyright\b.{{0,150}}$"
    r"|(?:additional |further )?(?:reporting|writing|editing|compiled|edited|written) by \S.{0,300}$"
    r"|.{0,220}\bcontributed (?:to this (?:report|story|article|piece)|reporting)\b.{0,60}$|our standards\b.{0,80}$"
    r"|(?:first|originally) published (?:in|on|by)\b.{0,100}$)"
)
_NOTICE = re.compile(f"(?:{_EMBEDS}|{_WALLS}|{_CALLS}|{_MAIL}|{_CREDITS})", re.I)


def is_notice(folded: str) -> bool:
    """Whether a folded paragraph is said by the page, not by its article."""
    return len(folded) <= MAX_LENGTH and _NOTICE.match(folded) is not None
