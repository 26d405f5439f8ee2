"""The report of one meal, frozen: kinds « mairie » and « CPTS »."""

from networking.models import Meetup, Partner, PartnerKind
from reports import meal_blocks
from reports.freezing import (
    Frozen,
    Said,
    addressee,
    facts,
    headline,
    highlights,
    method,
    perimeter,
    published_figures,
    reference,
)
from reports.heard import heard_over
from reports.masking import Published


def freeze(meetup: Meetup, partner: Partner, said: Said) -> Frozen:
    counts = published_figures(meetup)
    said = _priced(said, counts)
    plates = counts["present"] or len(counts["trades"])
    is_cpts = partner.kind == PartnerKind.CPTS
    inside = perimeter(meetup, partner, counts) if is_cpts else None
    frozen = Frozen(
        counts=counts,
        cost=None if said.cost is None else str(said.cost),
        headline=headline(meetup, len(counts["trades"])),
        addressee=addressee(partner),
        highlights=highlights(meetup, counts, said.cost),
        facts=[*facts(meetup, said.cost), *meal_blocks.money(meetup, counts)],
        method=method(counts),
        plates=plates,
        free_places=max(meetup.capacity - plates, 0),
        reference=reference(meetup),
        indicators=said.indicators,
        opinions=heard_over([meetup], [counts]),
    )
    if is_cpts:
        frozen["perimeter"] = inside
        frozen["perimeter_of"] = sorted(partner.communes.values_list("pk", flat=True))
    frozen["blocks"] = [
        meal_blocks.figures(frozen["highlights"]),
        *meal_blocks.of_meal(meetup, partner, counts, inside),
        *meal_blocks.said(said, frozen),
    ]
    return frozen


def _priced(said: Said, counts: Published) -> Said:
    """Whoever paid the bill would divide it by the price: it leaves only with the
    number of people."""
    return said if counts["present"] is not None else said._replace(cost=None)
