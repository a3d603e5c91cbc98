"""Languages without a module of their own: words for always and never, questions, tasks and small talk."""

from __future__ import annotations

import re

from ....text.punctuation import COLONS
from ....text.scripts import count_unspaced
from ..match import Match
from ..word_sets import words_of

__all__ = ["detect", "is_negative", "is_statement", "noise"]

_ALWAYS = re.compile(
    r"\b(?:immer|stets|niemals|nie|muss|müssen|darf|dürfen|bitte kein\w*|sollte[nt]?|nur noch|merk dir"
    r"|denk dran|verwende[nt]? (?:nie|immer|nur|kein)"
    r"|siempre|nunca|jamás|debes?|deben|hay que|recuerda|prefier[oe]|evita|a partir de ahora|toujours"
    r"|jamais|ne \w+ (?:pas|jamais)|n'\w+ (?:pas|jamais)|doit|doivent|il faut|souviens|désormais"
    r"|préfère|évite[zr]?"
    r"|sempre|deve|devem|lembre|evite|prefiro|ricorda|mai|devi|devono|bisogna|preferisco|altijd|nooit"
    r"|moet|alltid|aldrig|måste|zawsze|nigdy|musi|her zaman|asla)\b"
    r"|всегда|никогда|нельзя|должн|нужно|запомни|не надо|предпочитаю|常に|必ず|絶対に|しないで"
    r"|してください|禁止|べき|すること"
    r"|覚えて|今後|ようにして|항상|절대|반드시|하지 마|기억해|해야|دائما|أبدا|हमेशा|कभी नहीं|luôn|đừng"
    r"|selalu|jangan",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"\b(?:nie|niemals|kein\w*|nicht|nunca|jamás|evita|jamais|ne|n'\w+|évite\w*|evite|mai|nooit|geen"
    r"|aldrig|nigdy|asla|jangan|đừng)\b|никогда|нельзя|не |しないで|禁止|するな|절대|하지 마|أبدا"
    r"|कभी नहीं|não",
    re.IGNORECASE,
)
_LIKES = re.compile(
    r"\b(?:ich (?:bevorzuge|mag|hasse|liebe)|lieber|prefiero|me gusta|odio|je (?:préfère|déteste)"
    r"|j'aime|prefiro|gosto|preferisco|mi piace)\b|предпочитаю|люблю|好き|嫌い|好み|좋아|싫어",
    re.IGNORECASE,
)
_SMALL_TALK = re.compile(
    r"^(?:[¡¿\s]*)(?:hallo|hi|guten (?:morgen|tag|abend)|gute nacht|danke|vielen dank|bitte sehr"
    r"|tschüss|wie geht|alles klar|schönes? (?:wochenende|tag|abend)|super|genau|prima|moin|servus"
    r"|hola|buen(?:os|as) (?:días|tardes|noches)|(?:muchas )?gracias|de nada|adiós|hasta (?:luego"
    r"|mañana)|qué tal|perfecto|vale|genial|feliz|bonjour|bonsoir|salut|merci|de rien|au revoir|ça va"
    r"|d'accord|bonne (?:journée|soirée|nuit)|parfait|à (?:demain|bientôt)"
    r"|olá|oi|bom dia|boa (?:tarde|noite)|(?:muito )?obrigad[oa]|tchau|tudo bem|até (?:logo|amanhã)"
    r"|ciao|buongiorno|buonasera|grazie|prego|arrivederci|come stai|hoi|dank je|bedankt|goedemorgen"
    r"|hej|tack|cześć|dzień dobry|dziękuję|merhaba|teşekkür"
    r"|привет|здравствуй|спасибо|пока|доброе утро|добрый|как дела|ありがとう|おはよう|こんにちは"
    r"|こんばんは|お疲れ|よろしく"
    r"|すみません|さようなら|おやすみ|はい|了解|なるほど|すごい|いいね|笑|안녕|감사|고마|수고|네"
    r"|좋아요|ㅋㅋ|ㅎㅎ|مرحبا|شكرا|नमस्ते|धन्यवाद"
    r"|xin chào|cảm ơn|terima kasih|halo)(?=$|\W)|^(?:ありがとう|おはよう|お疲れ|こんにち|안녕|감사"
    r"|고마|수고|спасибо|привет)",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"[?？؟]\s*$|^(?:¿|wie |was |wer |wo |warum |wann |welche\w* |kannst du|können sie|kann ich|gibt es"
    r"|cómo |qué |quién |dónde |por qué |cuándo |cuál |puedes |comment |qu'|quoi |qui est |où "
    r"|pourquoi |quand |quel\w* |est-ce|peux-tu|pouvez-vous|como |o que |quem |onde |por que |quando "
    r"|qual |você pode|pode me|come |cosa |chi |dove |perché |puoi |как |что |кто |где |почему |когда "
    r"|можешь )|(?:か|の|ですか|ますか)[。.]?$|(?:까|나요|니|가요)[?.]?$",
    re.IGNORECASE,
)
_TASK = re.compile(
    r"^(?:bitte )?(?:behebe|repariere|füge|erstelle|schreib mir|zeig|übersetze|erkläre|hilf|mach"
    r"|arregla|añade|crea|escribe|muestra|traduce|explica|ayúdame|haz|corrige|ajoute|crée|écris|montre"
    r"|traduis|explique|aide|fais|conserte|adicione|crie|escreva|mostre|traduza|explique|ajude|исправь"
    r"|добавь|создай|напиши|покажи|переведи|объясни|помоги)\b|(?:を|に)?(?:直して|追加して|作って"
    r"|書いて|修正して|教えて|見せて"
    r"|翻訳して)(?:ください|くれ)?[。！]?$|(?:해 ?줘|해 ?주세요)[.!]?$",
    re.IGNORECASE,
)
_WORDY = re.compile(r"[^\W\d_]", re.UNICODE)


def noise(text: str, role: str | None) -> str | None:
    """Why a sentence is not worth keeping, or None."""
    stripped = text.strip()
    if _QUESTION.search(stripped):
        return "a question"
    standing = _ALWAYS.search(stripped)
    if _SMALL_TALK.match(stripped) and len(stripped) <= 60 and not standing:
        return "small talk"
    if _TASK.search(stripped) and not (
        standing and re.search("常に|必ず|今後|항상|siempre|immer|toujours|sempre", stripped)
    ):
        return "a task to do once"
    return None


def detect(text: str, role: str | None) -> Match | None:
    """A norm or a preference, recognised by the language's words for it; else None."""
    if _LIKES.search(text):
        return Match("preference", text)
    if _ALWAYS.search(text) and role != "assistant":
        return Match("norm", text)
    return None


def is_negative(text: str) -> bool:
    """Whether a rule forbids something."""
    return bool(_NEVER.search(text))


def is_statement(text: str) -> bool:
    """Whether a bare text is a statement: not too short, not too long, and not the opening line of a list."""
    if len(text) > 400 or text.rstrip().endswith(COLONS):
        return False
    if not count_unspaced(text):
        return len(words_of(text)) >= 3
    return len(_WORDY.findall(text)) >= 6
