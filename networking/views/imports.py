import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from networking.actions.import_match import JOINS, Judged, judge, tally
from networking.actions.imports import apply, keep
from networking.columns import FIELDS, safe_cell
from networking.forms.imports import ImportForm
from networking.models import Circle, PeopleImport
from networking.perms import SignedInRequest

PER_PAGE = 50
REASON = "Pourquoi"
EXAMPLE = (
    ("Samira", "Exemple", "aide à domicile", "Aide du Lac", "Chambéry", "73000"),
    ("Hugo", "Exemple", "kiné", "", "Cognin", "73160"),
)
EXAMPLE_ADDRESSES = (
    ("samira@example.org", "06 39 98 01 02", "SMS", "J’aide aux repas."),
    ("hugo@example.org", "", "e-mail", ""),
)


def _csv_file(rows: Iterable[Sequence[str]], name: str) -> HttpResponse:
    """For any spreadsheet: UTF-8 with its mark, semicolons, no live formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    response = HttpResponse(
        text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def people_import(request: SignedInRequest, pk: int) -> HttpResponse:
    circle = get_object_or_404(Circle.objects.visible_to(request.user), pk=pk)
    if "exemple" in request.GET:
        lines = [(*a, *b) for a, b in zip(EXAMPLE, EXAMPLE_ADDRESSES, strict=True)]
        return _csv_file([tuple(FIELDS.values()), *lines], "exemple.csv")
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        made = keep(
            sheet=form.sheet,
            circle=circle,
            user=request.user,
            file_name=form.cleaned_data["file"].name[-120:],
            source=form.cleaned_data["source"],
        )
        return redirect("people_import_preview", pk=pk, import_pk=made.pk)
    context = {"form": form, "circle": circle, "columns": FIELDS.values()}
    return render(request, "networking/people_import.html", context)


def people_import_preview(
    request: SignedInRequest, pk: int, import_pk: int
) -> HttpResponse:
    circle = get_object_or_404(Circle.objects.visible_to(request.user), pk=pk)
    held = get_object_or_404(
        PeopleImport.objects.select_related("circle", "user"),
        pk=import_pk,
        circle=circle,
        user=request.user,
    )
    if request.method == "POST":
        return _confirm(request, held)
    lines = _judged(held)
    refused = held.report.get("refused") or _refused(lines)
    if "refus" in request.GET:
        return _csv_file(_refused_rows(refused), "lignes-refusees.csv")
    context = _preview(request, held, lines) | {
        "circle": circle,
        "refused": [
            one | {"words": [word for word in one["values"].values() if word]}
            for one in refused
        ],
    }
    return render(request, "networking/people_import_preview.html", context)


def _judged(held: PeopleImport) -> list[Judged]:
    """What the lines would do now; none is left once they are applied."""
    return judge(held.rows, held.circle, held.user, held.source) if held.rows else []


def _refused(lines: Iterable[Judged]) -> list[dict[str, Any]]:
    return [
        {"line": one.number, "reason": one.reason, "values": one.values}
        for one in lines
        if one.status == "refused"
    ]


def _confirm(request: SignedInRequest, held: PeopleImport) -> HttpResponse:
    try:
        apply(people_import=held)
    except IntegrityError:
        messages.error(
            request, "La liste a changé pendant ce temps. Relisez, puis confirmez."
        )
    return redirect("people_import_preview", pk=held.circle_id, import_pk=held.pk)


def _refused_rows(refused: Iterable[dict[str, Any]]) -> list[list[str]]:
    rows = [[*FIELDS.values(), "Ligne", REASON]]
    for one in refused:
        values = [str(one["values"].get(name, "")) for name in FIELDS]
        rows.append([*values, str(one["line"]), str(one["reason"])])
    return rows


def _preview(
    request: SignedInRequest, held: PeopleImport, lines: Sequence[Judged]
) -> dict[str, Any]:
    taken = [line for line in lines if line.status in ("new", "merged")]
    taken.sort(key=lambda line: line.status)
    page = Paginator(taken, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "held": held,
        "counts": held.report.get("counts") or tally(lines),
        "page": page,
        "shown": [(line, _changes(line)) for line in page.object_list],
        "labels": FIELDS,
    }


def _changes(line: Judged) -> list[tuple[str, str]]:
    """What a line adds, in words; the name alone for somebody the user cannot see."""
    changes = [(FIELDS[name], text) for name, text in line.changes.items() if text]
    if JOINS in line.changes:
        changes.append(("", "rejoint le cercle"))
    return changes
