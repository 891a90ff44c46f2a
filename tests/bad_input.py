"""Every kind of bad input that must be survived, and the tests that prove it.

    python -m tests.bad_input

A test is named by its node id without parameters; ``*`` at the end stands for all that begin so.
"""

from __future__ import annotations

HTTP = "tests/unit/ingest/test_bad_input_http.py::test_kind_{:02}_*"
HERE = "tests/unit/test_bad_input.py::test_kind_"
REAL = "tests/integration/test_bad_input.py::test_kind_"
INGEST = "tests/unit/ingest/test_"
STORES = "tests/integration/stores/test_"
SQLITE = "tests/integration/stores/test_contract.py::TestSqliteStore::test_"
ELASTIC = "tests/integration/elasticsearch/test_contract.py::TestElasticStore::test_"
FEEDS = (
    "truncated XML", "wrong declared encoding", "no encoding, Windows-1252 bytes", "BOM in the middle",
    "billion laughs, external entity", "HTML instead of a feed with status 200", "login page after redirect", "redirect loop",
    "redirect to loopback or a private address", "file: and data: links", "200 with empty body", "304 without ETag",
    "429 with and without Retry-After", "503 for an hour", "connection reset in mid-body", "slow drip of one byte a second",
    "gzip bomb", "Content-Length that lies", "expired or wrong certificate", "DNS failure", "feed of 50,000 items",
    "guid missing, reused, changing at every fetch", "old posts served as new for a week",
    "items out of order, dated 1970, 2099, without zone, on 29 February 2023", "JSON Feed with numbers as ids",
)  # fmt: skip
KINDS: dict[int, tuple[str, tuple[str, ...]]] = {n: (name, (HTTP.format(n),)) for n, name in enumerate(FEEDS, 1)} | {
    26: ("expired token", (
        f"{INGEST}graph.py::test_what_a_person_must_renew_or_allow_is_named",
        f"{INGEST}bluesky.py::test_a_session_that_has_expired_is_renewed",
        f"{INGEST}google_reviews.py::test_a_withdrawn_consent_is_refused_with_what_to_renew",
        f"{INGEST}telegram.py::test_a_session_that_was_ended_is_refused",
        f"{INGEST}threads.py::test_a_token_that_has_expired_is_no_missing_conversation",
    )),
    27: ("token without the scope", (
        f"{INGEST}graph.py::test_what_a_person_must_renew_or_allow_is_named",
        f"{INGEST}instagram.py::test_a_missing_permission_is_named",
        f"{INGEST}threads.py::test_a_missing_permission_is_named",
        f"{INGEST}google_reviews.py::test_an_api_that_was_not_granted_is_refused_with_what_to_see",
        f"{INGEST}x.py::test_what_a_person_must_do_is_said",
    )),
    28: ("instance gone for good", (f"{HERE}28_*", f"{INGEST}consul.py::test_an_api_that_is_gone_deletes_nothing")),
    29: ("websocket closed with and without reason, silent for an hour, frames split, unknown frame kinds", (
        f"{INGEST}bluesky_stream.py::test_a_closed_stream_comes_back_where_it_was",
        f"{INGEST}bluesky_stream.py::test_a_silent_network_is_a_broken_stream",
        f"{INGEST}bluesky_stream.py::test_frames_in_pieces_and_of_kinds_to_come_hurt_nobody",
        f"{INGEST}mastodon_stream.py::test_a_silent_stream_counts_as_broken",
        f"{INGEST}mastodon_stream.py::test_events_that_we_do_not_know_are_passed_over",
        f"{INGEST}x.py::test_kinds_of_message_that_nobody_knows_are_let_pass",
    )),
    30: ("cursor from the future, cursor older than the retention", (
        f"{INGEST}bluesky_stream.py::test_a_number_that_is_no_longer_kept_is_missed_and_said",
        f"{INGEST}bluesky_stream.py::test_another_archive_is_read_by_time",
        f"{INGEST}bluesky_stream.py::test_a_server_that_refuses_every_cursor_is_not_asked_in_a_circle",
        f"{INGEST}gdelt.py::test_a_cursor_older_than_three_months_says_what_is_missed",
        f"{INGEST}x.py::test_what_is_older_than_seven_days_is_said_to_be_missed",
    )),
    31: ("the same event twice, delete before create, edit before create", tuple(
        f"{store}{rule}" for store in (SQLITE, ELASTIC) for rule in (
            "writing_the_same_again_changes_nothing", "a_deletion_may_come_before_what_it_deletes",
            "an_edit_may_come_before_what_it_edits",
        )
    )),
    32: ("account deleted with 10,000 posts", (f"{REAL}32_*", f"{ELASTIC}an_account_may_have_written_a_lot")),
    33: ("GraphQL error with status 200, partial data with errors", (
        f"{INGEST}decidim.py::test_an_error_with_status_200_is_an_error",
        f"{INGEST}decidim.py::test_partial_answers_are_taken_and_asked_for_again",
        f"{INGEST}consul.py::test_an_error_with_status_200_is_an_error",
        f"{INGEST}consul.py::test_one_missing_record_hides_no_other",
        f"{INGEST}gdelt.py::test_a_refusal_with_status_200_is_no_silence",
    )),
    34: ("page that links to itself as next", (
        f"{INGEST}decidim.py::test_a_page_that_names_itself_as_next_is_not_read_for_ever",
        f"{INGEST}consul.py::test_a_page_that_names_itself_as_next_is_not_read_for_ever",
        f"{INGEST}graph.py::test_a_page_that_comes_again_is_an_error",
        f"{INGEST}google_reviews.py::test_a_page_that_names_itself_as_next_is_an_error",
        f"{INGEST}reddit.py::test_a_page_that_names_itself_as_the_next_is_left",
        f"{INGEST}x.py::test_a_page_that_names_itself_as_the_next_ends",
        f"{INGEST}youtube.py::test_a_page_that_names_itself_as_the_next_ends",
        f"{INGEST}bluesky.py::test_a_search_whose_next_page_is_itself_ends",
        f"{INGEST}mastodon_poll.py::test_a_server_that_repeats_itself_does_not_hold_us",
    )),
    35: ("user name with markup, direction marks, emoji only", (
        f"{INGEST}mastodon_parse.py::test_a_display_name_can_be_anything",
        f"{INGEST}decidim.py::test_names_with_markup_and_signs_become_plain",
        f"{INGEST}reddit.py::test_odd_names_and_numbers_do_not_travel",
        f"{INGEST}telegram.py::test_odd_names_do_not_travel",
    )),
    36: ("content warning, poll, quote, reply to a deleted post, post with an image only", (
        f"{INGEST}mastodon_parse.py::test_everything_that_was_said_is_text",
        f"{INGEST}mastodon_parse.py::test_a_quote_names_what_it_quotes",
        f"{INGEST}mastodon_abilities.py::test_the_beginning_of_a_thread_that_is_gone_is_unknown",
        f"{INGEST}bluesky_parse.py::test_a_picture_without_a_word_is_a_post",
        f"{INGEST}telegram.py::test_forwards_polls_captions_and_notices",
        "tests/unit/processors/test_group.py::test_answers_stay_where_they_are_when_what_they_answer_is_deleted",
    )),
    37: ("empty, blanks, only a link", (f"{HERE}37_*",)),
    38: ("2 MB of text", (
        f"{HERE}38_*",
        "tests/unit/corrillo/test_text.py::test_clean_keeps_so_many_characters",
        f"{INGEST}html.py::test_endless_html_gives_a_text_of_bounded_length",
    )),
    39: ("NUL and control bytes", (
        "tests/unit/corrillo/test_text.py::test_clean_leaves_what_a_reader_sees",
        f"{SQLITE}odd_texts_are_stored_as_they_are", f"{ELASTIC}odd_texts_are_stored_as_they_are",
    )),
    40: ("lone surrogates, decomposed accents, zero-width joiners", (
        "tests/unit/corrillo/test_text.py::test_clean_leaves_what_a_reader_sees", f"{HERE}40_*",
    )),
    41: ("right-to-left overrides", (
        "tests/unit/corrillo/test_text.py::test_clean_leaves_what_a_reader_sees",
        "tests/unit/dashboards/test_page.py::test_hostile_posts_are_shown_as_text",
    )),
    42: ("<script>, event attributes, javascript: links, CSV formulas", (
        f"{INGEST}html.py::test_text_is_what_people_see",
        "tests/unit/dashboards/test_page.py::test_hostile_posts_are_shown_as_text",
        "tests/unit/dashboards/test_views.py::test_only_plain_web_addresses_are_linked",
        "tests/integration/cli/test_export.py::test_no_cell_of_a_csv_is_taken_for_a_formula",
    )),
    43: ("10,000 handles", (f"{HERE}43_*",)),
    44: ("five languages in one post", (f"{HERE}44_*",)),
    45: ("look-alike letters in the institution's name", (
        f"{INGEST}match.py::test_letters_that_look_alike_do_not_hide_a_name",
    )),
    46: ("DNI, IBAN, phone, plate with dots, blanks, dashes; numbers that only look like them", (
        f"{INGEST}redact.py::test_personal_data_is_marked",
        f"{INGEST}redact.py::test_a_word_before_it_or_neighbours_do_not_hide_it",
        f"{INGEST}redact.py::test_numbers_that_only_look_like_it_stay",
    )),
    47: ("CSV with another delimiter, quotes open at the end, columns missing or twice", (
        f"{INGEST}archive.py::test_the_delimiter_is_found_in_the_header",
        f"{INGEST}archive_rows.py::test_a_quote_that_stays_open_is_not_silent",
        f"{INGEST}archive.py::test_a_header_that_does_not_fit_is_said_before_anything_is_read",
    )),
    48: ("JSON Lines with a broken line in the middle", (f"{INGEST}archive_rows.py::test_a_broken_json_line_hurts_no_other",)),
    49: ("a directory, a pipe, a missing file, no permission", (
        f"{INGEST}archive.py::test_what_is_no_file_is_refused", f"{HERE}49_*",
    )),
    50: ("full disk, read-only folder, quota", (f"{STORES}processes.py::test_a_full_disk_rolls_back_and_says_so", f"{REAL}50_*")),
    51: ("store corrupted, of a newer version, locked by another process", (
        f"{STORES}migrations.py::test_a_damaged_page_is_said_with_the_way_back",
        f"{STORES}migrations.py::test_what_is_not_a_database_is_refused_and_left_alone",
        f"{STORES}migrations.py::test_a_file_of_a_newer_version_is_refused",
        f"{STORES}processes.py::test_a_lock_held_for_too_long_is_said_with_a_remedy",
    )),
    52: ("clock set back by a day, DST night", (
        f"{REAL}52_*",
        f"{SQLITE}time_is_counted_in_the_zone_that_is_asked_for", f"{ELASTIC}time_is_counted_in_the_zone_that_is_asked_for",
        f"{INGEST}archive_rows.py::test_times_are_read_as_people_and_programs_write_them",
        "tests/integration/kafka/test_checks.py::test_an_ingestor_whose_clock_is_ahead_waits_for_somebody_to_set_it",
    )),
    53: ("two processes on one store or one source", (
        f"{STORES}processes.py::test_two_writers_and_a_reader_lose_and_double_nothing",
        "tests/e2e/test_listen.py::test_one_store_has_one_listener",
        "tests/integration/kafka/test_taking_over.py::test_of_two_ingestors_the_first_exits_and_says_why_and_nothing_is_doubled",
    )),
    54: ("out of memory for a batch", (f"{REAL}54_*",)),
    55: ("SIGTERM, SIGKILL, SIGSTOP for ten minutes", (
        "tests/e2e/test_listen.py::test_a_signal_ends_it_in_order",
        "tests/e2e/test_killed.py::test_nothing_is_lost_doubled_or_brought_back_by_killing",
        "tests/e2e/test_listen.py::test_a_listener_that_was_stopped_for_a_while_goes_on",
        f"{HERE}55_*", f"{REAL}55_*",
    )),
    56: ("unknown key, wrong type, wrong nesting, secret in the file, empty list", (
        "tests/unit/corrillo/test_settings.py::test_a_mistake_is_said_in_one_line",
        "tests/unit/corrillo/test_settings.py::test_a_secret_in_the_file_is_refused_and_not_repeated",
        "tests/unit/corrillo/test_settings.py::test_all_mistakes_are_said_at_once",
    )),
    57: ("regular expression that explodes", (
        f"{HERE}57_*", f"{INGEST}redact.py::test_endless_repetition_is_read_to_its_end",
        "tests/unit/corrillo/test_query.py::test_a_query_cannot_explode",
    )),
    58: ("boolean query with unbalanced brackets", (
        "tests/unit/corrillo/test_query.py::test_a_mistake_is_named_with_its_remedy",
        "tests/unit/corrillo/test_settings.py::test_a_mistake_is_said_in_one_line",
    )),
    59: ("time zone that does not exist", (
        "tests/unit/corrillo/test_settings.py::test_a_mistake_is_said_in_one_line_that_begins_so",
    )),
    60: ("an institution whose name is a common word", (
        f"{INGEST}match.py::test_an_alias_that_needs_company_does_not_stand_alone",
        f"{INGEST}match_homonyms.py::test_a_homonym_takes_away_what_stands_inside_it",
        "tests/unit/corrillo/test_starter.py::test_known_homonyms_are_written_down",
    )),
    61: ("not JSON, another schema, newer schema, key missing, value null, 10 MB record", (
        "tests/unit/processors/faust/test_step.py::test_what_cannot_be_read_goes_to_quarantine_the_rest_goes_on",
        "tests/unit/processors/faust/test_step.py::test_a_message_of_a_later_schema_is_not_guessed_at",
        "tests/unit/corrillo/test_model.py::test_what_is_wrong_is_refused",
        "tests/unit/corrillo/test_model.py::test_what_is_missing_is_refused",
        "tests/integration/kafka/test_publishing.py::test_a_mention_that_is_too_large_goes_to_quarantine_and_the_rest_is_published",
        f"{HERE}61_*",
    )),
    62: ("Elasticsearch 400, 404, 409, 413, 429, 5xx, partial failure, mapping conflict, read-only index", (
        "tests/unit/stores/test_server_errors.py::test_each_refusal_says_what_and_what_to_do",
        "tests/unit/stores/test_fates.py::test_an_event_fares_as_the_worst_of_its_operations",
        "tests/integration/elasticsearch/test_trouble.py::test_a_request_that_is_refused_once_is_sent_again",
        "tests/integration/elasticsearch/test_trouble.py::test_what_only_a_person_can_mend_is_said_with_what_to_do",
        "tests/integration/elasticsearch/test_trouble.py::test_of_one_bulk_some_wait_and_some_never_come",
        "tests/integration/elasticsearch/test_trouble.py::test_the_indexer_sends_less_at_a_time_where_a_request_is_too_large",
        "tests/integration/elasticsearch/test_own_server.py::test_a_cluster_that_takes_no_writes_is_found_and_said",
    )),
}  # fmt: skip


def main() -> None:
    """Print the table."""
    for number, (name, tests) in KINDS.items():
        print(f"{number:2}  {name}", *(f"      {test}" for test in tests), sep="\n")


if __name__ == "__main__":
    main()
