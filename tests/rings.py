"""The three rings of the suite, in one place: which tests wait for which command.

ring      command                         holds
quick     ``pytest -n 2``                 everything that is named nowhere below; less than 3 minutes
test      ``make test``                   quick, then ``slow``, ``kill`` and the ``path`` of each procedure in
                                          Chromium; less than 10 minutes; what ``.ci/run`` runs
stories   ``make stories``                ``story``, ``soak`` and all of ``browser``; less than 40 minutes; before a
                                          change of weight is called done
bench     ``pytest -m bench``             measurements and long fuzz, never by themselves

``kill``, ``browser`` and ``bench`` stand as marks in the files themselves; the others follow from the places below.
"""

SLOW = (
    "tests/corpus/test_ledgers.py::test_every_",
    "tests/db/board/test_board.py",
    "tests/db/backup/",
    "tests/db/core/test_sending.py",
    "tests/db/core/test_sparing.py",
    "tests/db/core/test_todo_entries.py",
    "tests/db/duty/test_changes.py::test_a_year_not_yet_published",
    "tests/db/emulate/",
    "tests/db/flow/test_double_press.py",
    "tests/db/flow/test_excuses.py",
    "tests/db/flow/test_two_at_once.py",
    "tests/db/monitor/test_service.py",
    "tests/db/sweep/",
    "tests/unit/base/test_workshop.py",
    "tests/unit/cli/test_city.py",
    "tests/unit/cli/test_migrate.py",
    "tests/unit/host/",
    "tests/unit/monitor/test_bench.py",
    "tests/unit/site/test_words.py",
    "tests/web/",
)
"""Pages and the door for programs, real processes, what takes more than some seconds."""
WALKS = (
    "tests/corpus/test_lawcheck.py::test_diff_",
    "tests/corpus/test_ledgers.py::test_every_export_is_read_back",
    "tests/corpus/test_ledgers.py::test_every_template_opens",
    "tests/db/backup/test_backup.py::test_a_",
    "tests/db/backup/test_backup.py::test_t",
    "tests/db/backup/test_backup.py::test_w",
    "tests/db/backup/test_check.py::test_a_flipped",
    "tests/db/backup/test_check.py::test_another",
    "tests/db/backup/test_check.py::test_damage",
    "tests/db/backup/test_restore.py::test_a_damaged",
    "tests/db/backup/test_restore.py::test_tables",
    "tests/db/core/test_sending.py::test_a_robot_is_asked",
    "tests/db/backup/",
    "tests/db/core/test_sparing.py::test_a_storm",
    "tests/db/core/test_todo_entries.py::test_an_entry_is",
    "tests/db/core/test_todo_entries.py::test_a_card",
    "tests/db/emulate/test_demo.py",
    "tests/db/emulate/test_history.py",
    "tests/db/flow/test_excuses_carried_over.py",
    "tests/db/flow/test_leadership_rules.py::test_a_rule_answers_with_every_sample",
    "tests/db/flow/test_letters_of_before.py",
    "tests/db/flow/test_mine_aliases.py::test_a_code_is",
    "tests/db/flow/test_mine_aliases.py::test_it",
    "tests/db/flow/test_mine_opening.py::test_a_",
    "tests/db/flow/test_mine_opening.py::test_nothing",
    "tests/db/flow/test_mine_opening.py::test_what_is_wrong",
    "tests/db/flow/test_register_proof.py::test_a_",
    "tests/db/flow/test_silence_before_go_live.py::test_silence_waits",
    "tests/db/monitor/test_service.py::test_import_works",
    "tests/db/sweep/test_late_sweep.py::test_three_days_of_deadlines",
    "tests/db/sweep/test_one_bad_row.py::test_an_answer_of_the_city",
    "tests/unit/cli/test_migrate.py::test_the_written_tables_are_what_every_step_makes",
    "tests/unit/cli/test_city_book.py",
    "tests/unit/cli/test_city_sample.py",
    "tests/unit/cli/test_province_list.py",
    "tests/unit/host/test_hanging.py",
    "tests/unit/host/test_postgres.py",
    "tests/unit/host/test_starts.py",
    "tests/unit/monitor/test_cdss_agree.py",
    "tests/unit/monitor/test_fold_agree.py",
    "tests/unit/monitor/test_warm_up.py",
    "tests/web/test_addresses.py",
    "tests/web/test_city_book.py",
    "tests/web/test_exports.py",
    "tests/web/test_sso.py",
    "tests/web/test_fuzz.py",
    "tests/web/test_markup.py::test_markup_in_every_text",
    "tests/web/test_matrix.py::test_every_address_for_every_role",
    "tests/web/test_sight.py::test_a_county_reads_no_draft",
    "tests/web/test_sight.py::test_no_supervised_role_reads",
    "tests/web/test_sight.py::test_nobody_supervised_reads",
    "tests/web/test_sight.py::test_the_confidential_ledger_is_read",
    "tests/web/test_signing.py::test_226_guesses",
    "tests/web/test_today.py::test_a_stop_order_waits",
    "tests/web/test_unit_rosters.py::test_a_",
    "tests/web/test_unit_rosters.py::test_nobody",
)
"""Every address for every role and with everything strange, every page for whatever must not be on it, every sheet of every ledger, every
rule with every sample, the demonstration, old rows made new, days that nobody swept, a storm, an import beside the service, files read and folded
in two ways, backups, exports, a city's book on its page, a provider of sign-ins, starts and hangs of real processes."""
STORIES = ("tests/story/", *WALKS)
SOAKS = (
    "tests/kill/test_city_book.py",
    "tests/kill/test_database_and_supervisor.py::test_a_killed_supervisor",
    "tests/kill/test_database_and_supervisor.py::test_a_folder_has_one",
    "tests/kill/test_database_and_supervisor.py::test_each_killed_process",
    "tests/kill/test_backup.py",
    "tests/kill/test_disk_and_hanging.py",
    "tests/kill/test_ingest.py::test_kill_9_under_load[5]",
    "tests/kill/test_offline_bundle.py",
    "tests/kill/test_old_release.py",
    "tests/kill/test_pages_without_database.py",
    "tests/kill/test_practice.py::test_a_practice",
    "tests/kill/test_proxies.py",
    "tests/kill/test_real_server.py",
    "tests/kill/test_records.py",
    "tests/kill/test_service.py",
    "tests/kill/test_standby.py",
    "tests/kill/test_whole_platform.py",
    "tests/unit/host/test_hanging.py::test_a_supervisor_that_was_stopped",
)
"""Kills and damages in many rounds, and a folder of an old release from its first start on."""
PATHS = (
    "tests/browser/test_forms.py::test_after_a_new_log_in",
    "tests/browser/test_forms.py::test_what_was_sent",
    "tests/browser/test_letter.py::test_an_overdue_matter",
    "tests/browser/test_stop_order.py",
)
"""One path of each procedure, and the forms that must keep what was typed."""
PLACES = {"slow": SLOW, "story": STORIES, "soak": SOAKS, "path": PATHS}


def rings_of(node: str) -> list[str]:
    """The marks that a test has by its place; ``node`` as pytest writes it."""
    return [ring for ring, places in PLACES.items() if node.startswith(places)]
