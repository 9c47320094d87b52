"""Requests made from the description, right and wrong: no answer is a fault, and every answer is documented.

`AVTAL_CASES` says how many for each address; `make test CASES=1000` sets it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import folders
import httpx
import pytest
import schemathesis
import serving
from hypothesis import HealthCheck, given, settings as bounded, strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from avtal.server.service import Settings
from avtal.server.spec import EXAMPLES, documented

CASES = int(os.environ.get("AVTAL_CASES", "8"))
CHECKS = (
    not_a_server_error,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
"""Not `positive_data_acceptance`: a text of the right shape is seldom a contract, and is refused as such."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    shelf = tmp_path_factory.mktemp("shelf")
    folders.write(shelf / "prov")
    with serving.running(Settings(contracts=shelf, workers=2, jobs=100_000)) as found:
        yield found


def asked(cases: st.SearchStrategy[Any]) -> set[int]:
    """Ask cases of an address; the statuses that came."""
    statuses = set()

    @bounded(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=cases, known=st.sampled_from([None, None, "text", "contract"]))
    def one(case: Any, known: str | None) -> None:
        # What is made at random is seldom a contract; half of it is given one, so that the work is done, too.
        if isinstance(case.body, dict) and known in case.body:
            case.body[known] = "prov" if known == "contract" else EXAMPLES["CheckRequest"]["text"]
        answer = case.call()
        statuses.add(answer.status_code)
        # In a form every field is a text, so that what is no text of the right kind can't be told from the shape.
        form = case.media_type == "multipart/form-data"
        case.validate_response(answer, checks=[one for one in CHECKS if not (form and one is negative_data_rejection)])

    one()
    return statuses


def test_requests_made_from_the_description_get_answers_that_it_has(address: str) -> None:
    schema = schemathesis.openapi.from_url(f"{address}/v1/openapi.json")
    statuses = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        both = st.one_of(
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        )
        statuses[operation.label] = asked(both)
    assert statuses["POST /v1/jobs"] & {202, 400}
    assert statuses["GET /v1/forms"] >= {200}


def test_the_description_is_whole(address: str) -> None:
    described = httpx.get(f"{address}/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    schemas = described["components"]["schemas"]
    assert [name for name, schema in schemas.items() if not schema["description"]] == []
    amounts = schemas["SettledClause"]["properties"]["amount"]["oneOf"]
    assert {one["type"] for one in amounts} == {"string", "null"}
    assert amounts[0]["pattern"].startswith("^-?[0-9]+")
    assert "number" not in str(schemas).replace("'number'", "number").split("'type': ")[1:2]
    for path, item in described["paths"].items():
        assert path == path.lower()
        assert "_" not in path.partition("{")[0]
        for method, operation in item.items():
            assert operation["summary"]
            assert operation["description"]
            documented_ = {int(status) for status in operation["responses"]}
            if method == "post":
                assert {400, 401, 403, 413, 415} <= documented_, path


def test_no_number_of_the_description_is_floating(address: str) -> None:
    """Amounts are texts everywhere: no field has the type `number`."""
    text = httpx.get(f"{address}/v1/openapi.json").text
    assert '"type": "number"' not in text


def test_fields_are_described_by_their_docstrings() -> None:
    meaning, fields = documented("A thing.\n\n    Args:\n        a, b: one\n            and more.\n        c: other.\n")
    assert (meaning, fields) == ("A thing.", {"a": "one and more.", "b": "one and more.", "c": "other."})


def test_examples_are_answered(address: str) -> None:
    paths = {"CheckRequest": "checks", "FormatRequest": "formatted-texts", "RunExamplesRequest": "example-runs"}
    paths |= {"SettleRequest": "settlements", "ExplainRequest": "explanations", "DiffRequest": "differences"}
    for name, example in EXAMPLES.items():
        answer = httpx.post(f"{address}/v1/{paths[name]}", json=example)
        assert answer.status_code == 200, answer.text


def test_contracts_in_the_tree_are_shown(address: str) -> None:
    del address
    tree = Path(__file__).parents[1] / "contracts"
    with serving.asking(Settings(contracts=tree, workers=2)) as client:
        listed = client.get("/v1/contracts").json()
        assert listed["total"] == len(list(tree.glob("*/contract.avtal")))
        assert all(one["sound"] and one["buyers"] is not None for one in listed["contracts"])
