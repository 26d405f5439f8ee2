"""Bytes of unknown origin as text: what they are, not only what they say they are."""

import re

# Closed on purpose: Python also knows charsets that cost quadratic time (punycode).
KNOWN = re.compile(
    r"us-ascii|utf-?(8|16|32)(-?[bl]e)?|(iso-?8859|windows|cp|latin)-?\d{1,4}(-\d\d?)?"
    r"|macintosh|mac-?roman|koi8-[ru]|gb2312|gbk|gb18030|big5|euc-(jp|kr)|shift_jis"
    r"|iso-2022-(jp|kr)",
    re.IGNORECASE | re.ASCII,
)
# Their bytes are also good UTF-8, of something else.
FIRST = re.compile(r"utf-?(16|32)|iso-2022", re.IGNORECASE)
MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def decoded(raw: bytes, charset: str = "") -> str:
    """UTF-8 if it is, then the declared charset, then windows-1252; never raises.

    Half the programs that write windows-1252 call it ISO-8859-1 or UTF-8.
    """
    for mark, name in MARKS.items():
        if raw.startswith(mark):
            return raw[len(mark) :].decode(name, errors="replace")
    charset = charset.strip("\"' ")
    known = charset if KNOWN.fullmatch(charset) else "windows-1252"
    if not FIRST.match(known):
        try:
            return raw.decode()
        except UnicodeDecodeError:
            pass
    try:
        return raw.decode(known, errors="replace")
    except LookupError:  # a number that no charset has, like cp9999
        return raw.decode("windows-1252", errors="replace")
