"""What the quality of a reasoning summary means, in figures. The only place where a metric is defined; selftest.py shows that each can fail.

A *summary* is a list of units: the steps of an engine, or the sentences a baseline picked. Lengths are characters (code points).

- compression: characters of the summary / characters of the reasoning.
- coverage: share of the trace's reference points that the summary says. A point is said when all keys of one of its sets occur within two
  neighbouring sentences of the summary. A key is matched without regard to case and width; a key that begins or ends with a letter or digit
  must do so at a word's edge (60 is not in 160 or 60.5), `*` at its end allows any rest of the word, as does Korean, whose particles stand there; in scripts without spaces anywhere.
- conclusion kept: the same for the conclusion. *Closing*: it is in the last two units.
- overlap of a step with an earlier one: share of the later step's content words that the earlier one has. Content words: numbers, and words
  of two letters and more that are no function words, cut to six letters (two in Korean); pairs of neighbouring characters in Chinese and Japanese.
- redundancy: share of steps with an overlap above REDUNDANT with one earlier step, or whose text was sent before. Steps of fewer than three
  content words count only if the text was sent before. *Mean overlap*: the mean of each step's highest overlap.
- complete: share of steps that are whole sentences or list items: begins with a capital, a digit, a quotation, a formula, code or a script
  without case; ends with sentence punctuation; brackets, quotes and formulas are closed; no "…" at the end; no code block or display formula;
  where the reasoning has the same words, the last ones are followed by the end of a sentence or line (a remark in brackets may be left out),
  nothing was left out before the first ones but a clause up to a comma, colon or dash, or words without content, and no two lines are glued
  that no punctuation joins.
- first step: seconds from the first token. Waiting: when the reasoning ended before.
- intervals: seconds between steps; the closing step, which comes when the reasoning ends, is free to come early.
- late: intervals in which something new waited. A sentence is something new when it has at least NEW_WORDS content words and shares at most
  half of them with any one earlier sentence and with any step said. An interval is late when, LATE seconds and GRACE after the step before,
  at least two new sentences had been complete for that long. The time from the last step to the end counts, too.
- idle: steps that came where the trace says nothing new any more (`repeats-from`), except within LATE seconds of that place, and except a
  notice that says so.
- lag: seconds from the end of the latest sentence that a step quotes to the step.
"""
import dataclasses
import functools
import re
import statistics
import unicodedata

import sentences as cutting
from stopwords import FILLER, STOP_WORDS

REDUNDANT = 0.6
NEW_WORDS = 5
NEW_OVERLAP = 0.5
EARLY, LATE, GRACE = 3.0, 8.0, 0.5
FIRST = 3.0

UNSPACED = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"-?\d+(?:[.,]\d+)*|[{UNSPACED}]+|[^\W\d_{UNSPACED}]+(?:['’][^\W\d_{UNSPACED}]+)?")


def folded(text):
    text = unicodedata.normalize("NFKC", text).casefold()
    # Marks of quoting and formulas stand between the parts of a key: `n/2`, **60**, $x = 2$.
    text = re.sub(r"\\(?:boxed|text|mathrm|left|right|,|;|!)|[`*${}]|\\[()]", "", text)
    text = text.replace("\\times", "×").replace("\\cdot", "·").replace("’", "'").replace("−", "-")
    return re.sub(r"\s+", " ", text)


def terms(text):
    """The content words in order."""
    words = []
    for word in WORD.findall(folded(text)):
        if word[0].isdigit() or word[0] == "-":
            words.append(word)
        elif re.match(f"[{UNSPACED}]", word):
            pairs = [word[i:i + 2] for i in range(len(word) - 1)] or [word]
            words.extend(pair for pair in pairs if not re.fullmatch(r"[\u3040-\u309f]+", pair) and pair not in STOP_WORDS)
        elif len(word) > 1 and word not in STOP_WORDS:
            # Korean words of two syllables carry their particles behind them.
            words.append(word[:2] if "가" <= word[0] <= "힣" else (word[:-1] if len(word) > 3 and word.endswith("s") else word)[:6])
    return words


@functools.lru_cache(20_000)
def content_words(text):
    return frozenset(terms(text))


