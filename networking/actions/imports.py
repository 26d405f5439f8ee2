from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from networking.actions.import_match import FILLED, Judged, judge, tally
from networking.columns import FIELDS
from networking.imports import Sheet
from networking.models import (
    Circle,
    Membership,
    PeopleImport,
    Professional,
    User,
    Workplace,
)


def keep(
    *, sheet: Sheet, circle: Circle, user: User, file_name: str, source: str
) -> PeopleImport:
    """The lines read wait here for a confirmation, one day at most."""
    return PeopleImport.objects.create(
        circle=circle,
        user=user,
        file_name=file_name,
        source=source,
        rows=[{"line": line.number, "values": line.values} for line in sheet.lines],
        report={
            "columns": [FIELDS[name] for name in sheet.header.fields],
            "ignored": list(sheet.header.ignored),
            "missing": sheet.header.missing,
            "cut": sheet.cut,
        },
    )


@transaction.atomic
def apply(*, people_import: PeopleImport) -> PeopleImport:
    """All the lines, or none. A second call changes nothing. Of the lines, only
    those refused are kept, to be corrected."""
    held = PeopleImport.objects.select_for_update().get(pk=people_import.pk)
    if held.applied_at is not None:
        return held
    lines = judge(held.rows, held.circle, held.user, held.source)
    _write(lines, held.circle)
    refused = [line for line in lines if line.status == "refused"]
    held.report = held.report | {
        "counts": tally(lines),
        "refused": [
            {"line": one.number, "reason": one.reason, "values": one.values}
            for one in refused
        ],
    }
    held.rows, held.applied_at = [], timezone.now()
    held.save()
    return held


def _write(lines: Iterable[Judged], circle: Circle) -> None:
    taken = [line for line in lines if line.person and line.status != "refused"]
    _give_workplaces(taken)
    by_id = {id(line.person): line.person for line in taken if line.person}
    people = list(by_id.values())
    touched = {id(line.person) for line in taken if line.changes}
    new = [one for one in people if one.pk is None]
    changed = [one for one in people if one.pk is not None and id(one) in touched]
    for person in (*new, *changed):
        person.index_name()
    if changed:
        fields = (*FILLED, "search_name")
        Professional.objects.bulk_update(changed, fields, batch_size=200)
    Professional.objects.bulk_create(new, batch_size=200)
    Membership.objects.bulk_create(
        [Membership(circle=circle, professional=person) for person in people],
        ignore_conflicts=True,
        batch_size=400,
    )


def _give_workplaces(lines: Iterable[Judged]) -> None:
    """One query, and one per workplace never heard of."""
    known = {one.name.casefold(): one for one in Workplace.objects.all()}
    for line in lines:
        if line.person is None or not line.workplace:
            continue
        key = line.workplace.casefold()
        if key not in known:
            known[key] = Workplace.objects.create(name=line.workplace)
        line.person.workplace = known[key]
