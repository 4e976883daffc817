"""The three rings of the suite, in one place: which tests wait for which command.

========  ==============================  =======================================================================
ring      command                         holds
========  ==============================  =======================================================================
quick     ``pytest -n 2``                 everything that is named nowhere below; less than 3 minutes
test      ``make test``                   quick, then ``slow``, ``kill`` and the ``path`` of each procedure in
                                          Chromium; less than 10 minutes; what ``.ci/run`` runs
stories   ``make stories``                ``story``, ``soak`` and all of ``browser``; less than 40 minutes; before a
                                          change of weight is called done
bench     ``pytest -m bench``             measurements and long fuzz, never by themselves
========  ==============================  =======================================================================

``kill``, ``browser`` and ``bench`` stand as marks in the files themselves; the others follow from the places below.
"""

SLOW = (
    "tests/db/emulate/test_demo.py",
    "tests/db/emulate/test_history.py",
    "tests/db/flow/test_letters_of_before.py",
    "tests/db/monitor/test_service.py",
    "tests/unit/cli/test_migrate.py",
    "tests/unit/host/test_hanging.py",
    "tests/unit/host/test_starts.py",
    "tests/web/test_addresses.py",
    "tests/web/test_fuzz.py",
    "tests/web/test_matrix.py",
    "tests/web/test_sight.py",
)
"""Walks over every address, real processes, the demonstration."""
STORIES = ("tests/story/",)
SOAKS = (
    "tests/kill/test_database_and_supervisor.py::test_a_killed_supervisor",
    "tests/kill/test_database_and_supervisor.py::test_a_folder_has_one",
    "tests/kill/test_disk_and_hanging.py",
    "tests/kill/test_records.py",
    "tests/kill/test_whole_platform.py",
)
"""Kills and damages in many rounds."""
PATHS = ("tests/browser/test_stop_order.py", "tests/browser/test_letter.py", "tests/browser/test_forms.py")
"""One path of each procedure, and the forms that must keep what was typed."""
PLACES = {"slow": SLOW, "story": STORIES, "soak": SOAKS, "path": PATHS}


def rings_of(node: str) -> list[str]:
    """The marks that a test has by its place; ``node`` as pytest writes it."""
    return [ring for ring, places in PLACES.items() if node.startswith(places)]