@functools.lru_cache(None)
def key_pattern(key):
    rest = key.endswith("*")
    key = folded(key[:-1] if rest else key).strip()
    pattern = re.escape(key).replace(r"\ ", r"\s?")
    plain = f"[^\\W{UNSPACED}]"
    if re.match(plain, key[0]):
        pattern = rf"(?<!{plain})(?<!{plain}[.,])" + pattern if key[0].isdigit() else rf"(?<!{plain})" + pattern
    if not rest and re.match(plain, key[-1]) and not "가" <= key[-1] <= "힣":
        pattern += rf"(?!{plain})(?![.,]\d)"
    return re.compile(pattern)


@functools.lru_cache(1_000)
def windows(units):
    parts = [sentence for unit in units for sentence in cutting.sentences(unit)] or [""]
    return [folded(" ".join(parts[i:i + 2])) for i in range(len(parts))]


def says(units, point):
    """Whether two neighbouring sentences of the summary hold all keys of one set."""
    return any(all(key_pattern(key).search(window) for key in keys) for keys in point.key_sets for window in windows(tuple(units)))


def coverage(units, points):
    return sum(says(units, point) for point in points) / len(points) if points else None


def overlap(later, earlier):
    words = content_words(later)
    return len(words & content_words(earlier)) / len(words) if words else 0.0


def highest_overlaps(units):
    """Each unit's highest overlap with one before it, and whether that is too much."""
    found = []
    for index, unit in enumerate(units):
        highest = max((overlap(unit, earlier) for earlier in units[:index]), default=0.0)
        again = unit in units[:index]
        found.append((highest, again or highest > REDUNDANT and len(content_words(unit)) >= 3))
    return found


OPEN, CLOSE = "([{“«「『（【", ")]}”»」』）】"
ENDS = ".!?。！？؟।"


def incomplete(text, reasoning):
    """Why a step is no whole sentence or list item; empty when it is."""
    body = text.strip()
    bare = re.sub(r"^(?:[-*+•–]\s+|\(?\d{1,3}[.)]\s+)", "", body)
    if not bare:
        return "empty"
    if re.search(r"^\s*(```|~~~)|\$\$|\\\[|^#{1,6} |</?think", text, re.M):
        return "markup"
    if bare[0].islower() and not re.match(r"[a-z]\w*(?:[_(.:=^/+-]|[A-Z0-9])|[a-z](?:\s*[=<>≤≥+*/^]|\b)", bare):
        return "begins inside a sentence"
    if bare[0] in ",;:.!?)]}、，。；：":
        return "begins with punctuation"
    core = body.rstrip("\"'”’»」』）)]*`$_")
    if core.endswith("…") or core.endswith("..."):
        return "ends cut"
    if not core or core[-1] not in ENDS:
        return "no end of a sentence"
    plain = re.sub(r"`[^`]*`|\$[^$]*\$", "", body)
    if "`" in plain or body.count("$") % 2 and re.search(r"\\[a-z]+|\^|_", body):
        return "code or formula not closed"
    plain = without_list_numbers(plain)
    depth = [plain.count(a) - plain.count(b) for a, b in zip(OPEN, CLOSE)]
    # Half-open intervals: one round and one square bracket make a pair.
    if any(depth[2:]) or depth[0] + depth[1] or body.count('"') % 2:
        return "bracket or quotation not closed"
    return begins_inside(bare, reasoning) or ends_inside(core, reasoning) or next(filter(None, (glued(one, reasoning) for one in cutting.sentences(bare))), "")


def without_list_numbers(text):
    """Numbers of a list within a sentence close no bracket ("1) rendu compte, 2) fallu"), where there is none to close."""
    return text if "(" in text else LIST_NUMBER.sub("", text)


LIST_NUMBER = re.compile(r"(?<!\S)\d{1,2}\)(?=\s)")


def squeezed(text):
    return [(character, index) for index, character in enumerate(text) if character.isalnum()]


def begins_inside(bare, reasoning):
    """Looks the first words up in the reasoning: what stands before them in their sentence must be dispensable."""
    first = "".join(character for character, _ in squeezed(bare))[:24].lower()
    source = squeezed(reasoning)
    letters = "".join(character.lower()[:1] for character, _ in source)
    place = letters.find(first) if len(first) >= 8 else -1
    if place < 0:
        return ""
    text = cutting.prose(reasoning)
    ends = [0] + [end for _, end in cutting.located(reasoning)]
    while place >= 0:
        begin = source[place][1]
        before = text[max(end for end in ends if end <= begin):begin]
        left = cutting.LIST_MARK.sub("", before[before.rfind("\n") + 1:]).rstrip("\"'“‘«「『（([*`$_\\ \n")
        if not left or left[-1] in ",;:—–，、；：-|" or not content_words(left) - FILLER:
            return ""
        place = letters.find(first, place + 1)
    return f"begins inside a sentence of the reasoning ({first[:12]}…)"


