"""The list of comparisons: each takes a corpus and yields its tallies.

A comparison that needs an oracle file which the corpus lacks is left out with a word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from integration.conformance.corpus import Corpus
from integration.conformance.directories import ref_server, ref_trees
from integration.conformance.manifests import manifests, tree_manifests
from integration.conformance.nouns import constraints, dependencies, versions, versions_parsed
from integration.conformance.rockspecs import rockspecs
from integration.conformance.server_manifests import served, server_manifests
from integration.conformance.tally import Tally


class Check(NamedTuple):
    """One comparison: the file or folder of the corpus that it needs, and the comparison."""

    needs: str
    compare: Callable[[Corpus], Iterator[Tally]]


CHECKS = (
    Check("oracle/versions_parsed.jsonl", versions_parsed),
    Check("oracle/versions.jsonl", versions),
    Check("oracle/constraints.jsonl", constraints),
    Check("oracle/dependencies.jsonl", dependencies),
    Check("oracle/rockspecs.jsonl", rockspecs),
    Check("oracle/manifests.jsonl", manifests),
    Check("oracle/tree_manifests.jsonl", tree_manifests),
    Check("ref-trees", ref_trees),
    Check("ref-server", ref_server),
    Check("oracle/manifests.jsonl", server_manifests),
    Check("ref-server", served),
)
