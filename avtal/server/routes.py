"""The addresses: what each takes and answers."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, delete, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

import dsl.problems
from avtal import library, shelf
from avtal.answers import Checked, ExampleRuns, Explanations, FormattedText, Settlements
from avtal.cards import ContractCard, ContractList, FormCard, FormList
from avtal.diffing.answer import DifferenceAnswer
from avtal.errors import UnreadableError
from avtal.server.bodies import Strict
from avtal.server.gate import PROBLEM_JSON, asked, details, language, who
from avtal.server.jobs import Jobs, Tell
from avtal.server.problems import NOT_FOUND, PROBLEMS, ServerError
from avtal.server.service import Service, no_form
from avtal.server.strict import visible
from avtal.server.wire import (
    CheckRequest,
    DiffRequest,
    ExplainRequest,
    FormatRequest,
    Health,
    Job,
    JobList,
    ProblemDetails,
    ProblemPage,
    RunExamplesRequest,
    SettleRequest,
)
from avtal.structure import to_json
from avtal.version import version
from dsl.diagnostics import Problem
from interpreter import problems as meaning

Asking = Request[Any, Any, Any]
READ, SETTLE = {"scope": "read"}, {"scope": "settle"}
REASONS = {
    400: "The body is no strict JSON, has another shape, or a file's name can't be taken (AV650, AV651, AV662).",
    401: "No valid key was sent (AV654).",
    403: "The key lacks the scope, or may not see the buyer (AV655, AV656).",
    404: "There is no such thing, or none that the key may see (AV657).",
    405: "The address does not take the method (AV660).",
    408: "The body did not arrive in time (AV665).",
    409: "The job has no result yet (AV661).",
    413: "The body is too large (AV652).",
    415: "The body is neither JSON nor a form (AV659).",
    422: "The contract or its data can't be used, or the work was ended at its limit (AV663, AV653).",
    503: "Too much is waiting (AV658).",
}
KEYED = (400, 401, 403)
SENT = (*KEYED, 408, 413, 415, 422, 503)


def refusals(*statuses: int) -> dict[int, ResponseSpec]:
    """The refusals that an address documents."""
    return {
        status: ResponseSpec(
            ProblemDetails, generate_examples=False, media_type=PROBLEM_JSON, description=REASONS[status]
        )
        for status in statuses
    }


def answered(content: bytes | str, *, status: int = 200, headers: dict[str, str] | None = None) -> Response[Any]:
    """An answer that is JSON already."""
    raw = content if isinstance(content, bytes) else content.encode()
    return Response(content=raw, status_code=status, media_type="application/json", headers=headers or {})


def served(request: Asking) -> Service:
    """What the server does."""
    found: Service = request.app.state.service
    return found


# --- questions


@post(
    "/v1/checks",
    status_code=200,
    opt=READ,
    dto=Strict[CheckRequest],
    return_dto=None,
    summary="Everything that is wrong in a contract",
    responses=refusals(*SENT, 404),
)
async def check(request: Asking, data: JSONBody[CheckRequest]) -> Response[Checked]:
    """What `avtal check` finds, each with code, place, message and help. A contract with errors is an answer, too."""
    asked(request).contract = visible(data.contract)
    return answered(await served(request).check(data, who(request)))


@post(
    "/v1/formatted-texts",
    status_code=200,
    opt=READ,
    dto=Strict[FormatRequest],
    return_dto=None,
    summary="A contract in its canonical layout",
    responses=refusals(*SENT),
)
async def format_(request: Asking, data: JSONBody[FormatRequest]) -> Response[FormattedText]:
    """What `avtal format` makes of a text, in its own words or turned into the other language."""
    return answered(await served(request).format(data))


@post(
    "/v1/example-runs",
    status_code=200,
    opt=SETTLE,
    dto=Strict[RunExamplesRequest],
    return_dto=None,
    summary="The worked examples of a contract",
    responses=refusals(*SENT, 404),
)
async def run_examples(request: Asking, data: JSONBody[RunExamplesRequest]) -> Response[ExampleRuns]:
    """What `avtal test` finds: the worked examples, and the expected settlement where there is one."""
    asked(request).contract = visible(data.contract)
    return answered(await served(request).run_examples(data, who(request)))


@post(
    "/v1/settlements",
    status_code=200,
    opt=SETTLE,
    dto=Strict[SettleRequest],
    return_dto=None,
    summary="What is to be paid",
    responses=refusals(*SENT, 404),
)
async def settle(request: Asking, data: JSONBody[SettleRequest]) -> Response[Settlements]:
    """What `avtal settle -O json` prints. A clause that is not settled is an answer, too: the total is then `null`."""
    about = asked(request)
    about.contract, about.buyers = visible(data.contract), tuple(map(visible, data.buyers[:20]))
    return answered(await served(request).settle(data, who(request)))


@post(
    "/v1/explanations",
    status_code=200,
    opt=SETTLE,
    dto=Strict[ExplainRequest],
    return_dto=None,
    summary="How a clause's amount came about",
    responses=refusals(*SENT, 404),
)
async def explain(request: Asking, data: JSONBody[ExplainRequest]) -> Response[Explanations]:
    """What `avtal explain` shows: from a clause's amount down to the datum, for each period and pair of parties."""
    about = asked(request)
    about.contract, about.buyers = visible(data.contract), tuple(map(visible, data.buyers[:20]))
    return answered(await served(request).explain(data, who(request)))


