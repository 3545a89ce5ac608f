"""Summaries to compare with, as long as the engine's: whole sentences of the reasoning without code, in the order of the text."""
import random

import sentences as cutting
from metrics import WORD, folded
from stopwords import STOP_WORDS

SEEDS = range(20)


def fill(sentences, order, budget):
    """Takes sentences by `order` as long as they fit. Returns them in the text's order."""
    taken, used = [], 0
    for index in order:
        length = len(sentences[index]) + 1
        if used + length <= budget + 1:
            taken.append(index)
            used += length
    return [sentences[index] for index in sorted(taken)]


def plain(sentences, budget):
    count = len(sentences)
    made = {"first": [fill(sentences, range(count), budget)], "last": [fill(sentences, range(count - 1, -1, -1), budget)], "random": []}
    for seed in SEEDS:
        order = list(range(count))
        random.Random(seed).shuffle(order)
        made["random"].append(fill(sentences, order, budget))
    return made


class Tokenizer:
    """Words for the rankers, without function words: their own way needs data that may not be there, and knows few languages.

    Cut to stems, as the metrics cut them, both rankers find less on this corpus; with function words, too."""

    def to_words(self, sentence):
        words = []
        for word in WORD.findall(folded(sentence)):
            words += [word[i:i + 2] for i in range(max(1, len(word) - 1))] if "\u3040" <= word[0] <= "\u9fff" else [word]
        return tuple(word for word in words if word not in STOP_WORDS)

    def to_sentences(self, paragraph):
        return tuple(cutting.sentences(paragraph))


def rankers(sentences):
    """The sentences' order by TextRank and LexRank. Raises ImportError when the package is missing."""
    from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
    from sumy.summarizers.lex_rank import LexRankSummarizer
    from sumy.summarizers.text_rank import TextRankSummarizer

    tokenizer = Tokenizer()
    # The package tells sentences apart by their text: of equals the first stands for all.
    document = ObjectDocumentModel([Paragraph([Sentence(text, tokenizer) for text in sentences])])
    orders = {}
    for name, kind in (("textrank", TextRankSummarizer), ("lexrank", LexRankSummarizer)):
        class Ranking(kind):
            @staticmethod
            def _get_best_sentences(all, count, rating, *rest, **more):
                return [rating[sentence] if isinstance(rating, dict) else rating(sentence, *rest, **more) for sentence in all]
        summarizer = Ranking()
        scores = summarizer(document, len(sentences)) or [0.0] * len(sentences)
        orders[name] = sorted(range(len(sentences)), key=lambda index: (-scores[index], index))
    return orders


class Ranked:
    """The rankers' summaries of one text: ranked once, filled to any length."""

    def __init__(self, sentences):
        self.sentences = list(dict.fromkeys(sentences))
        self.orders = rankers(self.sentences)

    def of_length(self, budget):
        return {name: [fill(self.sentences, order, budget)] for name, order in self.orders.items()}
