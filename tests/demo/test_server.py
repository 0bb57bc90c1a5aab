"""The demo server on a real socket."""

from __future__ import annotations

import threading
import tomllib
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from aggregator.demo.server import DemoServer, catalogue_toml
from aggregator.errors import InputError


class Client:
    """Asks over one kept-alive connection."""

    def __init__(self, server: DemoServer) -> None:
        self._connection = HTTPConnection("127.0.0.1", server.port, timeout=5)

    def ask(self, url: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, path, headers={"Host": parts.netloc, **named})
        answer = self._connection.getresponse()
        body = answer.read()
        return answer.status, dict(answer.headers), body

    def close(self) -> None:
        self._connection.close()


def test_keeps_a_connection_and_tells_sites_apart() -> None:
    with DemoServer() as server:
        client = Client(server)
        bodies = {client.ask(str(source.homepage))[2] for source in server.web.sources}
        assert len(bodies) == len(server.web.sources)
        assert [request.status for request in server.requests] == [200] * len(bodies)
        client.close()


def test_conditional_request_over_the_wire() -> None:
    with DemoServer() as server:
        client = Client(server)
        feed = server.web.sources[0].feeds[0].url
        _, headers, body = client.ask(feed)
        assert body
        status, _, nothing = client.ask(feed, if_none_match=headers["ETag"])
        assert (status, nothing) == (304, b"")
        assert client.ask(feed)[0] == 200  # the connection is still in step
        client.close()


def test_busy_page_answers_the_second_time() -> None:
    with DemoServer() as server:
        client = Client(server)
        busy = next(a.url for a in server.web.truth.articles if a.url.endswith("/desert-solar-tender.html"))
        assert client.ask(busy, method="HEAD")[0] == 503
        assert [client.ask(busy)[0] for _ in range(3)] == [503, 200, 200]
        client.close()


def test_head_has_no_body_and_other_methods_are_refused() -> None:
    with DemoServer() as server:
        client = Client(server)
        status, headers, body = client.ask(server.web.truth.articles[0].url, method="HEAD")
        assert (status, body) == (200, b"")
        assert int(headers["Content-Length"]) > 0
        assert client.ask(str(server.web.sources[0].homepage), method="DELETE")[0] == 501
        client.close()


def test_edition_is_switched_while_serving() -> None:
    with DemoServer() as server:
        client = Client(server)
        later = next(a.url for a in server.web.truth.articles if a.url.endswith("/pharmacies-night-rota.html"))
        assert client.ask(later)[0] == 404
        server.edition = 2
        assert client.ask(later)[0] == 200
        with pytest.raises(ValueError, match="no edition 3"):
            server.edition = 3
        client.close()


def test_many_threads_at_once() -> None:
    with DemoServer() as server:
        addresses = [article.url for article in server.web.truth.at(1, 2).values()] * 2

        def status(url: str) -> int:
            client = Client(server)
            answer = client.ask(url)[0]
            client.close()
            return answer

        with ThreadPoolExecutor(24) as pool:
            answers = list(pool.map(status, addresses))
        assert sorted(set(answers)) == [200, 503]
        assert answers.count(503) == 1
        assert len(server.requests) == len(addresses)


def test_leaves_nothing_behind_even_with_an_open_connection() -> None:
    before = threading.active_count()
    with DemoServer() as server:
        client = Client(server)
        client.ask(str(server.web.sources[0].homepage))
    assert threading.active_count() == before
    client.close()
    with DemoServer(server.port) as again:
        assert again.port == server.port


def test_port_in_use_is_said_in_words() -> None:
    with DemoServer() as server, pytest.raises(InputError, match=f"port {server.port} is in use: choose another"):
        DemoServer(server.port)


@pytest.mark.parametrize("port", [-1, 70_000])
def test_impossible_port(port: int) -> None:
    with pytest.raises(InputError, match="is no port"):
        DemoServer(port)


def test_catalogue_is_toml_of_the_sources() -> None:
    with DemoServer() as server:
        read = tomllib.loads(catalogue_toml(server.web))["source"]
    assert [entry["id"] for entry in read] == [source.id for source in server.web.sources]
    for entry, source in zip(read, server.web.sources, strict=True):
        assert entry["name"] == source.name
        assert [feed["url"] for feed in entry.get("feeds", [])] == [feed.url for feed in source.feeds]
        assert tuple(entry.get("sitemaps", [])) == source.sitemaps
        assert tuple(entry.get("listings", [])) == source.listings
