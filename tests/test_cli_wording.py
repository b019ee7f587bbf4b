"""Messages on the command line name options, not arguments of Python."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tradeshock.features import Panel
from tradeshock.features.files.table import Reading
from tradeshock.forecast.cli.errors import in_options
from tradeshock.forecast.cli.main import main

ROOT = Path(__file__).parents[1]
ARGUMENTS = set(inspect.signature(Panel.from_file).parameters) | set(Reading.__annotations__)


def refused(*words: str | Path) -> str:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 2, result.output
    return result.stderr.splitlines()[-1]


def written(folder: Path, text: str) -> Path:
    path = folder / "own.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("m,x\n2020-01,1\n2020-03,2\n", (), "holes: --hole 2024-09, or in the catalog entry"),
        ("m,x\n2020-01,1\n2020-02,\n2020-03,2\n", (), "--hole 2024-09 (or a field of its entry"),
        ("m,x\n2020-01,1\n2020-02,-3\n", (), "or say --transform level (or a field of its entry"),
        ("m,x\n2020-01,1\n2020-02,3p\n", (), "(--decimal, --thousands), or name it as a mark of "),
        ("m,x\n2020-01,1\n2020-02,3 p\n", (), "missing figures: --missing '3 p'"),
        ("m,x\n2020-01,inf\n", (), "mark of missing figures: --missing inf"),
        ("2020-01,1\n2020-02,3\n", (), "name all 2 columns: --names month,exports"),
        ("m,x\nJ20,1\n", (), "how it is written: --month-format %d.%m.%Y, for instance"),
        ("m,x\n2020.1,1\n", (), "how they are written: --month-format %Y.%m, for instance"),
        ("Title\nm,x\n2020-01,1\n", (), "(--header 4); otherwise give the separator (--sep ';')"),
        ("m,x\n2020-01,1\n", ("--header", "9"), "--header 9 names a line that is empty"),
        ("m,x\n2020-01,1\nSource: a\n", (), "if notes begin there, say --footer 1"),
        ("m,x;y\n2020-01,1;2\n", (), "say which: --sep ,"),
        ("m;x\n2020-01;1.234\n", (), "say which: --decimal . or --decimal ,"),
        ("m,x\n2020-01,1\n", ("--decimal", "x"), "--decimal x and no --thousands are no way"),
        (
            "TIME_PERIOD,OBS_VALUE,A,B\n2020-01,1,a,b\n2020-01,2,a,c\n2020-01,3,d,b\n",
            (),
            "--series A --series B",
        ),
        ("i,2020-01,2020-02\nx,1,2\nx,3,4\n", (), "tells series apart (--series COLUMN)"),
        ("m,x\n2020-01,1\n", ("--calendar", "XX"), "or leave --calendar out"),
    ],
)
def test_a_refused_file_names_the_option(
    tmp_path: Path, text: str, options: tuple[str, ...], says: str
) -> None:
    path = written(tmp_path, text)
    assert says in refused("data", "--csv", path, "--release-after", "40", *options)


def test_newer_figures_are_added_by_their_option() -> None:
    assert "add newer figures (--add FILE)" in refused("forecast", "--as-of", "2090-01-01")


def test_an_exposure_by_own_parts_names_theirs(tmp_path: Path) -> None:
    months = "".join(f"20{10 + i // 12}-{i % 12 + 1:02},{i + 1}\n" for i in range(48))
    path = written(tmp_path, f"m,x\n{months}")
    said = refused("exposure", "--csv", path, "--release-after", "40", "--by", "item")
    assert "name the parts of your own figures, --part SERIES" in said


def messages() -> list[str]:
    """Texts of the features' floor, with examples in the place of values."""
    found = []
    for path in sorted((ROOT / "features").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in raised(tree):
            texts = [text for text in ast.walk(call) if isinstance(text, ast.JoinedStr)]
            parts = {id(part) for text in texts for part in text.values}
            found += ["".join(map(example, text.values)) for text in texts]
            found += [
                text.value
                for text in ast.walk(call)
                if isinstance(text, ast.Constant)
                and isinstance(text.value, str)
                and id(text) not in parts
            ]
    return found


def raised(tree: ast.Module) -> list[ast.expr]:
    return [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc]


def example(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    return "'1'" if part.conversion == ord("r") else "1"


def test_no_refusal_of_the_readers_is_left_in_python() -> None:
    python = re.compile(rf"\b({'|'.join(ARGUMENTS)})=")
    naming = [text for text in messages() if python.search(text)]
    assert len(naming) > 15
    for text in naming:
        assert not python.search(in_options(text)), in_options(text)


def test_a_share_of_what_may_be_negative_names_what_assume_takes() -> None:
    said = refused("forecast", "--assume", "gscpi:2026-05=+10%")
    assert said.endswith(
        "moves by amounts: give a value, as --assume SERIES:MONTH=VALUE does, or an amount in a "
        "file of shocks"
    )
    assert "--part" not in said


def test_what_is_no_argument_is_left_alone() -> None:
    for text in (
        "x has 'weight=3' in 2020-01",
        "got rate='a'",
        "got by='a', expected",
        "series == 'x'",
        "a,b=[",
        "",
    ):
        assert in_options(text) == text


# -- the options that messages advise ---------------------------------------------------------


def test_files_without_a_header_and_with_marks_need_no_python(tmp_path: Path) -> None:
    path = written(tmp_path, "2020-01,1,2p\n2020-02,3,n/a (revised)\n2020-03,4,5\n")
    result = CliRunner().invoke(
        main,
        [
            *("data", "--csv", str(path), "--release-after", "40"),
            *("--names", 'month, "x, nominal",y', "--missing", "2p", "--missing", "n/a (revised)"),
        ],
    )
    assert result.exit_code == 0, result.output
    rows = [line.rsplit(maxsplit=5)[0].split("  ")[0] for line in result.stdout.splitlines()[1:]]
    assert rows == ["x, nominal", "y"]
    assert re.search(r"^x, nominal +2020-01 +2020-03 ", result.stdout, re.MULTILINE)
    assert re.search(r"^y +2020-03 +2020-03 ", result.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("x,when\n7,2020-01\n8,2020-02\n", ("--month", "when")),
        ("x,of,year\n7,1,2020\n8,2,2020\n", ("--month", "year", "--month", "of")),
    ],
)
def test_months_may_stand_in_any_column(
    tmp_path: Path, text: str, options: tuple[str, ...]
) -> None:
    given = ["data", "--csv", str(written(tmp_path, text)), "--release-after", "40", *options]
    result = CliRunner().invoke(main, given)
    assert result.exit_code == 0, result.output
    assert re.search(r"^x +2020-01 +2020-02 ", result.stdout, re.MULTILINE)
    assert len(result.stdout.splitlines()) == 2
