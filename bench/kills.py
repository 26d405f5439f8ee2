"""2,000 messages, and a worker that is killed twenty times on the way.

    python bench/kills.py [--postgresql]

A mail server in a process of its own keeps what arrives. Kills fall where they fall;
the seed is printed. The second column is the control: nobody looks at the leases of
the dead, and mails must be lost.
"""

import stage

stage.set_up(__doc__)

import random  # noqa: E402 - Django is set up above

from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from invitations.actions import send_invitations  # noqa: E402
from invitations.models import Delivery, Invitation  # noqa: E402
from networking.models import Meetup, Professional  # noqa: E402
from tests.factories import (  # noqa: E402
    CommuneFactory,
    MeetupFactory,
    ProfessionalFactory,
    ProfessionFactory,
)
from tests.killing import Arrived, deliver_through_kills  # noqa: E402
from tests.smtp_sink import open_sink  # noqa: E402

MAILS, KILLS = 2000, 20
CONTROL_MAILS, CONTROL_KILLS = 200, 5
SECONDS = 0.005  # what the server takes at most for one mail
LINES = {
    "mails": "Mails at the server",
    "lost": "Lost",
    "repeated": "Repeated",
    "unexplained": "… that were not the last word of a killed worker",
    "altered": "Not the frozen bytes",
    "shown_twice": "Shown twice where equal Message-ID and Date are dropped",
    "unsettled": "Not noted as sent",
}


def invite(meetup: Meetup, count: int) -> None:
    trade, commune = ProfessionFactory(), CommuneFactory()
    people = ProfessionalFactory.build_batch(count, profession=trade, commune=commune)
    send_invitations(meetup=meetup, people=Professional.objects.bulk_create(people))


def measure(mails: int, kills: int, chance: random.Random, *, returns: bool) -> Arrived:
    """On an empty queue; no kill after the last quarter of what arrives for sure."""
    Invitation.objects.all().delete()
    invite(MeetupFactory(), mails)
    assert Delivery.objects.count() == mails
    with open_sink(seconds=SECONDS) as sink:
        at = sorted(chance.sample(range(1, mails * 3 // 4), kills))
        return deliver_through_kills(sink, at=at, chance=chance, returns=returns)


def main() -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    with stage.database() as kind:
        ours = measure(MAILS, KILLS, chance, returns=True)
        control = measure(CONTROL_MAILS, CONTROL_KILLS, chance, returns=False)
    table = Table(title=f"Workers killed, {kind}, seed {seed}")
    table.add_column()
    table.add_column(f"{MAILS} mails, {KILLS} kills", justify="right")
    table.add_column(f"Control: {CONTROL_MAILS}, {CONTROL_KILLS}", justify="right")
    for name, line in LINES.items():
        table.add_row(line, str(getattr(ours, name)), str(getattr(control, name)))
    Console().print(table)
    assert ours == Arrived(mails=MAILS + ours.repeated, repeated=ours.repeated)
    assert ours.repeated <= KILLS
    assert control.lost >= 1, "A lease that nothing depends on proves nothing."


if __name__ == "__main__":
    main()
