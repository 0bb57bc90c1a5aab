"""Sentences the page says on its own behalf: consent to embedded posts, walls, calls to write or follow, credits.

Each expression is matched from the beginning of a folded paragraph.  They are said in the same words by publishers who
have nothing to do with each other: by law, by the makers of their systems, by custom.
"""

from __future__ import annotations

import re

MAX_LENGTH = 420

_AGENCY = (
    r"(?:dpa|afp|ap|reuters|apa|sda|epd|kna|sid|efe|ansa|tass|pti|ani|aap|upi|anp|belga|ritzau|ntb|xinhua|kyodo"
    r"|yonhap|keystone|europa press|lusa|pap|ctk|the associated press|agence france-presse|رویترز|тасс|риа новости)"
)
_NETWORK = r"(?:google news|twitter|facebook|instagram|x|telegram|whatsapp|tiktok|youtube|threads|bluesky|linkedin)"
_EMBEDS = (
    r"empfohlener (?:redaktioneller|externer) inhalt",
    r"an dieser stelle (?:finden sie|befindet sich|wurde|ist)\b.*\bextern\w* inhalt",
    r"ich bin (?:damit )?einverstanden, dass\b.*\binhalt",
    r"ein klick fur den datenschutz",
    r"link zum \w+[- ]inhalt$",
    r"extern\w* inhalt\w*\b.{0,60}\b(?:laden|anzeigen|anzeigen lassen|geladen|angezeigt)\b",
    r"(?:fur|zur) (?:die )?(?:anzeige|darstellung) (?:von|des|dieses|eines)\b.{0,60}\binhalt",
    r"um diesen inhalt (?:anzuzeigen|zu sehen|zu laden)",
    r"ce contenu (?:est bloque|n'est pas (?:disponible|accessible)|a ete bloque)",
    r"pour (?:afficher|voir) ce contenu",
    r"para (?:ver|visualizar) (?:este contenido|este conteudo|esse conteudo)",
    r"este contenido (?:no esta disponible|esta bloqueado)",
    r"per (?:visualizzare|vedere) questo contenuto",
    r"questo contenuto (?:non e disponibile|e bloccato)",
    r"om deze inhoud te (?:zien|tonen|bekijken)",
    r"for att (?:se|visa) (?:detta )?innehall",
    r"this content (?:is (?:hosted|provided|blocked|not available)|isn't available|can(?:'t|not) be (?:loaded|shown))",
    r"(?:to (?:view|see) this|allow) .{0,40}\bcontent\b.{0,120}\b(?:cookies|consent|accept)",
    r"we need your (?:consent|permission) to load",
    r"чтобы (?:посмотреть|увидеть) (?:это|этот|эту) (?:содержимое|контент|запись)",
)
_WALLS = (
    r"il vous reste [\d.,]+ ?%",
    r"la suite est reservee aux abonnes",
    r"(?:cet )?article (?:est )?reserve aux abonnes",
    r"pour (?:acceder|lire)\b.{0,60}\b(?:illimite|abonnez)",
    r"(?:subscribe|sign ?up|log ?in|sign ?in|register)\b.{0,60}\bto (?:continue|keep reading|read|unlock)\b",
    r"(?:sign ?in|log ?in) or create an account",
    r"already (?:a subscriber|have an? (?:account|subscription))",
    r"enjoying our latest",
    r"this (?:article|content|story) is (?:only )?(?:for|available to|exclusive to) (?:\w+ )?(?:subscribers|members)\b",
    r"you have reached your (?:limit|article)",
    r"subscribe now\W*$",
    r"sie sind (?:aktuell |derzeit )?nicht (?:eingeloggt|angemeldet)",
    r"(?:\d+|eine|zwei|drei|vier) wochen? (?:lang )?(?:kostenlos|gratis) (?:\w+ )?(?:testen|lesen|probelesen)\W*$",
    r"jetzt (?:weiterlesen|abonnieren|kostenlos testen)\W*$",
    r"(?:dieser|der) (?:artikel|text) ist (?:nur )?fur abonnent",
    r"suscribete para\b",
    r"contenido exclusivo para suscriptores",
    r"(?:contenuto|articolo) riservato agli abbonati",
    r"abbonati per (?:leggere|continuare)",
    r"conteudo exclusivo para assinantes",
    r"dit artikel is (?:exclusief|alleen) voor abonnees",
    r"artikeln ar (?:last|endast)\b",
    r"чтобы (?:читать|прочитать) (?:дальше|полностью|далее)",
    r"материал доступен (?:только )?подписчикам",
    r"(?:haberin )?devamini okumak icin\b",
    r".{0,12}有料会員",
    r"この記事は(?:有料)?会員限定",
    r"برای خواندن ادامه",
)
_CALLS = (
    r"for more (?:stories|news|articles) like this",
    r"for (?:more|the latest)\b.{0,140}\b(?:sign ?up|newsletters?|follow us|subscribe)\b",
    r"check out more of\b",
    r"get real-?time updates",
    r"never miss\b.{0,60}\b(?:news|newsletter|story|stories|update|updates)\b",
    r"stay (?:informed|up to date|ahead|connected) with\b",
    rf"(?:you can (?:also )?)?follow \S.{{0,80}} on {_NETWORK}\b",
    r"(?:did you )?(?:like|enjoy|enjoyed) this (?:story|article|post)\?",
    r"listen to\b.{0,60}\b(?:live at|podcast)\b.{0,80}$",
    r"this is a (?:breaking|developing) (?:new |news )?story\b.{0,60}$",
    r"aktuelle nachrichten aufs handy",
    r"hat (?:ihnen|dir|euch) (?:dieser|der) (?:artikel|beitrag|text) gefallen",
    r"(?:ihre|deine) meinung ist (?:uns )?(?:wichtig|gefragt)",
    r"sie mogen\b.{0,80}\bnewsletter\b",
    r"(?:schreiben sie|schreib|folgen sie|folge) uns\b.{0,100}$",
    r"sig(?:uenos|anos|a-nos) (?:en|no|na|em)\b",
    r"suivez-nous\b.{0,100}$",
    r"seguici (?:su|anche)\b",
    r"volg ons (?:op|via)\b",
    r"folj oss pa\b",
    r"sledujte nas\b",
    r"obserwuj nas\b",
    r"подпи(?:сывайтесь|шитесь) на\b",
    r"читайте нас в\b",
    rf"bizi .{{0,20}}{_NETWORK}\b.{{0,20}}takip",
    r"(?:mira|no te pierdas)\b.{0,60}\bcanal de (?:youtube|whatsapp|telegram)",
    r"ما را در .{0,60}دنبال کنید",
    r"تابعونا (?:علی|عبر)\b",
)
_MAIL = (
    r".*\b(?:get in touch|contact (?:us|him|her)|e-?mail(?:ing)? us|write to|reach (?:him|her|us))\b",
    r".*\b(?:feedback|send (?:us|him|her)|schreiben sie|senden sie|escribanos|ecrivez|contactez|scriveteci|пишите)\b",
    r"\W*(?:e-?mail|mail|ایمیل)\W+\S+@\S+$",
    r"\S+@[\w-]+(?:\.[a-z]{2,12}){1,3}$",
)
"""Said in a short paragraph with an address in it."""
_CREDITS = (
    rf"(?:mit|with|avec|con|med|met) (?:material (?:von|der) |inputs? from )?{_AGENCY}\b[^.!?]{{0,40}}$",
    r"(?:mit|with|avec|con) (?:agenturmaterial|agenturen|agencies|agences|agencias)\W*$",
    r"(?:quellen?|sources?|fuentes?|fonte|kaynak|bron|kilde|kalla|zrodlo|источник|منبع|المصدر) ?[:：] ?[^.!?؟]{1,60}$",
    rf"{_AGENCY}(?:[/,-] ?\w+){{0,4}}\W*$",
    r"©.{0,120}$",
    r"dpa-infocom\b.{0,60}$",
    r"copyright\W{0,4}(?:©|\(?c\)? |.{0,60}\d{4}).{0,90}$",
    r"(?:additional |further )?(?:reporting|writing|editing) by \S.{0,300}$",
    r".{0,220}\bcontributed (?:to this (?:report|story|article|piece)|reporting)\b.{0,60}$",
    r"our standards: .{0,80}$",
    r"(?:first|originally) published (?:in|on|by)\b.{0,100}$",
)
_SAID = re.compile("|".join((*_EMBEDS, *_WALLS, *_CALLS)))
_GIVEN = re.compile(rf"\W{{0,3}}(?:{'|'.join(_CREDITS)})")
_WRITE_TO = re.compile("|".join(_MAIL))
_ADDRESS = re.compile(r"[\w.+-]@[\w-]+\.[a-z]")
_SHORT = 220


def is_notice(folded: str) -> bool:
    """Whether a folded paragraph is said by the page, not by its article."""
    if len(folded) > MAX_LENGTH:
        return False
    if _SAID.match(folded) or _GIVEN.match(folded):
        return True
    return len(folded) <= _SHORT and _ADDRESS.search(folded) is not None and _WRITE_TO.match(folded) is not None
