from pathlib import Path

import pytest

from translate.errors import BadInput
from translate.settings import Settings, load_settings


def test_a_flag_wins_over_the_environment_that_over_the_file_that_over_the_default(tmp_path: Path) -> None:
    file = tmp_path / "muwazi.toml"
    file.write_text('beam = 2\nbatch_tokens = 99\nmodel = "from-file"\n', encoding="utf-8")
    settings = load_settings(
        {"MUWAZI_BEAM": "3", "MUWAZI_MODEL": "from-environment"}, file, model="from-flag"
    )
    assert (settings.model, settings.beam, settings.batch_tokens) == ("from-flag", 3, 99)
    assert settings.engine == Settings().engine


def test_yes_and_no_have_many_words(tmp_path: Path) -> None:
    file = tmp_path / "muwazi.toml"
    file.write_text("shortlist = false\n", encoding="utf-8")
    assert not load_settings({}, file).shortlist
    assert load_settings({"MUWAZI_SHORTLIST": "On"}, file).shortlist
    assert not load_settings({"MUWAZI_SHORTLIST": "0"}).shortlist
    assert load_settings({}).decoding != load_settings({}, shortlist=False).decoding


def test_half_a_hypothesis_is_no_number_of_them(tmp_path: Path) -> None:
    file = tmp_path / "muwazi.toml"
    file.write_text("beam = 2.7\n")
    with pytest.raises(BadInput, match=r"beam is 2\.7 .*whole number"):
        load_settings({}, file)
    file.write_text("beam = 2.0\n")
    assert load_settings({}, file).beam == 2


def test_a_flag_that_was_not_given_changes_nothing() -> None:
    assert load_settings({"MUWAZI_BEAM": "3"}, beam=None).beam == 3


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"MUWAZI_BEAM": "many"}, "beam is 'many' .in MUWAZI_BEAM.; it must be a whole number"),
        ({"MUWAZI_BEAM": "0"}, "beam is 0; it must be at least 1"),
        ({"MUWAZI_ENGINE": "moses"}, "engine is 'moses'; it must be one of ct2, torch"),
        ({"MUWAZI_DEVICE": "tpu"}, "device is 'tpu'"),
        ({"MUWAZI_SHORTLIST": "maybe"}, "shortlist is 'maybe' .in MUWAZI_SHORTLIST.; it must be yes or no"),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(environ: dict[str, str], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        load_settings(environ)


def test_an_unknown_or_broken_file_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "muwazi.toml"
    file.write_text("beams = 2\n", encoding="utf-8")
    with pytest.raises(BadInput, match="sets beams, which Muwazi does not know"):
        load_settings({}, file)
    file.write_text("beam = \n", encoding="utf-8")
    with pytest.raises(BadInput, match="not valid TOML"):
        load_settings({}, file)


def test_models_lie_in_the_data_folder_unless_told_otherwise(tmp_path: Path) -> None:
    assert load_settings({"XDG_DATA_HOME": str(tmp_path)}).models == tmp_path / "muwazi" / "models"
    assert load_settings({"MUWAZI_MODELS": str(tmp_path)}).models == tmp_path
