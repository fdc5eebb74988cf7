"""Telling languages apart by their letters, in time that grows with the text and not with its square."""

import pytest

from web.languages import Detection, detect

ADDRESSES = ["editor.desk+news@example.com", "https://example.com/?a=1", "@name", "#tag"]


@pytest.mark.parametrize("text", ["a" * 600_000, "a." * 300_000, "ا " + "a-" * 300_000, "a@" * 300_000])
def test_a_long_text_without_an_address_is_no_burden(text: str) -> None:
    # A new look from every letter would take this test half an hour.
    assert detect(text)


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_say_nothing_of_the_language(address: str) -> None:
    assert detect(f"راسلونا على {address} اليوم") == [Detection("ar", 100)]
