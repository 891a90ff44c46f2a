"""``corrillo subscribe``: who is told of incidents, of which, and by which ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, cast, get_args

import msgspec
import typer

from corrillo.alerts import LEVELS, Level
from corrillo.bootstrap import known_links, now
from corrillo.cli.common import FAILED, ConfigOption, JsonOption, print_json, say, settings_of, store_of
from corrillo.cli.opened import opened
from corrillo.cli.subscriber_lines import as_json, line, whole
from corrillo.cli.telling import call_the_roll, tested
from corrillo.cli.who import free_id, one_of, somebody
from corrillo.errors import ConfigError
from corrillo.notices import Hours, Period, Subscriber, Way
from corrillo.people import LONGEST_NAME
from corrillo.ports import Store
from corrillo.settings import Settings
from corrillo.subscribers import hours_of, unknown, way_of
from corrillo.text import clean, fold
from notify.decide import confirmation

commands = typer.Typer(no_args_is_help=True, help="Who is told of incidents, of which, and by which ways.")
Repeated = Annotated[list[str] | None, typer.Option(show_default=False)]
WhoArgument = Annotated[str, typer.Argument(metavar="ID", help="The subscriber's id, or name.", show_default=False)]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(commands, name="subscribe")


@commands.command()
def add(
    name: Annotated[str, typer.Argument(help="Their name, as the others know them.", show_default=False)],
    way: Annotated[
        list[str] | None,
        typer.Option(
            "--way",
            metavar="ADDRESS",
            help="An address of mail or of the web; repeat it, best first.",
            show_default=False,
        ),
    ] = None,
    ways_file: Annotated[
        str,
        typer.Option(
            "--ways-file",
            metavar="FILE",
            help="More, one a line (- is standard input): for those with a token.",
            show_default=False,
        ),
    ] = "",
    identity: Annotated[
        str, typer.Option("--id", help="Letters, digits and - (default: of the name).", show_default=False)
    ] = "",
    institution: Annotated[
        list[str] | None, typer.Option(help="Only of this one; repeat it.", show_default=False)
    ] = None,
    service: Annotated[
        list[str] | None, typer.Option(help="Only of this service; repeat it.", show_default=False)
    ] = None,
    district: Annotated[
        list[str] | None, typer.Option(help="Only of this district; repeat it.", show_default=False)
    ] = None,
    least: Annotated[str, typer.Option(help="From which level on: watch, warning, crisis.")] = "warning",
    language: Annotated[str, typer.Option("--lang", help="es or en.")] = "es",
    quiet: Annotated[
        list[str] | None,
        typer.Option(metavar="HOURS", help='When only a crisis may disturb: "22:00-08:00".', show_default=False),
    ] = None,
    quiet_holidays: Annotated[bool, typer.Option("--quiet-holidays", help="On public holidays as well.")] = False,
    shift: Annotated[
        list[str] | None,
        typer.Option(metavar="HOURS", help='Hours of duty: "mon-fri 08:00-15:00".', show_default=False),
    ] = None,
    next_one: Annotated[
        str, typer.Option("--next", metavar="ID", help="Who is told when they do not acknowledge.", show_default=False)
    ] = "",
    after: Annotated[int, typer.Option(min=1, max=1440, help="Minutes until then.")] = 15,
    per_hour: Annotated[int, typer.Option(min=1, max=60, help="Messages at most; a crisis is told in any case.")] = 6,
    digest: Annotated[list[str] | None, typer.Option(help="daily or weekly; repeat it.", show_default=False)] = None,
    digest_at: Annotated[str, typer.Option(metavar="HH:MM", help="At what time.")] = "08:00",
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="They have said that they want it: do not ask.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Somebody wants to be told. Each address is asked first whether it wants it, unless you know.

    Examples:

        corrillo subscribe add "Gabinete de Alcaldía" --way gabinete@example.es --least crisis --confirmed

        corrillo subscribe add Guardia --way guardia@example.es --ways-file telegram.txt --next jefatura --after 10

        corrillo subscribe add Comunicación --way prensa@example.es --quiet 22:00-08:00 --digest daily
    """
    settings, moment = settings_of(config), now()
    with store_of(settings) as store:
        call_the_roll(settings, store)
        known = store.subscribers()
        new = Subscriber(
            id=free_id(identity, name, known),
            name=_named(name, known),
            ways=_ways([*(way or ()), *_lines(ways_file)], moment if confirmed else None),
            institutions=tuple(institution or ()),
            services=tuple(service or ()),
            districts=tuple(district or ()),
            least=cast(Level, one_of("--least", least, LEVELS[1:])),
            language=cast(Literal["es", "en"], one_of("--lang", language, ("es", "en"))),
            quiet=tuple(_hours("--quiet", text) for text in quiet or ()),
            quiet_holidays=quiet_holidays,
            shifts=tuple(_hours("--shift", text) for text in shift or ()),
            next=next_one,
            after=after,
            per_hour=per_hour,
            digests=tuple(cast(Period, one_of("--digest", d, get_args(Period))) for d in digest or ()),
            digest_at=_clock(digest_at),
            created=moment,
        )
        if strange := unknown(new, settings.institutions, [s.id for s in known]):
            raise ConfigError(f"--{strange[0].replace('s:', ':', 1)}", strange[1])
        store.subscribe(new)
        say(f"{new.name} is told from now on, as {new.id}." if confirmed else f"{new.name} is {new.id}.")
        _ask(settings, store, new)


