"""In which order people sit around a circle so that few of the lines between them
cross: circular sifting (Baur and Brandes, 2004), without chance."""

from collections.abc import Sequence

Link = tuple[int, int]
# The order hardly gets better after that; each costs people times links.
MOST_SWEEPS = 6


def seated(count: int, links: Sequence[Link]) -> list[int]:
    """The numbers 0 to `count` - 1, in an order round the circle; the same for the
    same links."""
    near: list[set[int]] = [set() for _ in range(count)]
    for one, two in links:
        if one != two:
            near[one].add(two)
            near[two].add(one)
    order = _appended(near)
    for _ in range(MOST_SWEEPS if count > 3 else 0):
        gained = 0
        for person in sorted(range(count), key=lambda k: (-len(near[k]), k)):
            gained += _sift(order, near, person)
        if gained == 0:
            break
    return order


def _appended(near: Sequence[set[int]]) -> list[int]:
    """Neighbours first: each next one is who has most links to those already seated,
    then fewest to the others."""
    order: list[int] = []
    left = set(range(len(near)))
    while left:
        seated_already = set(order)
        order.append(
            min(
                left,
                key=lambda k: (
                    -len(near[k] & seated_already),
                    len(near[k] - seated_already),
                    k,
                ),
            )
        )
        left.discard(order[-1])
    return order


def _sift(order: list[int], near: Sequence[set[int]], person: int) -> int:
    """Walk once round the circle with this person, and stop at the best place; how
    many crossings that saves."""
    start = order.index(person)
    order[:] = order[start:] + order[:start]
    place = {one: k for k, one in enumerate(order)}
    change = best = best_at = 0
    for step in range(1, len(order)):
        passed = order[step]
        change += _swap(near, place, person, passed)
        if change < best:
            best, best_at = change, step
    order.remove(person)
    order.insert(best_at, person)
    return -best


def _swap(
    near: Sequence[set[int]], place: dict[int, int], person: int, passed: int
) -> int:
    """Crossings more or less when `person` steps over `passed`, next on the circle.

    Read on from `passed`, a line of each crosses one of the other exactly when their
    ends come in the same order as the two.
    """
    size, start = len(place), place[passed]

    def reading(one: int) -> list[int]:
        others = near[one] - {person, passed}
        return sorted((place[k] - start) % size for k in others)

    mine, theirs = reading(person), reading(passed)
    before = sum(x < y for x in mine for y in theirs)
    after = sum(y < x for x in mine for y in theirs)
    return after - before


def crossings(order: Sequence[int], links: Sequence[Link]) -> int:
    place = {one: k for k, one in enumerate(order)}
    ends = [sorted((place[one], place[two])) for one, two in links]
    return sum(
        a < c < b < d or c < a < d < b
        for k, (a, b) in enumerate(ends)
        for c, d in ends[k + 1 :]
    )
