"""Is it new, a new form of something known, or a copy?  Each verdict, and each mistake that must not be made."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aggregator.identity import judge
from aggregator.identity.changes import change_between
from aggregator.records import Article, Fingerprint, Known, Neighbours, Verdict
from tests.store.newsroom import DAY, HOUR, NOW, article, newcomer, publisher, reading, sighting, text, url


def known(*forms: Fingerprint, **changes: Any) -> Known:
    """An article of the store: all its forms, the latest last."""
    latest = replace(forms[-1].article, revision=len(forms), id=forms[0].article.id)
    usual: dict[str, Any] = {"status": "unique", "root": latest.id}
    hashes = tuple(form.content_hash for form in forms)
    return Known(**{**usual, "article": latest, "text_hash": forms[-1].text_hash, "content_hashes": hashes, **changes})


def by_url(new: Fingerprint, found: Known, *keys_of: Fingerprint) -> Verdict:
    """The verdict where the store knows one of its URLs."""
    names = frozenset(name for form in keys_of for name in form.url_keys)
    return judge(new, Neighbours(by_url=found, known_keys=names & frozenset(new.url_keys)))


class TestNew:
    def test_what_nothing_is_known_of_is_unique(self) -> None:
        """The common case, and it keeps the id its reader gave."""
        new = newcomer("flood")
        verdict = judge(new, Neighbours())
        assert (verdict.outcome, verdict.of, verdict.level) == ("unique", None, None)
        assert verdict.article == new.article
        assert verdict.reason


class TestSamePage:
    def test_the_same_page_again_is_unchanged(self) -> None:
        """Most readings of a known page bring nothing: no line, no revision."""
        first = newcomer("flood")
        verdict = by_url(newcomer("flood", fetched=NOW + DAY), known(first), first)
        assert (verdict.outcome, verdict.of, verdict.level) == ("unchanged", first.article.id, "url")
        assert verdict.article.id == first.article.id

    @pytest.mark.parametrize(
        ("changes", "kind"),
        [
            ({"headline": "Flood: three dead"}, "headline"),
            ({"text": text("other")}, "body"),
            ({"text": text("other"), "headline": "Another"}, "body"),
            ({"text": text("flood").replace("flood7 ", "flod7 ")}, "typo"),
            ({"authors": ("A. Writer",)}, "metadata"),
            ({"published": NOW - 2 * HOUR}, "metadata"),
        ],
    )
    def test_a_changed_page_is_a_revision_of_its_kind(self, changes: dict[str, Any], kind: str) -> None:
        """Readers that only want news of substance leave out `typo` and `metadata`."""
        first = newcomer("flood")
        verdict = by_url(newcomer("flood", fetched=NOW + HOUR, **changes), known(first), first)
        assert (verdict.outcome, verdict.article.change, verdict.article.revision) == ("revision", kind, 2)
        assert verdict.article.id == verdict.of == first.article.id
        assert kind in verdict.reason

    @pytest.mark.parametrize(
        "changes",
        [
            {"text": text("flood").upper()},
            {"headline": "THE FLOOD"},
            {"text": text("flood").replace(" ", "\n\n")},
            {"section": "World"},
            {"tags": ("weather",)},
            {"modified": NOW},
            {"access": "metered"},
            {"warnings": ("doubtful",)},
        ],
    )
    def test_what_no_reader_would_call_a_change_is_none(self, changes: dict[str, Any]) -> None:
        """A page that shows the time of day would otherwise be revised at each reading."""
        first = newcomer("flood")
        assert by_url(newcomer("flood", **changes), known(first), first).outcome == "unchanged"

    def test_a_revision_keeps_the_name_of_the_first_form(self) -> None:
        """Promise P4: the canonical URL that gave the id stays, whatever the page says later."""
        first = newcomer("flood")
        moved = newcomer("flood", canonical_url=url("flood-renamed"), headline="Now otherwise", fetched=NOW + HOUR)
        verdict = by_url(moved, known(first), first)
        assert verdict.outcome == "revision"
        assert verdict.article.canonical_url == first.article.canonical_url
        assert verdict.article.id == first.article.id

    def test_a_page_that_flips_back_is_unchanged(self) -> None:
        """Two servers behind one name, one of them stale, must not make a revision at each reading."""
        first, second = newcomer("flood"), newcomer("flood", headline="Flood: three dead")
        again = newcomer("flood", fetched=NOW + DAY)
        verdict = by_url(again, known(first, second), first)
        assert verdict.outcome == "unchanged"
        assert "revision 1" in verdict.reason
        assert verdict.article.revision == 2

    def test_an_older_form_is_not_a_revision(self) -> None:
        """An archive read after the live page holds yesterday's form: history is not written backwards."""
        latest = newcomer("flood", fetched=NOW)
        older = newcomer("flood", text=text("draft"), fetched=NOW - DAY)
        assert by_url(older, known(latest), latest).outcome == "unchanged"


