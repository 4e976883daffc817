"""Web workers must stay free of Numba: what they may import of the sensor path does not bring it in."""

import subprocess
import sys

SHOWN = "fixed, times, live, feeds, journal, history, fold.types, fold.silence, fold.reference"


def test_what_pages_import_brings_no_numba():
    names = [f"kuangan.monitor.{name}" for name in SHOWN.split(", ")]
    code = f"import sys, {', '.join(names)}; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_compile_cache_lies_under_the_data_folder(tmp_path):
    code = "import kuangan.monitor._numba, numba; print(numba.config.CACHE_DIR)"
    found = subprocess.run(
        [sys.executable, "-c", code], env={"KUANGAN_DATA": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == str(tmp_path / "numba")
