"""``corrillo.toml``: every mistake is answered with file, key, value and remedy."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from corrillo.errors import ConfigError, SecretMissing
from corrillo.settings import PSEUDONYM_KEY, load, parse, pseudonym_key

TOWN = '[[institution]]\nid = "benialba"\nname = "Ajuntament de Benialba"\n'
FEED = '[[source]]\nkind = "feed"\nname = "voz"\nurl = "https://voz.example/feed"\n'
FILE = Path("/town/corrillo.toml")


def mistakes(text):
    """What is said of a configuration, a line each, without the file that each begins with."""
    with pytest.raises(ConfigError) as raised:
        parse(tomllib.loads(text), FILE)
    assert "corrillo doctor" in raised.value.remedy
    lines = raised.value.message.splitlines()
    assert all(line.startswith(f"{FILE}: ") for line in lines)
    return [line.removeprefix(f"{FILE}: ") for line in lines]


WRONG = {
    "nothing": ("", "institution: is missing; add it"),
    "no institution": ("institution = []", "institution: is empty; add one: [[institution]]"),
    "one bracket": ('[institution]\nid = "a"\nname = "A"', "institution: is a table; write it with two brackets: [[institution]]"),
    "one bracket, inside": (TOWN + '[institution.homonym]\nname = "x"', "institution[1].homonym: is a table; write it with two brackets: [[institution.homonym]]"),
    "one bracket for a source": (TOWN + '[source]\nkind = "feed"', "source: is a table; write it with two brackets: [[source]]"),
    "a number for a table": ("institution = 3", "institution: 3 must be a list; write [ … ]"),
    "an unknown part": (TOWN + '[stor]\npath = "x"', "stor: is not a key here; did you mean 'store'?"),
    "an unknown key": (TOWN + "[store]\nfile = 1", "store.file: is not a key here; remove it, or use one of: kind, path"),
    "a misspelt key": (TOWN + 'alias = ["x"]', "institution[1].alias: is not a key here; did you mean 'aliases'?"),
    "a misspelt key, deep": (TOWN + '[[institution.account]]\nnetwork = "x"\nhandle = "a"\ndepartement = "b"', "institution[1].account[1].departement: is not a key here; did you mean 'department'?"),
    "the key of the code": (TOWN + "homonyms = []", "institution[1].homonyms: is not a key here; did you mean 'homonym'?"),
    "sources": ("sources = []\n" + TOWN, "sources: is not a key here; did you mean 'source'?"),
    "file": ('file = "x"\n' + TOWN, "file: is not a key here; remove it, or use one of: elasticsearch, fetch, institution, kafka, kibana, notify, ops, page, privacy, source, store, subscriber, tagger, tagging"),
    "an empty list": (TOWN + "[kafka]\nservers = []", "kafka.servers: is empty; write at least one"),
    "a missing key": (TOWN + "[[institution.homonym]]\ncontext = []", "institution[1].homonym[1].name: is missing; add it"),
    "text for a list": (TOWN + 'aliases = "Benialba"', "institution[1].aliases: 'Benialba' must be a list; write [\"Benialba\"]"),
    "text for a list, inside": (TOWN + 'names = { es = "X" }', "institution[1].names.es: 'X' must be a list; write [\"X\"]"),
    "a number in a list of texts": (TOWN + "aliases = [3]", "institution[1].aliases[1]: 3 should be a valid string"),
    "text for a number": (TOWN + 'retention_days = "730"', "institution[1].retention_days: '730' should be a valid integer"),
    "yes for a number": (TOWN + "retention_days = true", "institution[1].retention_days: True should be a valid integer"),
    "text for a port": (TOWN + '[page]\nport = "8400"', "page.port: '8400' should be a valid integer"),
    "too large a port": (TOWN + "[page]\nport = 70000", "page.port: 70000 should be less than or equal to 65535"),
    "no days": (TOWN + "retention_days = 0", "institution[1].retention_days: 0 should be greater than or equal to 1"),
    "no wait at all": (TOWN + "[fetch]\ntimeout = 0", "fetch.timeout: 0 should be greater than 0"),
    "a promise of the past": (TOWN + "commitment = { answer_within_hours = -1 }", "institution[1].commitment.answer_within_hours: -1 should be greater than 0"),
    "a name without letters": (TOWN + 'aliases = ["…"]', "institution[1].aliases[1]: '…' must contain a letter or a digit; write the name, or remove the entry"),
    "an unknown tagger": ('tagger = "magic"\n' + TOWN, "tagger: 'magic' is not installed; known: learned, rules"),
    "a platform nowhere": (TOWN + '[[institution.platform]]\nnetwork = "decidim"', "institution[1].platform[1]: needs a host (participa.example.es) or a venue (the page's name in its network)"),
    "two with one id": (TOWN * 2, "two of [[institution]] are called 'benialba'; give each a name of its own"),
    "two sources with one name": (TOWN + FEED * 2, "two of [[source]] are called 'voz'; give each a name of its own"),
    "two brackets too few": (TOWN + 'query = "((agua OR luz) corte"', "institution[1].query: '((agua OR luz) corte' query '((agua OR luz) corte': a bracket is not closed; add the missing ')'"),
    "a closing bracket": (TOWN + 'query = "agua)"', "institution[1].query: 'agua)' query 'agua)': a closing bracket has no opening one; remove it or open it"),
    "a dangling OR": (TOWN + 'query = "agua OR"', "institution[1].query: 'agua OR' query 'agua OR': OR has nothing after it; write what it looks for"),
    "hours of a kind": (TOWN + 'opening_hours = { monday = ["9-14"] }', "institution[1].opening_hours.monday[1]: '9-14' must be opening and closing time, such as \"09:00-14:00\""),
    "closing first": (TOWN + 'opening_hours = { monday = ["14:00-09:00"] }', "institution[1].opening_hours.monday[1]: '14:00-09:00' must be opening and closing time, such as \"09:00-14:00\""),
    "hour 25": (TOWN + 'opening_hours = { monday = ["09:00-25:00"] }', "institution[1].opening_hours.monday[1]: '09:00-25:00' must be opening and closing time, such as \"09:00-14:00\""),
}  # fmt: skip
BEGINS = {
    "an id with a blank": ('[[institution]]\nid = "Beni alba"\nname = "x"', "institution[1].id: 'Beni alba' string should match pattern"),
    "a day of another language": (TOWN + 'opening_hours = { lunes = ["09:00-14:00"] }', "institution[1].opening_hours.lunes: 'lunes' should be 'monday', 'tuesday'"),
    "a language that is none": (TOWN + 'names = { fr = ["x"] }', "institution[1].names.fr: 'fr' should be 'es', 'ca'"),
    "a service that is none": (TOWN + '[[institution.service]]\nname = "clean"', "institution[1].service[1].name: 'clean' should be 'cleaning', 'waste'"),
    "a time zone that is none": (TOWN + 'time_zone = "Europe/Madrit"', "institution[1].time_zone: 'Europe/Madrit' is not a time zone; use Europe/Madrid"),
    "a file as a time zone": (TOWN + 'time_zone = "../../etc/passwd"', "institution[1].time_zone: '../../etc/passwd' is not a time zone; use"),
    "an empty time zone": (TOWN + 'time_zone = ""', "institution[1].time_zone: '' is not a time zone; use"),
    "a source without kind": (TOWN + '[[source]]\nname = "x"', "source[1].kind: is missing; add one of: archive"),
    "a source that is no table": ("source = [3]\n" + TOWN, "source[1].kind: is missing; add one of: archive"),
    "an unknown kind": (TOWN + FEED + '[[source]]\nkind = "twiter"\nname = "x"', "source[2].kind: 'twiter' is not installed; use one of: archive"),
    "a source without its address": (TOWN + '[[source]]\nkind = "feed"\nname = "x"', "source[1].url: is missing; add it"),
    "an address of another kind": (TOWN + FEED.replace("https", "ftp"), "source[1].url: 'ftp://voz.example/feed' string should match pattern"),
    "a misspelt option of a source": (TOWN + FEED + "intervall = 60", "source[1].intervall: is not a key here; did you mean 'interval'?"),
    "an interval of nothing": (TOWN + FEED + "interval = 0", "source[1].interval: 0 should be greater than 0"),
    "an option of another kind": (TOWN + FEED + 'instance = "x"', "source[1].instance: is not a key here; "),
    "a venue that is none": (TOWN + FEED + 'venue_kind = "paper"', "source[1].venue_kind: 'paper' should be 'agency'"),
    "a name with a blank": (TOWN + FEED.replace('"voz"', '"La Voz"'), "source[1].name: 'La Voz' string should match pattern"),
    "about something": (TOWN + FEED + 'about = "all"', "source[1].about: 'all' must be \"matching\""),
    "a column that is none": (TOWN + '[[source]]\nkind = "archive"\nname = "x"\npath = "a.csv"\nmap = { txt = "a" }', "source[1].map: 'txt' is no column of ours; known: text, id"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_said_in_one_line(text, said):
    """Where it is, what stands there, and what to do: nothing else is complained about."""
    assert mistakes(text) == [said]


@pytest.mark.parametrize(("text", "said"), BEGINS.values(), ids=BEGINS)
def test_a_mistake_is_said_in_one_line_that_begins_so(text, said):
    """The same, where the rest of the line is a list of what may stand there."""
    (line,) = mistakes(text)
    assert line.startswith(said)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (
            TOWN + '[[source]]\nkind = "mastodon"\nname = "m"\ninstance = "m.example"\ntoken = "s3cr3t"',
            "source[1].token",
        ),
        (TOWN + '[privacy]\npseudonym_key = "s3cr3t"', "privacy.pseudonym_key"),
        ('password = "s3cr3t"\n' + TOWN, "password"),
        ('x = [{ api_key = "s3cr3t" }]\n' + TOWN, "x[1].api_key"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(text, key):
    """Files are copied and committed; the message says where secrets belong."""
    said = mistakes(text)
    assert said[0].startswith(f"{key}: a secret stands in the file; name its file instead")
    assert "s3cr3t" not in "\n".join(said)


def test_the_names_of_secrets_are_no_secrets():
    """``…_file`` says where one is."""
    source = '[[source]]\nkind = "mastodon"\nname = "m"\ninstance = "m.example"\ntoken_file = "a"'
    assert parse(tomllib.loads(TOWN + source), FILE).sources


def test_all_mistakes_are_said_at_once():
    """Nobody starts five times to find five."""
    text = (
        'tagger = "magic"\n'
        + TOWN
        + 'aliases = "x"\ntime_zone = "Mars"\nx = 1\n'
        + FEED
        + "interval = -1\n[page]\nport = -1"
    )
    keys = [line.split(":")[0] for line in mistakes(text)]
    assert sorted(keys) == sorted(
        ["tagger", "institution[1].aliases", "institution[1].time_zone", "institution[1].x", "source[1].interval", "page.port"]
    )  # fmt: skip


def test_what_is_left_out_has_a_default(tmp_path):
    """An institution with a name is enough; the store stands beside the file."""
    file = tmp_path / "corrillo.toml"
    file.write_text(TOWN, encoding="utf-8")
    settings = load(file)
    (town,) = settings.institutions
    assert (town.id, town.time_zone, town.retention_days) == ("benialba", "Europe/Madrid", 730)
    assert (settings.page.host, settings.tagger, settings.sources) == ("127.0.0.1", "learned", ())
    assert settings.store_path == tmp_path / "corrillo.db"


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "there is no such file"), (b"id = ", "is not valid TOML"), (b"\xff\xfe", "cannot be read"),
     (b"x = " + b"[" * 5_000, "is not valid TOML"), (b"x = " + b"9" * 5_000, "is not valid TOML"), ("folder", "cannot be read")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_said_so(tmp_path, content, said):
    """Missing, no TOML, no text, a folder: with the file and a remedy."""
    file = tmp_path / "corrillo.toml"
    if content == "folder":
        file.mkdir()
    elif content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=said) as raised:
        load(file)
    assert str(file) in raised.value.message
    assert raised.value.remedy


def test_the_key_comes_from_the_environment_or_its_file(tmp_path):
    """The environment wins; relative paths start at the configuration."""
    file = tmp_path / "corrillo.toml"
    settings = parse(tomllib.loads(TOWN), file)
    (tmp_path / "corrillo.key").write_text("from-the-file-0123456789\n", encoding="utf-8")
    assert pseudonym_key(settings, {}) == b"from-the-file-0123456789"
    assert pseudonym_key(settings, {PSEUDONYM_KEY: "from-the-environment"}) == b"from-the-environment"


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), ("  \n", "is empty"), ("short", "has 5 bytes")]
)
def test_a_key_that_cannot_be_used_is_said_so(tmp_path, content, said):
    """Missing, empty, too short; with the way to make one."""
    if content is not None:
        (tmp_path / "corrillo.key").write_text(content, encoding="utf-8")
    with pytest.raises(SecretMissing, match=said) as raised:
        pseudonym_key(parse(tomllib.loads(TOWN), tmp_path / "corrillo.toml"), {})
    assert raised.value.remedy