def glued(bare, reasoning):
    """Looks one sentence of a step up: it goes on where in the reasoning a line ends without punctuation."""
    words = "".join(character.lower() for character, _ in squeezed(bare))
    source = squeezed(reasoning)
    letters = "".join(character.lower()[:1] for character, _ in source)
    place = letters.find(words)
    while place >= 0:
        text = reasoning[source[place][1]:source[place + len(words) - 1][1] + 1]
        if not re.search(r"[^\s.!?。！？؟।,;:，；：、…)\]}*_`$|—–-][ \t]*\n", text):
            return ""
        place = letters.find(words, place + 1)
        if place < 0:
            return "glues two lines"
    return ""


def ends_inside(core, reasoning):
    """Looks the last words up in the reasoning: there, too, a sentence must end."""
    tail = "".join(character for character, _ in squeezed(core))[-24:].lower()
    source = squeezed(reasoning)
    letters = "".join(character.lower()[:1] for character, _ in source)
    place = letters.find(tail) if len(tail) >= 8 else -1
    if place < 0:
        return ""
    while place >= 0:
        after = reasoning[source[place + len(tail) - 1][1] + 1:][:400]
        if not after.strip() or re.match(r"(?:[^\w\n()（）]*[(（][^()（）]*[)）])?[^\w\n]*?(?:[.!?。！？؟।:：;；…]|\n)|[)\]`*\"'”’»」』）]*\s*(?:\n|$)|\s*(?:```|\$\$|\\\[)", after):
            return ""
        place = letters.find(tail, place + 1)
    return f"ends inside a sentence of the reasoning (…{tail[-12:]})"


@dataclasses.dataclass
class Clock:
    """When each place of the reasoning had arrived."""
    token_ends: list
    tokens_per_second: float

    def time(self, position):
        low, high = 0, len(self.token_ends)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.token_ends[middle] < position else (low, middle)
        return min(low, len(self.token_ends) - 1) / self.tokens_per_second


@dataclasses.dataclass
class Pace:
    first: float
    intervals: list
    early: list
    late: list
    idle: list
    lags: list


def pace(steps, trace, clock):
    """`steps`: dictionaries with time, text and last."""
    located = [(text, content_words(text), clock.time(end)) for text, end in cutting.located(trace.reasoning)]
    end = clock.time(len(trace.reasoning))
    times = [step["time"] for step in steps]
    intervals = [after - before for before, after in zip(times, times[1:])]
    early = [
        step["time"] for step, gap in zip(steps[1:], intervals) if gap < EARLY - 0.05 and not step["last"]]
    late = [
        (before, after) for index, (before, after) in enumerate(zip(times, times[1:] + [end]))
        if is_late(before, after, located, [content_words(step["text"]) for step in steps[:index + 1]])]
    idle = []
    if trace.repeats_from is not None:
        begin = clock.time(trace.repeats_from)
        idle = [step["time"] for step in steps if step["time"] > begin + LATE and not step["last"] and not is_notice(step)]
    return Pace(times[0] if times else None, intervals, early, late, idle, lags(steps, located))


def is_notice(step):
    return bool(step.get("notice"))


def is_late(before, after, located, said):
    if after <= before + LATE + GRACE:
        return False
    new, earlier = 0, []
    for _, words, time in located:
        if before < time and after > max(before + LATE, time) + GRACE and is_new(words, earlier, said):
            new += 1
        earlier.append(words)
    return new >= 2


def is_new(words, earlier, said):
    return len(words) >= NEW_WORDS and all(len(words & other) <= NEW_OVERLAP * len(words) for group in (said, earlier) for other in group)


def lags(steps, located):
    found = []
    for step in steps:
        ends = []
        for sentence in cutting.sentences(step["text"]):
            words = content_words(sentence)
            best = max(
                ((len(words & other) / max(1, len(words | other)), time) for _, other, time in located if time <= step["time"]),
                default=(0, 0))
            if best[0] >= 0.5:
                ends.append(best[1])
        if ends:
            found.append(step["time"] - max(ends))
    return found


def median(numbers):
    return statistics.median(numbers) if numbers else None
