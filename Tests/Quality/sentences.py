"""Cuts reasoning into sentences, for the baselines and for the metrics; knows nothing of the engine's own way."""
import re

FENCE = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1[^\n]*$|\Z)", re.M | re.S)
DISPLAY = re.compile(r"\$\$.*?\$\$|\\\[.*?\\\]", re.S)
LIST_MARK = re.compile(r"^\s*(?:[-*+•–]\s+|\(?\d{1,3}[.)]\s+|#{1,6}\s+|>\s+)")
ABBREVIATIONS = re.compile(
    r"(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|Dr|Mr|Mrs|Ms|Prof|St|No|Nr|Fig|Eq|Sec|ca|bzw|usw|z\.\s?B|d\.\s?h|u\.\s?a|Abs|Art|p\. ?ex|"
    r"env|M|Mme|Sr|Sra|ej|т\. ?е|т\. ?д|т\. ?п|г|гг|[A-Z])\.$")
END = re.compile(r"(?<=[.!?…])[\"'”’»)\]*]*(?=\s+|$)|(?<=[。！？])[”』」）]*")


def prose(text):
    """The text without blocks of code and display formulas: the same advantage for every baseline."""
    return DISPLAY.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), FENCE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text))


def located(text):
    """(sentence, end position in `text`) in order. A line's end ends a sentence; marks of lists and headings are left out."""
    found = []
    clean, start = prose(text), 0
    for line in clean.split("\n"):
        offset = start
        start += len(line) + 1
        mark = LIST_MARK.match(line)
        begin = mark.end() if mark else 0
        for match in END.finditer(line):
            end = match.end()
            if end <= begin:
                continue
            before = line[begin:match.start()]
            following = line[end:].lstrip()[:1]
            # After a full stop of Chinese or Japanese a small letter is no sign: "待ってください。cp932でも".
            if following.islower() and line[match.start() - 1:match.start()] not in "。！？" or line[match.start() - 1:match.start()] == "." and ABBREVIATIONS.search(before):
                continue
            add(found, line[begin:end], offset + end)
            begin = end
        add(found, line[begin:], offset + len(line.rstrip()))
    return found


def add(found, text, end):
    text = re.sub(r"\s+", " ", text.replace("**", "").replace("__", "")).strip()
    if re.search(r"\w", text):
        found.append((text, end))


def sentences(text):
    return [sentence for sentence, _ in located(text)]
