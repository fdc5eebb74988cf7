import threading

from translate.cache import SentenceCache
from translate.engine import Hypothesis

ANSWER = Hypothesis(("▁peace", "</s>"), -0.5, True)


def test_what_was_put_is_found_again() -> None:
    cache = SentenceCache(10_000)
    assert cache.get("سلام") is None
    cache.put("سلام", ANSWER)
    assert cache.get("سلام") == ANSWER
    assert (cache.hits, cache.misses) == (1, 1)


def test_the_bound_in_bytes_holds_and_the_least_used_goes_first() -> None:
    cache = SentenceCache(3_000)
    cache.put("kept", ANSWER)
    for number in range(100):
        cache.put(f"key {number}", ANSWER)
        assert cache.get("kept") == ANSWER
        assert cache.size_bytes <= 3_000
    assert cache.get("key 0") is None
    assert cache.get("key 99") == ANSWER


def test_the_same_key_twice_is_counted_once() -> None:
    cache = SentenceCache(10_000)
    cache.put("سلام", ANSWER)
    size = cache.size_bytes
    cache.put("سلام", ANSWER)
    assert cache.size_bytes == size


def test_what_many_entries_hold_is_kept_once() -> None:
    cache = SentenceCache(10_000)
    for number in (1, 2):
        pieces = tuple(
            "".join(letters) for letters in (["▁", "pea"], ["c", "e"])
        )  # As an engine makes them: each a new string.
        cache.put(("".join(["mod", "el"]), str(number)), Hypothesis(pieces, -0.5, True))
    one, two = (cache.get(("model", str(number))) for number in (1, 2))
    assert one is not None
    assert two is not None
    assert all(a is b for a, b in zip(one.pieces, two.pieces, strict=True))


def test_an_entry_larger_than_the_cache_is_not_kept() -> None:
    cache = SentenceCache(100)
    cache.put("سلام", ANSWER)
    assert cache.size_bytes == 0


def test_threads_may_share_it() -> None:
    cache = SentenceCache(5_000)

    def work(name: str) -> None:
        for number in range(500):
            cache.put(f"{name} {number % 7}", ANSWER)
            cache.get(f"{name} {number % 5}")

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0 < cache.size_bytes <= 5_000
    assert cache.hits + cache.misses == 2_000
