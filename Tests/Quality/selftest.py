#!/usr/bin/env python3
"""Shows that every metric can fail: what is perfect gets full marks, what is broken on purpose does not.

usage: selftest.py [--quiet]
"""
import io
import pathlib
import sys
import tempfile
import unittest

import bars
import baselines
import corpus
import measures
import metrics
from corpus import Point

ROOT = pathlib.Path(__file__).resolve().parents[2]
REASONING = (
    "Okay, so the pump moves 12 litres a minute. The tank holds 540 litres, e.g. for the garden. Hmm, then 540 / 12 = 45 minutes.\n"
    "But the leak loses 3 litres a minute. So the net rate is 9 litres a minute. Therefore filling takes 60 minutes.")
POINTS = [
    Point("rate", [["12 litres"]]), Point("tank", [["540 litres"]]), Point("no leak", [["45 minutes"]]), Point("leak", [["leak", "3"]]),
    Point("net", [["net rate", "9"], ["nine litres"]])]


def trace(reasoning, **more):
    return corpus.Trace(pathlib.Path("t.txt"), "develop", "other", "en", "", [], POINTS, None, reasoning, more.get("repeats_from"))


def steps(*said):
    return [{"time": time, "text": text, "last": False} for time, text in said]


class Coverage(unittest.TestCase):
    def test_perfect_summary_says_everything(self):
        self.assertEqual(metrics.coverage([REASONING], POINTS), 1)

    def test_empty_summary_says_nothing(self):
        self.assertEqual(metrics.coverage([], POINTS), 0)

    def test_part_of_the_points(self):
        self.assertEqual(metrics.coverage(["The pump moves 12 litres a minute."], POINTS), 0.2)

    def test_keys_of_one_set_must_stand_together(self):
        apart = ["There is a leak.", "The tank is blue.", "The garden is dry.", "It loses 3 litres."]
        self.assertFalse(metrics.says(apart, POINTS[3]))
        self.assertTrue(metrics.says(["There is a leak.", "It loses 3 litres."], POINTS[3]))

    def test_keys_are_whole_words_and_numbers(self):
        for key, text, found in [
            ("60", "It is 160.", False), ("60", "It is 60.5.", False), ("60", "It is 60.", True), ("60", "(60)", True), ("60", "x=60%", True),
            ("cat", "concatenate", False), ("conc*", "concatenate", True), ("答案", "所以答案是五", True), ("5", "答案是5个", True),
            ("2I", "$2I = \\pi$", True), ("\\pi/4", "it is $\\pi/4$.", True), ("Über", "ÜBER UNS", True), ("n/2", "`n/2`", True),
            ("60 minutes", "**60** minutes", True), ("0.5", "10.5", False)]:
            self.assertEqual(bool(metrics.key_pattern(key).search(metrics.folded(text))), found, (key, text))


class Redundancy(unittest.TestCase):
    def test_duplicate_is_redundant(self):
        again = ["The pump moves 12 litres a minute.", "So the pump moves 12 litres every minute."]
        self.assertEqual([redundant for _, redundant in metrics.highest_overlaps(again)], [False, True])

    def test_same_text_is_redundant_however_short(self):
        self.assertTrue(metrics.highest_overlaps(["Fine.", "Fine."])[1][1])

    def test_different_steps_are_not(self):
        self.assertFalse(any(redundant for _, redundant in metrics.highest_overlaps(
            ["The pump moves 12 litres a minute.", "A leak loses 3 litres of water."])))

    def test_duplicate_in_chinese(self):
        self.assertTrue(metrics.highest_overlaps(["鸡和兔子一共有三十五只。", "所以鸡和兔子一共有三十五只。"])[1][1])


