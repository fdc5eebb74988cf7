from eval.findings import Line, findings
from eval.rates import rates
from eval.wordwork import Error, Word, diff, errors


def test_errors_are_sorted_by_kind_of_word() -> None:
    lines = {
        "He visit Tokyo": ("He visited Tokyo", Error.WRONG, Word.FORM),
        "He left Tokyo": ("He left Osaka", Error.WRONG, Word.NAME),
        "On 3 May": ("On 4 May", Error.WRONG, Word.NUMBER),
        "He left.": ("He left", Error.WRONG, Word.PUNCTUATION),
        "He has left": ("He left", Error.EXTRA, Word.FUNCTION),
        "The leader": ("The new leader", Error.MISSING, Word.CONTENT),
    }
    for hypothesis, (reference, error, word) in lines.items():
        assert errors([hypothesis], [reference]).counts == {(error, word): 1}, hypothesis
    both = errors(list(lines), [reference for reference, _, _ in lines.values()])
    assert both.missing == {"visited": 1, "Osaka": 1, "new": 1}
    assert both.extra == {"visit": 1, "Tokyo": 1}


def test_rates_of_all_kinds_add_up_to_ter() -> None:
    found = errors(["on Saturday he said so much"], ["he said on Saturday little"])
    assert found.moved == 1
    assert sum(found.rate(error) for error in Error) == 100 * 3 / 5


def test_a_diff_gives_both_texts_back() -> None:
    before, after = "The U.S. will  send help.", "The U.S. would send more help."
    changes = diff(before, after)
    assert "".join(change.before for change in changes) == before
    assert "".join(change.after for change in changes) == after
    assert ("will", "would") in [(c.before.strip(), c.after.strip()) for c in changes]


def test_accuracies_count_what_the_source_has() -> None:
    lines = [
        Line("أنفقت NATO 250 مليون دولار", "NATO spent 250 million dollars", "NATO spent 25 million dollars"),
        Line("لم يصل كيشيدا", "Kishida did not arrive", "Qishida did not arrive"),
    ]
    shares = {rate.name: rate.value for rate in rates(lines, findings(lines))}
    assert shares["numbers kept"] == 0
    assert shares["Latin words kept"] == 1
    assert (shares["names exact"], shares["names by sound"]) == (0, 1)
    assert shares["negations kept"] == 1
    assert shares["length ratio"] == 1
    assert shares["untranslated"] == 0