@commands.command("list")
def listed(config: ConfigOption = None, as_records: JsonOption = False) -> None:
    """Who is told, from which level on, by which ways; ? is a way that nobody has confirmed.

    Example:

        corrillo subscribe list
    """
    settings = settings_of(config)
    with store_of(settings) as store:
        people = store.subscribers()
    if as_records:
        print_json([as_json(p) for p in people])
        return
    for one in people:
        typer.echo(line(one))
    if not people:
        say("Nobody: corrillo subscribe add, the page, or [[subscriber]] in the configuration.")


@commands.command()
def show(who: WhoArgument, config: ConfigOption = None, as_records: JsonOption = False) -> None:
    """Everything that is known of somebody, and what they were told lately.

    Example:

        corrillo subscribe show guardia
    """
    settings = settings_of(config)
    with store_of(settings) as store:
        one = somebody(store, who)
        told = store.deliveries(subscriber=one.id, limit=10)
    if as_records:
        print_json(as_json(one) | {"told": [msgspec.to_builtins(d) for d in told]})
        return
    for text in whole(one, told, settings.institutions[0].zone):
        typer.echo(text)


@commands.command()
def remove(
    who: WhoArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: ConfigOption = None,
) -> None:
    """Delete somebody for good, with everything about them: also what they were told.

    Example:

        corrillo subscribe remove guardia
    """
    settings = settings_of(config)
    with store_of(settings) as store:
        one = somebody(store, who)
        if one.origin == "file":
            raise ConfigError(
                f"{one.id!r} stands in {settings.file}", "take their [[subscriber]] out of it, and start again"
            )
        if not yes and not typer.confirm(f"Delete {one.name} ({one.id}) and what they were told?", err=True):
            raise typer.Abort
        store.unsubscribe(one.id)
    say(f"{one.name} is told nothing any more, and nothing is known of them.")


@commands.command()
def confirm(
    who: WhoArgument,
    ask: Annotated[bool, typer.Option("--ask", help="Send the question again instead.")] = False,
    config: ConfigOption = None,
) -> None:
    """Somebody has told you that they want it: their addresses are confirmed.

    Example:

        corrillo subscribe confirm guardia
    """
    settings = settings_of(config)
    with store_of(settings) as store:
        one = somebody(store, who)
        if ask:
            _ask(settings, store, one)
            return
        moment = now()
        ways = tuple(Way(kind=w.kind, address=w.address, confirmed=w.confirmed or moment) for w in one.ways)
        store.subscribe(msgspec.structs.replace(one, ways=ways))
    say(f"{one.name}: {len(ways)} ways are confirmed.")


@commands.command("test")
def try_ways(who: WhoArgument, config: ConfigOption = None, as_records: JsonOption = False) -> None:
    """Send one real message by each confirmed way, marked as a drill, and say what each channel answered.

    Example:

        corrillo subscribe test guardia
    """
    settings = settings_of(config)
    with store_of(settings) as store:
        one = somebody(store, who)
        tried = tested(settings, store, one)
    if as_records:
        print_json([{"way": w.masked, "ok": ok, "said": text} for w, ok, text in tried])
    for way, ok, text in [] if as_records else tried:
        typer.echo(f"{'ok ' if ok else 'NO '} {way.masked}: {text}")
    if not tried:
        say(f"{one.name} has no way to be reached.")
    if not tried or not all(ok for _, ok, _ in tried):
        raise typer.Exit(FAILED)


def _ask(settings: Settings, store: Store, one: Subscriber) -> None:
    """Let the office send the question to every way that nobody has confirmed; say what becomes of it."""
    open_ways = [n for n, w in enumerate(one.ways) if w.confirmed is None]
    if not one.ways:
        say("There is no way to reach them yet: give one with --way.")
    if not open_ways:
        return
    links = known_links(settings)
    if links is None or not links.public_url:
        say(
            f"Nobody can answer the question without page.public_url; when you know: corrillo subscribe confirm {one.id}"
        )
        return
    store.deliver([confirmation(one, n, now()) for n in open_ways])
    say(
        "Each address is asked whether it wants it; nothing else goes there before. corrillo listen (or notify) sends it."
    )


def _named(name: str, people: Sequence[Subscriber]) -> str:
    given = clean(name)
    if not 0 < len(given) <= LONGEST_NAME:
        raise ConfigError(f"NAME {name!r}: cannot be a name", f"write one of 1 to {LONGEST_NAME} characters")
    if any(fold(p.name) == fold(given) for p in people):
        raise ConfigError(f"NAME {name!r}: is taken", "add something to it: by the name others know who acknowledged")
    return given


def _ways(addresses: list[str], confirmed: object) -> tuple[Way, ...]:
    try:
        ways = [way_of(a) for a in dict.fromkeys(addresses)]
    except ValueError as error:
        raise ConfigError(f"--way: one of them {error}", "mend it") from None
    return tuple(msgspec.structs.replace(w, confirmed=confirmed) for w in ways)


def _lines(file: str) -> list[str]:
    if not file:
        return []
    with opened("--ways-file", file) as stream:
        return [text.strip() for text in stream if text.strip() and not text.lstrip().startswith("#")]


def _hours(option: str, text: str) -> Hours:
    try:
        return hours_of(text)
    except ValueError as error:
        raise ConfigError(f"{option} {text!r}: {error}", "mend it") from None


def _clock(text: str) -> str:
    try:
        return hours_of(f"{text}-00:00").begin
    except ValueError:
        raise ConfigError(f"--digest-at {text!r}: is no time", "write it as 08:00") from None