class Completeness(unittest.TestCase):
    def test_whole_sentences_are_complete(self):
        for step in [
            "The pump moves 12 litres a minute.", "The net rate is 9 litres a minute.", "540 / 12 = 45 minutes.", "Filling takes 60 minutes.",
            "`n` is even.", "n = 4 works.", "“Yes” is the answer.", "答案是五。"]:
            self.assertEqual(metrics.incomplete(step, REASONING), "", step)

    def test_what_stands_where_is_looked_up(self):
        reasoning = "Use it:\n```\nx = 1\n```\nIt holds five (six at most). Then wait\nthe pump stops\nOut of 6! permutations half are even."
        for step in ["It holds five.", "The pump stops.", "Half are even."]:
            self.assertEqual(bool(metrics.incomplete(step, reasoning)), step == "Half are even.", step)
        self.assertEqual(metrics.incomplete("Then wait the pump stops.", reasoning), "glues two lines")
        self.assertEqual(metrics.incomplete("Then wait. The pump stops.", reasoning), "")
        self.assertTrue(metrics.incomplete("Permutations half are even.", reasoning).startswith("begins"))
        reasoning = "A new boiler would be about 12,000 € (and dearer from 2029 on). A new boiler would be about 9,000 € with some luck."
        self.assertEqual(metrics.incomplete("A new boiler would be about 12,000 €.", reasoning), "")
        self.assertTrue(metrics.incomplete("A new boiler would be about 9,000 €.", reasoning).startswith("ends"))

    def test_a_small_letter_behind_an_ideographic_stop_begins_a_sentence(self):
        self.assertEqual(metrics.incomplete("cp932でも書けない文字があります。", "お客さんのExcelで待ってください。cp932でも書けない文字があります。"), "")
        self.assertTrue(metrics.incomplete("not enough for a whole house.", "It is big. but not enough for a whole house."))

    def test_numbers_of_a_list_in_a_sentence_open_no_bracket(self):
        self.assertEqual(metrics.incomplete("The pumps are: 1) the old one, 2) the new one.", "The pumps are: 1) the old one, 2) the new one."), "")
        self.assertTrue(metrics.incomplete("The pumps (all 2) are old) here.", "The pumps (all 2) are old) here."))

    def test_broken_steps_are_not(self):
        for step in [
            "The pump moves 12 litres a", "moves 12 litres a minute.", "The tank holds 540 litres.", "The tank holds (540 litres.", "The tank…",
            "Litres a minute.", "every pump is blue.", "A new pump (blue is here.", "A new [pump} is here.", "```\nx = 1\n```", "Is `x the tank.", ", so it goes.", "Holds 540 litres, e.g. for the garden.", ""]:
            self.assertNotEqual(metrics.incomplete(step, REASONING), "", step)


class Pace(unittest.TestCase):
    # A token a character, ten a second.
    def pace(self, said, reasoning=REASONING, **more):
        return metrics.pace(said, trace(reasoning, **more), metrics.Clock(list(range(1, len(reasoning) + 1)), 10))

    def test_first_step_and_intervals(self):
        pace = self.pace(steps((2, "One."), (6, "Two."), (7, "Three.")))
        self.assertEqual((pace.first, pace.intervals, pace.early), (2, [4, 1], [7]))

    def test_silence_while_something_is_new_is_late(self):
        new = (
            "The first valve opens slowly under strong pressure. A gauge near the cellar shows seven bars today. "
            "Gardeners water tomatoes every morning before sunrise. Rain fills both barrels within forty hours. "
            "Winter frost breaks thin copper pipes easily.")
        self.assertEqual(len(self.pace(steps((1, "One.")), new).late), 1)

    def test_silence_while_nothing_is_new_is_not(self):
        again = "Valve ada opens with pressure gauge near pipe nine. " * 8
        self.assertEqual(self.pace(steps((6, "Valve ada opens with pressure gauge near pipe nine.")), again).late, [])

    def test_step_where_nothing_is_new_is_idle(self):
        again = "Valve ada opens. " * 30
        late = steps((2, "Valve ada opens."), (20, "Valve ada opens again."))
        self.assertEqual(self.pace(late, again, repeats_from=17).idle, [20])
        late[1] |= {"text": "The model has repeated itself for 18 s.", "notice": True}
        self.assertEqual(self.pace(late, again, repeats_from=17).idle, [])

    def test_lag_is_the_time_since_the_sentence(self):
        self.assertAlmostEqual(self.pace(steps((9, "The pump moves 12 litres a minute.")))
                               .lags[0], 9 - (REASONING.index("The tank") - 2) / 10, places=6)


