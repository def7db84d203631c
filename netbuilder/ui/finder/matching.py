"""How well what was typed fits a text: letters in order, best at the starts of words; case and accents do not count."""

from __future__ import annotations

import itertools
import unicodedata
from typing import NamedTuple

EXACT, PREFIX, START, INSIDE, SCATTERED = 4, 3, 2, 1, 0
_FIRST, _WORD, _RUN, _GAP = 10, 8, 6, -3
_LONGEST_SCATTER = 64
_WIDEST = 3
_Way = tuple[int, int, tuple[int, ...]]  # where the last letter stands, how good the way there is, all places


class Match(NamedTuple):
    """How a text was met: `quality` from EXACT to SCATTERED, `score` (more is better), where the letters stand."""

    quality: int
    score: int
    at: tuple[int, ...]


class Folded(NamedTuple):
    """A text as it is compared. `origin` says where each letter stands in `shown`; None: at the same place."""

    text: str
    shown: str
    origin: tuple[int, ...] | None

    def place(self, index: int) -> int:
        """Where a letter of `text` stands in `shown`."""
        return index if self.origin is None else self.origin[index]

    def begins(self, index: int) -> bool:
        """Whether a word begins there: after what is no letter, at a capital, at the first of some digits."""
        shown, i = self.shown, self.place(index)
        if i == 0:
            return True
        if index and self.place(index - 1) == i:  # within what one letter was folded to
            return False
        here, before = shown[i], shown[i - 1]
        if not before.isalnum():
            return True
        if here.isdigit():
            return not before.isdigit()
        following = shown[i + 1 : i + 2]
        return here.isupper() and (not before.isupper() or following.islower())

    def ends(self, index: int) -> bool:
        """Whether a word ends before that letter."""
        return index >= len(self.text) or not self.text[index].isalnum() or self.begins(index)


def fold(text: str) -> Folded:
    """Take case and accents away; × is typed as x."""
    plain = text.replace("×", "x")
    small = plain.casefold()
    if len(small) == len(plain) and unicodedata.is_normalized("NFKD", plain):
        return Folded(small, text, None)
    letters, origin = [], []
    for i, letter in enumerate(plain):
        for part in unicodedata.normalize("NFKD", letter):
            if not unicodedata.combining(part):
                folded = part.casefold()
                letters.append(folded)
                origin += [i] * len(folded)
    return Folded("".join(letters), text, tuple(origin))


def words_of(wanted: str) -> list[str]:
    """What was typed, as words to look for."""
    return fold(wanted).text.split()


def match(wanted: str, text: str) -> Match | None:
    """How `text` is met by `wanted`, each of whose words must be found; None where it is not."""
    folded = fold(text)
    found = [match_word(word, folded) for word in words_of(wanted)]
    hits = [hit for hit in found if hit is not None]
    if len(hits) < len(found):
        return None
    at = sorted({place for hit in hits for place in hit.at})
    return Match(min((hit.quality for hit in hits), default=EXACT), sum(hit.score for hit in hits), tuple(at))


def match_word(word: str, folded: Folded) -> Match | None:
    """How one folded word meets a text: as a piece of it, or as letters that are scattered over it in this order."""
    whole = _piece(word, folded)
    if whole is not None and whole.quality > INSIDE:
        return whole
    scattered = _scattered(word, folded) if len(folded.text) <= _LONGEST_SCATTER else None
    if whole is None or (scattered is not None and scattered.quality > whole.quality):
        return scattered
    return whole


def mention(word: str, folded: Folded) -> Match | None:
    """How one folded word meets prose: only where a word of the prose begins so."""
    hit = _piece(word, folded)
    return hit if hit is not None and hit.quality > INSIDE else None


def _piece(word: str, folded: Folded) -> Match | None:
    """The best place where the word stands as it is."""
    text = folded.text
    start = text.find(word)
    if start < 0:
        return None
    best = start
    while start >= 0 and not folded.begins(start):
        start = text.find(word, start + 1)
    quality = INSIDE if start < 0 else START if start else EXACT if len(word) == len(text) else PREFIX
    if quality == INSIDE and len(word) == 1:
        return None
    best = best if start < 0 else start
    bonus = (_WORD if quality > INSIDE else 0) + (_FIRST if folded.ends(best + len(word)) else 0)
    at = tuple(dict.fromkeys(folded.place(i) for i in range(best, best + len(word))))
    return Match(quality, _RUN * len(word) + bonus - min(len(text), _LONGEST_SCATTER) // 4, at)


def _scattered(word: str, folded: Folded) -> Match | None:
    """The best way to find the letters in this order, the first of them where a word begins."""
    text = folded.text
    if not _holds(word, text):
        return None
    ways: list[_Way] = [(p, _WORD + (0 if p else _FIRST), (p,)) for p in _places(word[0], text, 0) if folded.begins(p)]
    for letter in word[1:]:
        if not ways:
            return None
        following: list[_Way] = []
        best, passed = ways[0], 0
        for place in _places(letter, text, ways[0][0] + 1):
            while passed < len(ways) and ways[passed][0] < place:
                best = ways[passed] if ways[passed][1] >= best[1] else best
                passed += 1
            last = ways[passed - 1]
            way = (best[1] + (_WORD if folded.begins(place) else _GAP), best[2])
            if last[0] == place - 1 and last[1] + _RUN >= way[0]:
                way = (last[1] + _RUN, last[2])
            following.append((place, way[0], (*way[1], place)))
        ways = following
    if not ways:
        return None
    _, score, at = max(ways, key=lambda way: way[1])
    tidy = all(here == before + 1 or folded.begins(here) for before, here in itertools.pairwise(at))
    if not tidy and (len(word) < 3 or at[-1] - at[0] >= _WIDEST * len(word)):
        return None
    places = tuple(dict.fromkeys(folded.place(i) for i in at))
    return Match(START if tidy else SCATTERED, score - len(text) // 4, places)


def _holds(word: str, text: str) -> bool:
    """Whether the letters stand in the text in this order; quick, for most texts do not hold them."""
    at = -1
    for letter in word:
        at = text.find(letter, at + 1)
        if at < 0:
            return False
    return True


def _places(letter: str, text: str, start: int) -> list[int]:
    found = []
    at = text.find(letter, start)
    while at >= 0:
        found.append(at)
        at = text.find(letter, at + 1)
    return found
