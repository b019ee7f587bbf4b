"""Make again all that is measured: record, pages, README block, pictures.

Usage: python tools/renew.py [--store DIR]  (some 20 minutes on two cores)

To be run when the default forecast or the embedded figures have changed, in a checkout that is
installed. What the pages' examples print is checked by the tests and mended by hand.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
DAY = "2026-05-15"


def run(*words: str) -> None:
    """Run one command in the checkout and say how long it took."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True)
    print(f"{time.perf_counter() - began:6.0f} s  {words[0]}", flush=True)


def main() -> None:
    """Run everything in order: pages rest on the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", help="folder that keeps finished chunks")
    store = parser.parse_args().store
    kept = ["--store", str(Path(store).resolve())] if store else []
    run("tools/build_record.py", *kept)
    run("benchmarks/accuracy.py", *kept, "--write", "docs/accuracy.md")
    run("benchmarks/shocks.py", "--write", "docs/shocks.md")
    with TemporaryDirectory() as folder:
        command = "from tradeshock.forecast.cli.main import main; main()"
        run("-c", command, "forecast", "--as-of", DAY, "--out", folder)
        shutil.copy(Path(folder) / "forecast.png", ROOT / "docs" / "images" / "fan.png")
        days = ("--from", "2026-04-21", "--to", DAY)
        run("-c", command, "news", *days, "--out", folder)
        shutil.copy(Path(folder) / "news.png", ROOT / "docs" / "images" / "news.png")
    run("tools/draw_gallery.py")
    run("tools/draw_architecture.py")


if __name__ == "__main__":
    main()