class Baselines(unittest.TestCase):
    def test_they_are_as_long_as_asked(self):
        sentences = [f"Sentence number {number} is here." for number in range(50)]
        for name, made in baselines.plain(sentences, 300).items():
            for summary in made:
                self.assertTrue(250 <= sum(map(len, summary)) <= 300, name)

    def test_first_and_last(self):
        sentences = ["One here.", "Two here.", "Three here."]
        made = baselines.plain(sentences, 9)
        self.assertEqual((made["first"][0], made["last"][0]), (["One here."], ["Two here."]))

    def test_random_is_the_same_every_time(self):
        sentences = [f"Sentence number {number}." for number in range(50)]
        self.assertEqual(baselines.plain(sentences, 100), baselines.plain(sentences, 100))


class Corpus(unittest.TestCase):
    HEAD = "set: develop\nkind: code\nlanguage: en\nprompt: One\n  two\npoint: p\n  any: a & b\n  any: c\nconclusion: none\nrepeats-from: again\n---\nOnce and again."

    def read(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "t.txt"
            path.write_text(text, encoding="utf-8")
            return corpus.read(path)

    def test_a_file_is_read(self):
        one = self.read(self.HEAD)
        self.assertEqual((one.prompt, one.points, one.conclusion), ("One\ntwo", [Point("p", [["a", "b"], ["c"]])], None))
        self.assertEqual((one.reasoning, one.repeats_from), ("Once and again.", 9))

    def test_a_bad_file_is_refused(self):
        for before, after in [
            ("\n---\n", "\n"), ("kind: code", "kind: cod"), ("set: develop\n", ""), ("set: develop", "set: dev"), ("set: develop", "set: held-out"), ("language: en\n", ""), ("  any: a & b\n  any: c\n", ""), ("a & b", "a & "),
            ("from: again", "from: never"), ("point:", "pint:"), ("conclusion: none\n", "")]:
            with self.assertRaises(corpus.BadTrace, msg=before):
                self.read(self.HEAD.replace(before, after))

    def test_every_trace_is_sound(self):
        for one in corpus.read_all(ROOT / "Fixtures/summaries/corpus"):
            with self.subTest(one.name):
                self.assertGreaterEqual(len(one.points), 5 if "very-short" not in one.traits else 1)
                for point in one.points + ([one.conclusion] if one.conclusion else []):
                    self.assertTrue(metrics.says([one.reasoning], point), f"not in the reasoning: {point.statement}")


class Bars(unittest.TestCase):
    def result(self, set, coverage, kept=1.0):
        return {
            "name": f"{set}-{coverage}", "set": set, "coverage": coverage, "kept": kept, "closing": kept, "compression": 0.1, "compressions": [0.1],
            "steps": 4, "redundant": 0, "mean_overlap": 0.0, "incomplete": [], "reasoning_characters": 3_000, "firsts": [1.0], "lengths": [20.0],
            "titles": 0, "intervals": [5.0], "early": [], "late": [], "idle": [], "lags": [],
            "baselines": {name: {"coverage": 0.5, "kept": 0.0} for name in measures.BASELINES}}

    def failing(self, *results):
        return {verdict["bar"] for verdict in bars.verdicts(list(results)) if not verdict["holds"]}

    def test_a_held_out_set_that_lags_fails_though_all_together_lead(self):
        good, bad = self.result("develop", 0.9), self.result("held-out-2", 0.4)
        self.assertEqual(self.failing(good), set())
        self.assertEqual(self.failing(good, bad), {f"held-out-2: ahead of {name}" for name in (
            "first sentences", "last sentences", "random sentences", "textrank", "lexrank")})

    def test_a_held_out_set_that_loses_its_conclusions_fails_though_all_together_keep_theirs(self):
        kept = [self.result("develop", 0.9) for _ in range(20)]
        self.assertEqual(self.failing(*kept, self.result("held-out-2", 0.9, kept=0.0)), {"held-out-2: conclusion kept in 90%"})

    def test_one_set_alone_is_judged_once(self):
        names = [verdict["bar"] for verdict in bars.verdicts([self.result("held-out-2", 0.9)])]
        self.assertEqual((len(names), len(set(names)), {name.split(":")[0] for name in names}), (len(names), len(names), {"held-out-2"}))


if __name__ == "__main__":
    quiet = "--quiet" in sys.argv
    said = io.StringIO()
    result = unittest.TextTestRunner(stream=said).run(unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__]))
    if not quiet or not result.wasSuccessful():
        print(said.getvalue(), file=sys.stderr, end="")
    sys.exit(0 if result.wasSuccessful() else 1)