class TestVariants:
    @pytest.mark.parametrize("variant", ["https://gazette.example/amp-pages/77", "https://gazette.example/druck?nr=77"])
    def test_a_variant_that_names_its_canonical_page_is_a_duplicate(self, variant: str) -> None:
        """AMP and print pages at addresses of their own say by rel=canonical whose they are."""
        first = newcomer("flood")
        shown_otherwise = newcomer("flood", url=variant, canonical_url=url("flood"), text=text("flood", words=50))
        verdict = by_url(shown_otherwise, known(first), first)
        assert (verdict.outcome, verdict.level, verdict.of) == ("duplicate", "canonical", first.article.id)
        assert verdict.article.id == first.article.id

    def test_a_variant_read_again_is_unchanged(self) -> None:
        """Its line stands in the journal already."""
        first = newcomer("flood")
        variant = newcomer("flood", url="https://gazette.example/print-pages/77", canonical_url=url("flood"))
        assert by_url(variant, known(first), first, variant).outcome == "unchanged"

    def test_a_redirecting_url_of_a_known_page_is_a_duplicate(self) -> None:
        """A short link leads to the page itself: known under another name."""
        first = newcomer("flood")
        verdict = by_url(newcomer("flood", asked="https://short.example/x1"), known(first), first)
        assert (verdict.outcome, verdict.level) == ("duplicate", "canonical")


class TestGuid:
    def test_a_moved_article_is_known_by_its_guid(self) -> None:
        """Publishers rename slugs when they rewrite headlines; the feed's id stays."""
        first = newcomer("flood", guid="77")
        moved = newcomer("flood", url=url("flood-three-dead"), guid="77")
        verdict = judge(moved, Neighbours(by_guid=known(first)))
        assert (verdict.outcome, verdict.level, verdict.of) == ("duplicate", "guid", first.article.id)
        assert verdict.article.id == first.article.id

    def test_a_moved_and_changed_article_is_a_revision(self) -> None:
        """The usual case: new slug, new paragraph."""
        first = newcomer("flood", guid="77")
        moved = newcomer("flood", url=url("flood-2"), text=text("flood") + " and more", guid="77", fetched=NOW + HOUR)
        verdict = judge(moved, Neighbours(by_guid=known(first)))
        assert (verdict.outcome, verdict.level, verdict.article.id) == ("revision", "guid", first.article.id)

    def test_a_reused_guid_with_another_text_does_not_merge(self) -> None:
        """Some feeds number their entries 1 to 20 anew at each poll: the second day's would all be lost."""
        first = newcomer("flood", guid="1")
        other = newcomer("election", guid="1")
        assert judge(other, Neighbours(by_guid=known(first))).outcome == "unique"

    def test_the_url_counts_more_than_the_guid(self) -> None:
        """A guid may be wrong; the page that was fetched is what it is."""
        flood, election = newcomer("flood"), newcomer("election", guid="1")
        neighbours = Neighbours(by_url=known(election), known_keys=frozenset(election.url_keys), by_guid=known(flood))
        assert judge(election, neighbours).of == election.article.id


