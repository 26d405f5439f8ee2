"""DKIM (RFC 6376): the keys with which receivers check our signature."""

import base64
import binascii
from typing import NamedTuple

from django.conf import settings

from invitations.mail_domain.finding import (
    Finding,
    Record,
    Status,
    Tags,
    cited,
    shown,
    written,
)
from invitations.mail_domain.lookup import BadName, Resolver, Unreachable

SUBJECT = "DKIM"
WHAT = "DKIM est une signature\u202f: elle prouve que le message vient bien de vous."
USUAL = (
    *("default", "mail", "dkim", "s1", "s2", "selector1", "selector2", "google"),
    *("k1", "k2", "brevo1", "brevo2", "mailjet", "gm1", "fm1", "protonmail"),
)
LOWEST_BITS, GOOD_BITS = 1024, 2048  # RFC 8301 3.2
ED25519_BYTES = 32
SEQUENCE, INTEGER, BIT_STRING = 0x30, 0x02, 0x03
NOTHING = (
    "Aucune clé trouvée. Demandez à votre hébergeur de courrier d’activer DKIM."
    " Il donne un nom et une clé\u202f: publiez-les, de cette forme, et écrivez le nom"
    " dans MAIL_DKIM_SELECTORS."
)


class Key(NamedTuple):
    """`problem` is "" for a key that receivers accept; `better` is a record that
    would repair it, when we can tell."""

    selector: str
    said: str
    problem: str = ""
    better: str = ""
    remark: str = ""


def explain_dkim(domain: str, resolver: Resolver) -> Finding:
    """Usual names are tried too, but only the names of the setting must exist."""
    ours = [name.strip() for name in settings.MAIL_DKIM_SELECTORS if name.strip()]
    try:
        wanted = [look(name, domain, resolver, expected=True) for name in ours]
        guesses = (look(name, domain, resolver) for name in USUAL if name not in ours)
        others = [key for key in guesses if key]
    except Unreachable as error:
        return Finding.unreachable(SUBJECT, WHAT, error)
    keys = [key for key in (*wanted, *others) if key]
    if not keys:
        place = Record(f"SÉLECTEUR._domainkey.{domain}", "TXT", "v=DKIM1; k=rsa; p=CLÉ")
        return Finding(SUBJECT, Status.MISSING, WHAT, (), (NOTHING,), (place,))
    some_good = any(not key.problem for key in keys)
    # An old key under another name harms nobody while a good one is there.
    weighed = [key for key in keys if key in wanted or not some_good]
    wrong = [key for key in weighed if key.problem]
    said = [f"{key.selector}\u202f: {key.problem}" for key in wrong]
    said += [f"{key.selector}\u202f: {key.remark}" for key in keys if key.remark]
    lines = (
        Record(f"{key.selector}._domainkey.{domain}", "TXT", key.better)
        for key in wrong
        if key.better
    )
    found = tuple(f"{key.selector}\u202f: {key.said}" for key in keys)
    status = Status.TO_CORRECT if wrong else Status.GOOD
    return Finding(SUBJECT, status, WHAT, found, tuple(said), tuple(lines))


def look(
    selector: str, domain: str, resolver: Resolver, *, expected: bool = False
) -> Key | None:
    """None for a name that was only a guess and holds no key."""
    try:
        texts = resolver.texts(f"{selector}._domainkey.{domain}")
    except BadName:
        return Key(cited(selector), "", "ce n’est pas un nom de sélecteur.")
    # A name that catches everything may answer with another kind of record.
    texts = [text for text in texts if expected or "p" in Tags.read(text).values]
    if not texts:
        said = (
            "rien n’est publié sous ce nom. Publiez la clé que donne votre hébergeur."
        )
        better = "v=DKIM1; k=rsa; p=CLÉ"
        return Key(selector, "absent", said, better) if expected else None
    if len(texts) > 1:
        said = "plusieurs clés sous le même nom\u202f: n’en gardez qu’une."
        return Key(selector, " | ".join(map(shown, texts)), said)
    return judge(selector, texts[0])


def judge(selector: str, text: str) -> Key:
    tags, said = Tags.read(text), shown(text)
    values = tags.values
    if tags.wrong or "p" not in values:
        return Key(
            selector, said, "cette ligne n’est pas une clé lisible. Recopiez-la."
        )
    if "v" in values and (tags.first, values["v"]) != ("v", "DKIM1"):
        why = "elle doit commencer par «\u202fv=DKIM1\u202f»."
        better = f"v=DKIM1; {without(values, 'v')}"
        return Key(selector, said, why, better)
    if not values["p"]:
        why = "clé révoquée (p= est vide). Demandez une nouvelle clé à l’hébergeur."
        return Key(selector, said, why)
    services = values.get("s", "*").replace(" ", "").split(":")
    if not {"*", "email"} & set(services):
        why = "cette clé ne vaut pas pour le courrier (s=)."
        return Key(selector, said, why, without(values, "s"))
    if "sha256" not in values.get("h", "sha256").replace(" ", "").split(":"):
        why = "elle n’accepte que d’anciennes signatures (h=)."
        return Key(selector, said, why, without(values, "h"))
    problem, remark = strength(values.get("k", "rsa"), values["p"])
    if not problem and "y" in values.get("t", "").replace(" ", "").split(":"):
        why = "clé en mode d’essai (t=y)\u202f: retirez ce mot."
        return Key(selector, said, why, without(values, "t"), remark)
    return Key(selector, said, problem, remark=remark)


def without(values: dict[str, str], name: str) -> str:
    return written({one: value for one, value in values.items() if one != name})


def strength(kind: str, key: str) -> tuple[str, str]:
    """What makes the key useless, and what would make it better."""
    try:
        content = base64.b64decode("".join(key.split()), validate=True)
        bits = 0 if kind == "ed25519" else rsa_bits(content)
    except (binascii.Error, ValueError):
        return "cette clé est abîmée. Recopiez-la en entier.", ""
    if kind == "ed25519":
        whole = len(content) == ED25519_BYTES
        return ("" if whole else "cette clé est abîmée. Recopiez-la en entier."), ""
    if kind != "rsa":
        return f"type de clé inconnu ({cited(kind)}).", ""
    if bits < LOWEST_BITS:
        return (
            f"clé trop courte ({bits} bits), personne ne la croit. Demandez 2048.",
            "",
        )
    if bits < GOOD_BITS:
        return "", f"clé courte ({bits} bits), elle marche encore. Demandez 2048 bits."
    return "", ""


def rsa_bits(content: bytes) -> int:
    """The size of the modulus, in a SubjectPublicKeyInfo (RFC 5280 4.1) or in a bare
    RSAPublicKey (RFC 8017 A.1.1), both of which are in use."""
    inside = piece(content, SEQUENCE)[0]
    if inside[:1] == bytes([SEQUENCE]):
        after = piece(inside, SEQUENCE)[1]
        key = piece(after, BIT_STRING)[0]
        inside = piece(key[1:], SEQUENCE)[0]
    modulus = piece(inside, INTEGER)[0]
    return int.from_bytes(modulus, "big").bit_length()


def piece(content: bytes, tag: int) -> tuple[bytes, bytes]:
    """One DER value of this kind, and what follows it."""
    if len(content) < 2 or content[0] != tag:
        raise ValueError("not the expected DER value")
    start, size = 2, content[1]
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(content[2:start], "big")
    if len(content) < start + size:
        raise ValueError("a DER value is cut")
    return content[start : start + size], content[start + size :]
