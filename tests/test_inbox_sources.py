"""Where mails are fetched: none is lost, none is read twice once it is stored."""

import io
import os
from pathlib import Path

import pytest

from invitations.inbox import imap
from invitations.inbox.imap import MailboxRefused, unread
from invitations.inbox.letters import Kind, read_letter
from invitations.inbox.sources import LIMIT, maildir, mbox, standard_input
from tests import imap_server
from tests.post import answer, mail, stored

BIG = mail(b"x" * (2 * LIMIT))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for place in ("new", "cur", "tmp"):
        (tmp_path / place).mkdir()
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_a_maildir_keeps_what_was_not_acknowledged(folder):
    (folder / "new" / "1.a").write_bytes(answer())
    (folder / "cur" / "0.b:2,R").write_bytes(mail())
    first, second = maildir(folder)
    assert (first.raw, second.raw) == (answer(), mail())
    second.acknowledge()
    assert names(folder) == [".Lus/cur/0.b:2,RS", "new/1.a"]
    (again,) = maildir(folder)
    again.acknowledge()
    assert list(maildir(folder)) == []
    assert (folder / ".Lus/cur/1.a:2,S").read_bytes() == answer()


def test_a_message_that_somebody_moved_meanwhile_is_no_error(folder, caplog):
    (folder / "new" / "1.a").write_bytes(mail())
    (incoming,) = maildir(folder)
    (folder / "new" / "1.a").rename(folder / "cur" / "1.a:2,S")
    incoming.acknowledge()
    assert names(folder) == ["cur/1.a:2,S"]


def test_links_pipes_and_folders_are_left_alone(folder):
    (folder / "secret").write_text("mot de passe")
    (folder / "new" / "1").symlink_to(folder / "secret")
    os.mkfifo(folder / "new" / "2")
    (folder / "new" / "3").mkdir()
    (folder / "new" / "4").write_bytes(mail())
    assert [one.raw for one in maildir(folder)] == [mail()]


@pytest.mark.parametrize("source", ["maildir", "mbox", "input"])
def test_a_message_above_the_limit_comes_cut_and_is_told(folder, source):
    path = folder / "new" / "1"
    path.write_bytes(b"From x\n" * (source == "mbox") + BIG)
    with path.open("rb") as stream:
        read = {"maildir": maildir(folder), "mbox": mbox(path)}
        (incoming,) = read.get(source) or standard_input(stream)
    assert (incoming.cut, len(incoming.raw)) == (True, LIMIT)
    letter = read_letter(incoming.raw)
    assert (letter.kind, letter.sender) == (Kind.UNREADABLE, "chloe@example.org")


def test_standard_input_is_read_to_its_end_and_kept_to_the_limit():
    stream = io.BytesIO(BIG)
    (incoming,) = standard_input(stream)
    assert stream.read() == b""
    (small,) = standard_input(io.BytesIO(mail()))
    assert (small.raw, small.cut, incoming.cut) == (mail(), False, True)


def test_an_mbox_is_put_aside_once_everything_is_acknowledged(tmp_path):
    path = tmp_path / "reponses"
    quoted = b"Bonjour,\n>From moi\n>>From toi\n"
    path.write_bytes(
        b"From a Thu\n" + mail(quoted) + b"\nFrom b Thu\nSubject: x\n\ny\n"
    )
    first, second = mbox(path)
    assert first.raw == mail(b"Bonjour,\nFrom moi\n>From toi\n")
    assert second.raw == b"Subject: x\n\ny\n"
    assert names(tmp_path) == ["reponses.reading"]
    path.write_bytes(b"From c Thu\n" + answer())
    assert [one.raw for one in mbox(path)][0] == first.raw
    for one in mbox(path):
        one.acknowledge()
    assert sorted(name[:14] for name in names(tmp_path)) == [
        "reponses",
        "reponses.read-",
    ]
    assert [one.raw for one in mbox(path)] == [answer()]


def test_an_mbox_that_grew_while_it_was_read_is_read_again(tmp_path):
    path = tmp_path / "reponses"
    path.write_bytes(b"From a Thu\n" + mail())
    for one in mbox(path):
        one.acknowledge()
        reading = tmp_path / "reponses.reading"
        reading.write_bytes(reading.read_bytes() + b"\nFrom b Thu\n" + answer())
    assert names(tmp_path) == ["reponses.reading"]
    assert len(list(mbox(path))) == 2


