"""A text is cut where its sentences end and where its columns do, and what is between stays."""

import pytest

from web.documents import translate_document
from web.texts import Cut, cut

ENGLISH = {"الاسم": "Name", "العمر": "Age", "أحمد": "Ahmed", "المدينة": "City", "نعم": "Yes", "لا.": "No."}


def by_hand(texts: list[str]) -> list[str]:
    return [ENGLISH[text] for text in texts]


@pytest.mark.parametrize("where", list(Cut))
def test_a_tab_divides_columns_and_stays(where: Cut) -> None:
    split = cut("الاسم\tالعمر \t\t المدينة\n\n\tنعم\t", where)
    assert split.sentences == ["الاسم", "العمر", "المدينة", "نعم"]
    assert split.join(by_hand(split.sentences)) == "Name\tAge \t\t City\n\n\tYes\t"


def test_a_tab_that_indents_a_wrapped_line_divides_no_sentence() -> None:
    assert cut("الاسم \n\tالعمر", Cut.STOPS).spans == ((0, 13),)


def test_the_columns_of_a_text_file_stay() -> None:
    text = "الاسم\tالعمر\r\nأحمد\t٥\r\nنعم \t لا.\tنعم\r\n"
    data, _ = translate_document(text.encode(), "جدول.txt", by_hand)
    assert data.decode() == "Name\tAge\r\nAhmed\t٥\r\nYes \t No.\tYes\r\n"