@post(
    "/v1/differences",
    status_code=200,
    opt=SETTLE,
    dto=Strict[DiffRequest],
    return_dto=None,
    summary="What a change means, and what it comes to",
    responses=refusals(*SENT, 404),
)
async def diff(request: Asking, data: JSONBody[DiffRequest]) -> Response[DifferenceAnswer]:
    """What `avtal diff` finds: the changes of meaning by clause and, with data, the effect in kronor."""
    asked(request).contract = visible(data.new.contract or data.old.contract)
    return answered(await served(request).diff(data, who(request)))


# --- jobs


@post(
    "/v1/jobs",
    status_code=202,
    opt=SETTLE,
    dto=Strict[SettleRequest],
    return_dto=None,
    summary="Settle in the background",
    responses=refusals(400, 401, 403, 404, 408, 413, 415, 422, 503),
)
async def start_job(request: Asking, data: JSONBody[SettleRequest]) -> Response[Job]:
    """Start a settlement that may take long. The heading `Location` says where to ask how far it has come."""
    about, key, service = asked(request), who(request), served(request)
    about.contract, about.buyers = visible(data.contract), tuple(map(visible, data.buyers[:20]))
    await service.vet(data, key)
    speech, instance = language(request), f"urn:avtal:request:{about.id}"

    async def work(tell: Tell) -> bytes:
        return await service.settle(data, key, job=True, progress=tell)

    jobs: Jobs = request.app.state.jobs
    job = jobs.start(key, work, lambda error: details(error, speech, instance))
    return answered(to_json(job), status=202, headers={"Location": f"/v1/jobs/{job.id}"})


@get("/v1/jobs", opt=SETTLE, summary="The jobs of the key", responses=refusals(401, 403))
async def list_jobs(request: Asking) -> Response[JobList]:
    """The jobs of the key that asks, the oldest first."""
    jobs: Jobs = request.app.state.jobs
    found = jobs.list(who(request))
    return answered(to_json(JobList(total=len(found), jobs=tuple(found))))


@get("/v1/jobs/{job_id:str}", opt=SETTLE, summary="How far a job has come", responses=refusals(*KEYED, 404))
async def get_job(request: Asking, job_id: FromPath[str]) -> Response[Job]:
    """A job, its state and its progress."""
    jobs: Jobs = request.app.state.jobs
    return answered(to_json(jobs.get(job_id, who(request))))


@get(
    "/v1/jobs/{job_id:str}/result", opt=SETTLE, summary="The settlement of a job", responses=refusals(*KEYED, 404, 409)
)
async def get_result(request: Asking, job_id: FromPath[str]) -> Response[Settlements]:
    """What `/v1/settlements` would have answered."""
    jobs: Jobs = request.app.state.jobs
    return answered(await jobs.result(job_id, who(request)))


@delete(
    "/v1/jobs/{job_id:str}",
    status_code=204,
    opt=SETTLE,
    summary="End and forget a job",
    responses=refusals(*KEYED, 404),
)
async def cancel_job(request: Asking, job_id: FromPath[str]) -> None:
    """End a job if it runs, and forget it with its result."""
    jobs: Jobs = request.app.state.jobs
    await jobs.cancel(job_id, who(request))


# --- the library and the contracts

Limit = Annotated[int, QueryParameter(ge=1, le=1000, description="At most so many.")]
Offset = Annotated[int, QueryParameter(ge=0, le=1_000_000, description="How many to leave out first.")]


