"""What Elasticsearch says, in words that a person can act on."""

from __future__ import annotations

import json

import pytest

from stores.elasticsearch.errors import explained


def error(kind, reason, **more):
    return json.dumps({"error": {"type": kind, "reason": reason, **more}}).encode()


@pytest.mark.parametrize(
    ("status", "body", "said", "remedy", "transient"),
    [
        (401, b"", "password is wrong", "elasticsearch.user", False),
        (403, error("security_exception", "action [indices:x] is unauthorized"), "pepa may not: action", "role", False),
        (403, error("cluster_block_exception", "index [x] blocked by: [FORBIDDEN/8/index write (api)]"),
            "takes no writes", "block", False),
        (429, error("cluster_block_exception", "… flood-stage watermark, index has read-only-allow-delete block"),
            "disk is almost full", "disk", True),
        (429, error("es_rejected_execution_exception", "rejected"), "too much to do", "tried again", True),
        (404, error("index_not_found_exception", "no such index [x]"), "index is missing", "setup", False),
        (400, error("strict_dynamic_mapping_exception", "[x] is not allowed"), "no such field", "setup", False),
        (413, b"<html>too large</html>", "too large", "http.max_content_length", False),
        (406, b"", "no Elasticsearch 9", "upgrade", False),
        (400, error("media_type_header_exception", "Invalid media-type value on headers [Accept]"),
            "no Elasticsearch 9", "upgrade", False),
        (503, b"not json", "not ready (not json)", "health", True),
        (400, error("x", "failed", caused_by={"type": "y", "reason": "the root"}), "failed: the root", "log", False),
    ],
)  # fmt: skip
def test_each_refusal_says_what_and_what_to_do(status, body, said, remedy, transient):
    """Where it was, too."""
    found = explained("https://there:9200", "pepa", "PUT /x", status, body)
    assert said in found.message
    assert found.message.startswith("https://there:9200: ")
    assert remedy in found.remedy
    assert found.transient is transient
