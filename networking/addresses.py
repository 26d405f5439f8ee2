"""E-mail addresses and words as people type them: what is cleaned, what is refused."""

import re
import unicodedata

from django.utils.encoding import punycode

# The closed space of trust of health mail: an ordinary server cannot write there,
# and it is meant for patients' data.
SECURE_MAIL = ("mssante.fr", "apicrypt.org")
# Endings that no domain has, or large providers written wrong.
ENDINGS = {
    ".comm": ".com",
    ".con": ".com",
    ".cmo": ".com",
    ".ocm": ".com",
    ".vom": ".com",
    ".rf": ".fr",
    ".frr": ".fr",
}
PROVIDERS = {
    "gmial.com": "gmail.com",
    "gamil.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmal.com": "gmail.com",
    "gmail.co": "gmail.com",
    "gmail.cm": "gmail.com",
    "hotmial.com": "hotmail.com",
    "hotmal.com": "hotmail.com",
    "hotmai.com": "hotmail.com",
    "outlok.com": "outlook.com",
    "outlook.fe": "outlook.fr",
    "ornage.fr": "orange.fr",
    "orage.fr": "orange.fr",
    "wanado.fr": "wanadoo.fr",
    "wanadou.fr": "wanadoo.fr",
    "yaho.fr": "yahoo.fr",
    "yahou.fr": "yahoo.fr",
    "yaho.com": "yahoo.com",
    "laposte.ne": "laposte.net",
}
# Bidirectional overrides and isolates: they turn the words that follow.
TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


SECURE_MAIL_REFUSED = (
    "Cette adresse est une messagerie sécurisée de santé (MSSanté ou Apicrypt)."
    " Nos invitations n’y arrivent pas et elle est réservée aux échanges de soin."
    " Écrivez une adresse e-mail habituelle."
)
OBJECTED = "Cette personne a demandé à ne plus être contactée."
BOUNCED = (
    "Rien n’arrive à cette adresse\u202f: un message est déjà revenu."
    " Vérifiez-la avec la personne, ou laissez la case vide."
)
# What one header of a mail can carry without quotes (RFC 5322 section 3.4.1), and
# the longest name before the @ (RFC 5321 section 4.5.3.1.1).
WRITABLE = re.compile(r"[A-Za-z0-9!#$%&'*+/=^_`{|}~.-]{1,64}@[\w.-]{1,253}")
LONGEST_NAME = 64
TOO_LONG = f"Avant le signe @, l’adresse peut avoir {LONGEST_NAME} signes au plus."
NOT_WRITABLE = (
    "Nos messages ne savent pas écrire un signe de cette adresse."
    " Vérifiez-la, ou donnez-en une autre."
)
NOT_AN_ADDRESS = "Écrivez une adresse e-mail complète, comme fatou@example.org."


def plain(text: str) -> str:
    """One line without control signs, in composed form (NFC). Right-to-left
    letters stay; the invisible signs that turn a line do not, nor halves of an emoji,
    which no database writes."""
    text = TURNING.sub("", unicodedata.normalize("NFC", text))
    text = text.replace("\u200b", "")
    spaced = ("Cc", "Cs")
    kept = (" " if unicodedata.category(sign) in spaced else sign for sign in text)
    return " ".join("".join(kept).split())


def is_secure_mail(address: str) -> bool:
    domain = address.rpartition("@")[2].strip().lower().rstrip(".")
    return any(domain == one or domain.endswith(f".{one}") for one in SECURE_MAIL)


def corrected(address: str) -> str:
    """The address probably meant, or "" when nothing looks mistyped."""
    name, _, domain = address.strip().lower().rpartition("@")
    right = PROVIDERS.get(domain, domain)
    for wrong, ending in ENDINGS.items():
        if right.endswith(wrong):
            right = right.removesuffix(wrong) + ending
    right = PROVIDERS.get(right, right)
    return f"{name}@{right}" if right != domain else ""


def _has_ascii_form(domain: str) -> bool:
    """Whether a server can be asked for it (IDNA): no label is too long."""
    try:
        return punycode(domain).isascii()
    except UnicodeError:
        return False


def refusal(address: str) -> str:
    """Why this well-formed address cannot be written down; "" when it can."""
    if is_secure_mail(address):
        return SECURE_MAIL_REFUSED
    name, _, domain = address.rpartition("@")
    if len(name) > LONGEST_NAME:
        return TOO_LONG
    if not WRITABLE.fullmatch(address) or not _has_ascii_form(domain):
        return NOT_WRITABLE
    if meant := corrected(address):
        return f"Vérifiez la fin de l’adresse. Vouliez-vous écrire {meant}\u202f?"
    return ""