class TestCopies:
    def copy_of(self, story: str, **changes: Any) -> Fingerprint:
        usual: dict[str, Any] = {
            "url": url(story, "tribune.example"),
            "source": publisher("tribune"),
            "text": text(story),
        }
        return reading(article(story, **{**usual, **changes}))

    def test_the_same_text_elsewhere_is_a_copy(self) -> None:
        """An agency report in forty papers is one article and forty places."""
        first, copy = newcomer("flood"), self.copy_of("flood", headline="Other words above it")
        verdict = judge(copy, Neighbours(by_text=known(first)))
        assert (verdict.outcome, verdict.level, verdict.of) == ("duplicate", "exact_text", first.article.id)
        assert verdict.article.id == copy.article.id != first.article.id

    def test_a_copy_of_a_copy_points_at_the_root(self) -> None:
        """Chains would have to be followed by every reader."""
        first, second, third = (
            newcomer("flood"),
            self.copy_of("flood"),
            newcomer("flood", url=url("flood", "c.example")),
        )
        found = known(second, status="duplicate", root=first.article.id)
        assert judge(third, Neighbours(by_text=found)).of == first.article.id

    def test_short_texts_are_no_copies(self) -> None:
        """`The match ended 2-1.` is written twice a week."""
        first = newcomer("flood", text=text("flood", words=39))
        copy = self.copy_of("flood", text=text("flood", words=39))
        assert judge(copy, Neighbours(by_text=known(first))).outcome == "unique"
        first, copy = newcomer("flood", text=text("flood", 40)), self.copy_of("flood", text=text("flood", 40))
        assert judge(copy, Neighbours(by_text=known(first))).outcome == "duplicate"

    @pytest.mark.parametrize(("days", "outcome"), [(30, "duplicate"), (31, "unique"), (-31, "unique")])
    def test_the_same_words_much_later_are_no_copy(self, days: int, outcome: str) -> None:
        """The monthly notice of prayer times is a new one each month."""
        first = newcomer("flood")
        copy = self.copy_of("flood", published=NOW - HOUR + timedelta(days=days))
        assert judge(copy, Neighbours(by_text=known(first))).outcome == outcome

    def test_copies_without_a_date_are_copies(self) -> None:
        """A page that hides its date is no reason to show it twice."""
        first, copy = newcomer("flood"), self.copy_of("flood", published=None)
        assert judge(copy, Neighbours(by_text=known(first))).outcome == "duplicate"

    def test_a_copy_with_only_a_new_headline_stays_a_copy(self) -> None:
        """Its text is still the agency's: it must not turn into an article of its own."""
        first, copy = newcomer("flood"), self.copy_of("flood")
        found = known(copy, status="duplicate", root=first.article.id)
        again = self.copy_of("flood", headline="New words above it", fetched=NOW + HOUR)
        assert by_url(again, found, copy).outcome == "unchanged"

    def test_a_copy_with_a_new_text_becomes_an_article(self) -> None:
        """The paper has begun to report for itself."""
        first, copy = newcomer("flood"), self.copy_of("flood")
        found = known(copy, status="duplicate", root=first.article.id)
        rewritten = self.copy_of("flood", text=text("own"), fetched=NOW + HOUR)
        verdict = by_url(rewritten, found, copy)
        assert (verdict.outcome, verdict.article.id) == ("revision", copy.article.id)


class TestFingerprint:
    def test_the_texts_digest_does_not_see_the_keyboard(self) -> None:
        """Agency texts are retyped: other quotes, other kaf, other spaces."""
        one = newcomer("a", text="«كتاب» علي – 12 it's")
        other = newcomer("b", text='"کتاب"   علی - ۱۲ it’s')
        assert one.text_hash == other.text_hash

    def test_the_urls_of_a_page_are_all_it_goes_by(self) -> None:
        """Canonical first: it gives the id."""
        print_url = "https://gazette.example/druck?nr=7"
        found = newcomer("flood", url=print_url, canonical_url=url("flood"), asked="https://short.example/x")
        assert found.url_keys == ("gazette.example/news/flood", "gazette.example/druck?nr=7", "short.example/x")

    def test_the_order_of_authors_is_no_content(self) -> None:
        """Bylines are shuffled by caches."""
        one, other = newcomer("a", authors=("X", "Y")), newcomer("a", authors=("Y", "X"))
        assert one.content_hash == other.content_hash

    def test_a_page_without_an_article_has_no_fingerprint(self) -> None:
        """Asked for by mistake it says what it was."""
        from aggregator.identity import fingerprint

        extraction = replace(newcomer("flood").extraction, article=None, rejected="a list page")
        with pytest.raises(ValueError, match="a list page"):
            fingerprint(extraction)

    def test_a_foreign_guid_is_nobodys(self) -> None:
        """The fingerprint carries the entry's guid; whose it is says the article's source."""
        seen = sighting(url("flood"), source_id="aggregate", guid="77")
        assert reading(article("flood"), seen).guid == "77"


def test_change_between_is_quick_on_long_texts() -> None:
    """difflib is quadratic; a page of 100,000 words must not hold the transaction."""

    def long(word: str) -> Article:
        return article("a", text=" ".join(f"{word}{n % 7}" for n in range(100_000)))

    assert change_between(long("x"), long("y")) == "body"
