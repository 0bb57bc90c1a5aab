"""The newsroom's page."""

from __future__ import annotations

import click

from aggregator.cli.options import config_of, open_store, project_options
from aggregator.errors import InputError


@click.command()
@project_options
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; others need the token.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option("--name", "names", multiple=True, metavar="HOST", help="Another name under which it may be asked for.")
@click.option("--images", is_flag=True, help="Load pictures from the publishers' servers; they see who looks.")
def web(
    overrides: tuple[str, ...],
    data: str | None,
    sources: str | None,
    host: str,
    port: int,
    names: tuple[str, ...],
    images: bool,
) -> None:
    """Serve a page of what was collected, until Ctrl-C: stories, articles, search, sources, feeds and an API.

    Who opens the printed link may pause, check, poll and add sources; without its token the page can only be looked
    at, and only from this machine.

    \b
    Examples:
      aggregator web
      aggregator web --data data/demo --sources data/demo/sources.toml
      aggregator web --host 0.0.0.0 --name news.example.org
    """
    try:
        import uvicorn

        from aggregator.web.app import create_app
    except ImportError as error:
        raise InputError(
            f"the page needs the extra [web] ({error.name} is missing): pip install 'regional-news-aggregator[web]'"
        ) from error
    from aggregator.operations.serving import token
    from aggregator.web.desk import Desk
    from aggregator.web.options import WebOptions

    config = config_of(overrides, data, sources)
    open_store(config).close()
    words = [part for override in overrides for part in ("--set", override)]
    words += ["--data", str(config.data_folder), "--sources", str(config.sources)]
    options = WebOptions(
        token=token(config.data_folder), host=host, port=port, names=names, images=images, words=tuple(words)
    )
    app = create_app(Desk(config, options))
    shown = f"[{host}]" if ":" in host else "127.0.0.1" if options.private else (names or (host,))[0]
    click.echo(f"http://{shown}:{port}/stories?token={options.token}", err=True)
    click.echo("Ctrl-C ends it.", err=True)
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        limit_concurrency=200,
    )