@get("/v1/forms", opt=READ, summary="The library's reimbursement forms", responses=refusals(*KEYED))
async def list_forms(
    request: Asking,
    q: Annotated[str, QueryParameter(max_length=100, description="Only those with this in a name or sentence.")] = "",
    limit: Limit = 100,
    offset: Offset = 0,
) -> Response[FormList]:
    """The forms in short, by their English names."""
    del request
    return answered(to_json(library.entries(asked=q, limit=limit, offset=offset)))


@get("/v1/forms/{name:str}", opt=READ, summary="A reimbursement form", responses=refusals(*KEYED, 404))
async def get_form(request: Asking, name: FromPath[str]) -> Response[FormCard]:
    """A form by either of its names: what it does, its source, parameters, examples and text."""
    del request
    try:
        return answered(to_json(library.form(name)))
    except UnreadableError as error:
        raise no_form(error) from None


@get("/v1/contracts", opt=READ, summary="The server's contracts", responses=refusals(*KEYED, 503))
async def list_contracts(request: Asking, limit: Limit = 100, offset: Offset = 0) -> Response[ContractList]:
    """The contracts in short that the key may see: those with a buyer of its regions."""
    found = await served(request).cards(who(request))
    shown = tuple(shelf.entry(card) for card in found[offset : offset + limit])
    return answered(to_json(ContractList(total=len(found), contracts=shown)))


@get("/v1/contracts/{contract_id:str}", opt=READ, summary="A contract", responses=refusals(*KEYED, 404, 503))
async def get_contract(request: Asking, contract_id: FromPath[str]) -> Response[ContractCard]:
    """A contract: its text, parties, period and clauses."""
    asked(request).contract = visible(contract_id)
    return answered(to_json(await served(request).card(contract_id, who(request))))


# --- the server itself


@get("/v1/problems/{code:str}", summary="What a code means", responses=refusals(400, 404))
async def get_problem(request: Asking, code: FromPath[str]) -> Response[ProblemPage]:
    """What a code of a finding or refusal means and what to do, in both languages."""
    del request
    found = catalogue().get(code)
    if found is None:
        raise ServerError(NOT_FOUND, what_sv="ingen sådan kod", what_en="such code")
    page = ProblemPage(
        code=found.code, message=found.en, message_sv=found.sv, help=found.help_en, help_sv=found.help_sv
    )
    return answered(to_json(page))


def catalogue() -> dict[str, Problem]:
    """Every problem of a text, its meaning, and the server, by code."""
    every = [p for module in (dsl.problems, meaning) for p in vars(module).values() if isinstance(p, Problem)]
    return {problem.code: problem for problem in every} | dict(PROBLEMS)


@get("/health", summary="Whether the server lives")
async def health() -> Response[Health]:
    """Answered as long as the server lives."""
    return answered(to_json(Health(status="pass", version=version())))


@get(
    "/ready",
    summary="Whether the server is ready to work",
    responses={503: ResponseSpec(Health, generate_examples=False, description="It is not ready, or too much waits.")},
)
async def ready(request: Asking) -> Response[Health]:
    """Answered with 200 when a question can be taken, and else with 503."""
    able = served(request).ready
    shown = Health(status="pass" if able else "fail", version=version())
    return answered(to_json(shown), status=200 if able else 503)


@get(
    "/metrics",
    opt=READ,
    media_type="text/plain; version=0.0.4; charset=utf-8",
    summary="Figures for Prometheus",
    responses=refusals(401, 403),
)
async def metrics(request: Asking) -> Response[str]:
    """Counts and times of requests, workers and jobs. Nothing that was sent is in them."""
    service = served(request)
    jobs: Jobs = request.app.state.jobs
    for state, count in jobs.counts().items():
        service.figures.jobs.labels(state).set(count)
    return Response(content=service.figures.text().decode(), media_type="text/plain; version=0.0.4; charset=utf-8")


@get("/v1/openapi.json", opt=READ, summary="This description", responses=refusals(401, 403))
async def openapi(request: Asking) -> Response[dict[str, Any]]:
    """The description of the interface, as OpenAPI 3.1."""
    described: bytes = request.app.state.described
    return answered(described)


HANDLERS = (
    check,
    format_,
    run_examples,
    settle,
    explain,
    diff,
    list_forms,
    get_form,
    list_contracts,
    get_contract,
    get_problem,
    health,
    ready,
    metrics,
)
JOB_HANDLERS = (start_job, list_jobs, get_job, get_result, cancel_job)