def test_an_empty_or_missing_mbox_gives_nothing(tmp_path):
    assert list(mbox(tmp_path / "nothing")) == []
    (tmp_path / "empty").touch()
    assert list(mbox(tmp_path / "empty")) == []
    assert names(tmp_path) == ["empty"]


def test_what_stands_before_the_first_from_is_a_message_too(tmp_path):
    (tmp_path / "m").write_bytes(mail() + b"\nFrom b Thu\n" + answer())
    assert [one.raw for one in mbox(tmp_path / "m")] == [mail(), answer()]


@pytest.fixture
def server(tmp_path, monkeypatch):
    with imap_server.running(tmp_path) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "imap.pem"))
        yield server


def url(server, *, user="amina%40x.fr", word="secret", path="/INBOX") -> str:
    return f"imaps://{user}:{word}@127.0.0.1:{server.port}{path}"


@pytest.fixture
def address(server) -> str:
    server.secret = b"AGFtaW5hQHguZnIAc8OpY3JldA=="
    return url(server, word="s%C3%A9cret")


def test_unread_mails_come_in_order_and_are_marked_after_they_are_stored(
    server, address
):
    server.messages = {3: mail(), 7: answer(), 9: stored("gmail-accepted")}
    server.seen = {7}
    source = unread(address)
    first = next(source)
    assert (first.raw, server.seen) == (mail(), {7})
    first.acknowledge()
    assert server.seen == {3, 7}
    assert [one.raw for one in source] == [stored("gmail-accepted")]
    assert [one.raw for one in unread(address)] == [stored("gmail-accepted")]
    assert server.said[-1] == b"LOGOUT"


@pytest.mark.parametrize("word", [b"NO", b"BAD"])
def test_a_message_that_cannot_be_given_stops_nothing(server, address, word, caplog):
    server.messages = {1: mail(), 2: answer()}
    server.broken = {1: word}
    assert [one.raw for one in unread(address)] == [answer()]
    assert "message 1 of the mailbox was not read" in caplog.text
    assert server.seen == set()


def test_many_messages_that_nobody_acknowledges_do_not_hide_the_next(server, address):
    server.messages = {uid: mail() for uid in range(1, 120)} | {120: answer()}
    assert [one.raw for one in unread(address)][-1] == answer()


def test_a_message_above_the_limit_is_not_fetched_whole(server, address):
    server.messages = {1: BIG}
    (incoming,) = unread(address)
    assert (incoming.cut, len(incoming.raw)) == (True, LIMIT)


def test_a_broken_connection_is_told_without_a_secret(server, address):
    server.messages = {1: mail(), 2: mail()}
    server.hangs_up_at = 2
    source = unread(address)
    next(source)
    with pytest.raises(MailboxRefused, match="the connection broke: abort"):
        next(source)


def test_an_acknowledgement_after_the_end_is_refused(server, address):
    server.messages = {1: mail()}
    (incoming,) = unread(address)
    with pytest.raises(MailboxRefused, match="the connection broke"):
        incoming.acknowledge()
    assert server.seen == set()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"word": "faux"}, "the server refuses the account"),
        ({"path": "/Autre"}, "the server has no such folder"),
        ({"path": "/a%22%0D%0Ab"}, "not an address like"),
    ],
)
def test_a_wrong_setting_is_told_without_its_password(
    server, address, change, sentence
):
    wrong = url(server, **{"word": "s%C3%A9cret"} | change)
    with pytest.raises(MailboxRefused, match=sentence) as refused:
        next(unread(wrong))
    assert "cret" not in str(refused.value)
    assert "faux" not in str(refused.value)


@pytest.mark.parametrize("wrong", ["imap://a:b@x.fr", "imaps://", "https://x.fr", "x"])
def test_only_imap_over_tls_is_spoken(wrong):
    with pytest.raises(MailboxRefused, match="not an address like"):
        next(unread(wrong))


def test_a_server_that_nobody_vouches_for_gets_no_password(
    server, address, monkeypatch
):
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(MailboxRefused, match="SSLCertVerificationError"):
        next(unread(address))
    assert server.said == []


def test_a_server_that_is_silent_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(imap, "TIMEOUT", 0.2)
    with (
        imap_server.ThreadingTCPServer(("127.0.0.1", 0), None) as silent,
        pytest.raises(MailboxRefused, match="TimeoutError"),
    ):
        next(unread(f"imaps://a:b@127.0.0.1:{silent.server_address[1]}/INBOX"))
