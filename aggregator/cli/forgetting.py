"""Taking articles out for good."""

from __future__ import annotations

import click

from aggregator.cli.options import config_of, data_options, open_store
from aggregator.errors import InputError


@click.command()
@data_options
@click.argument("subject", metavar="ARTICLE|SOURCE")
@click.option("--reason", required=True, help="Why: it stands in the tombstone, which everybody can read.")
@click.option("--source", "is_source", is_flag=True, help="SUBJECT is the id of a source: all of its articles.")
@click.option("--copies", is_flag=True, help="Their known copies on other sites, too.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(data: str | None, subject: str, reason: str, is_source: bool, copies: bool, yes: bool) -> None:
    """Take an article (its id or URL), or all of a source, out for good: its text leaves the store and the files.

    The journal gets a tombstone line for those who keep copies, and the address is never fetched again.  Lines keep
    their numbers; articles.jsonl and the journal's parts are written anew, so a program that follows them should open
    them again, and so are WARC files that hold the page.  Backups still hold it, and files that are said to.

    \b
    Examples:
      aggregator forget https://example.org/news/1 --reason "court order 12/2026"
      aggregator forget example-gazette --source --reason "its owner asked for it"
    """
    from filelock import Timeout

    from aggregator.operations import forgetting
    from aggregator.run import editor_lock, utc_now

    config = config_of((), data)
    store = open_store(config)
    lock = editor_lock(config)
    try:
        lock.acquire(timeout=5)
        if not store.become_editor():
            raise Timeout(lock.lock_file)
        articles = forgetting.chosen(store, subject, source=is_source, copies=copies)
        if not yes:
            click.confirm(f"{len(articles)} articles are taken out for good.  Go on?", abort=True, err=True)
        told = forgetting.forget(store, config, articles, reason, utc_now())
    except Timeout:
        raise InputError(f"a crawl is writing the journal of {config.data_folder}: try again when it is done") from None
    finally:
        store.resign_editor()
        lock.release()
        store.close()
    for line in told.lines:
        click.echo(f"forgotten: {line.id} {line.url}")
        for copy in line.copies:
            if copy not in articles:
                click.echo(f"  a copy is still there: {copy} (--copies takes it out, too)")
    click.echo(f"written anew: {', '.join(told.rewritten) or 'nothing'}", err=True)
    for path in told.cleaned:
        click.echo(f"{path}: written anew without the page", err=True)
    for path in told.archives:
        click.echo(f"{path} may still hold the page: it is in use, or cannot be rewritten; see to it", err=True)
    if is_source:
        click.echo(f"so that nothing new comes: aggregator sources remove {subject}", err=True)
