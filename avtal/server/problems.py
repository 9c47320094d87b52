"""What the server itself refuses: codes, words in both languages, and the status each is answered with."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from avtal.answers import Refusal
from dsl.diagnostics import Problem

NOT_JSON = Problem(
    "AV650",
    "the body is not JSON as it is demanded: {reason_en}",
    "innehållet är inte JSON så som det krävs: {reason_sv}",
    "send UTF-8 JSON without decimal numbers, doubled keys or deep nesting; amounts are texts",
    "skicka JSON i UTF-8 utan decimaltal, dubbla nycklar eller djupa nästlingar; belopp är text",
)
WRONG_SHAPE = Problem(
    "AV651",
    "the request does not have the shape that is demanded: {reason_en}",
    "anropet har inte den form som krävs: {reason_sv}",
    "compare with the description of the interface, `/v1/openapi.json`",
    "jämför med gränssnittets beskrivning, `/v1/openapi.json`",
)
TOO_LARGE = Problem(
    "AV652",
    "the body is larger than {limit}",
    "innehållet är större än {limit}",
    "send large data to `/v1/jobs`, or put the contract and its data into the server's folder",
    "skicka stora underlag till `/v1/jobs`, eller lägg avtalet och dess underlag i serverns mapp",
)
ENDED = Problem(
    "AV653",
    "the work was ended at its limit: {reason_en}",
    "arbetet avbröts vid sin gräns: {reason_sv}",
    "ask for fewer periods or parties, or send it as a job to `/v1/jobs`",
    "fråga efter färre perioder eller parter, eller skicka det som ett jobb till `/v1/jobs`",
)
NO_KEY = Problem(
    "AV654",
    "no valid key was sent",
    "ingen giltig nyckel skickades",
    "send `Authorization: Bearer` and a key that `avtal key new` has made",
    "skicka `Authorization: Bearer` och en nyckel som `avtal key new` har gjort",
)
NO_SCOPE = Problem(
    "AV655",
    "the key does not have the scope `{scope}`",
    "nyckeln har inte behörigheten `{scope}`",
    "ask whoever keeps the server for a key with that scope",
    "be den som sköter servern om en nyckel med den behörigheten",
)
NO_REGION = Problem(
    "AV656",
    "the key may not see the buyers {buyers}",
    "nyckeln får inte se beställarna {buyers}",
    "ask for the buyers that the key may see, or for a key for these",
    "fråga efter de beställare som nyckeln får se, eller be om en nyckel för dessa",
)
NOT_FOUND = Problem(
    "AV657",
    "there is no {what_en}",
    "det finns {what_sv}",
    "the lists `/v1/contracts` and `/v1/forms` show what there is; `/v1/openapi.json` describes every address",
    "listorna `/v1/contracts` och `/v1/forms` visar vad som finns; `/v1/openapi.json` beskriver varje adress",
)
BUSY = Problem(
    "AV658",
    "too much is waiting to be worked out",
    "för mycket väntar på att räknas ut",
    "ask again in a while",
    "fråga igen om en stund",
)
WRONG_MEDIA = Problem(
    "AV659",
    "the body must be `application/json` or `multipart/form-data`, and not `{found}`",
    "innehållet måste vara `application/json` eller `multipart/form-data`, och inte `{found}`",
    "send the heading `Content-Type: application/json`",
    "skicka rubriken `Content-Type: application/json`",
)
WRONG_METHOD = Problem(
    "AV660",
    "this address does not take the method {method}",
    "den här adressen tar inte metoden {method}",
    "`/v1/openapi.json` says which methods each address takes",
    "`/v1/openapi.json` säger vilka metoder varje adress tar",
)
NOT_DONE = Problem(
    "AV661",
    "the job has no result: it is {state}",
    "jobbet har inget resultat: det är {state}",
    "ask for the job until its state is `done`",
    "fråga efter jobbet tills dess tillstånd är `done`",
)
ODD_FILE = Problem(
    "AV662",
    "the file {name} can't be taken: {reason_en}",
    "filen {name} kan inte tas emot: {reason_sv}",
    "name each file once, without folders: letters, digits, blanks, `.`, `-` and `_`",
    "namnge varje fil en gång, utan mappar: bokstäver, siffror, blanksteg, `.`, `-` och `_`",
)
REFUSED = Problem(
    "AV663",
    "the contract or its data can't be used",
    "avtalet eller dess underlag kan inte användas",
    "`findings` and `refused_rows` say what is wrong and where",
    "`findings` och `refused_rows` säger vad som är fel och var",
)
OWN_FAULT = Problem(
    "AV664",
    "a fault of the server itself",
    "ett fel i servern själv",
    "report it to whoever keeps the server, with the request's `instance`",
    "anmäl det till den som sköter servern, med anropets `instance`",
)
SLOW_SENDER = Problem(
    "AV665",
    "the body did not arrive in {seconds} seconds",
    "innehållet kom inte fram på {seconds} sekunder",
    "send it again",
    "skicka det igen",
)

STATUS: Mapping[str, int] = {
    NOT_JSON.code: 400,
    WRONG_SHAPE.code: 400,
    ODD_FILE.code: 400,
    NO_KEY.code: 401,
    NO_SCOPE.code: 403,
    NO_REGION.code: 403,
    NOT_FOUND.code: 404,
    WRONG_METHOD.code: 405,
    SLOW_SENDER.code: 408,
    NOT_DONE.code: 409,
    TOO_LARGE.code: 413,
    WRONG_MEDIA.code: 415,
    ENDED.code: 422,
    REFUSED.code: 422,
    OWN_FAULT.code: 500,
    BUSY.code: 503,
}
"""The HTTP status of each."""

PROBLEMS: Mapping[str, Problem] = {
    one.code: one
    for one in (
        NOT_JSON,
        WRONG_SHAPE,
        TOO_LARGE,
        ENDED,
        NO_KEY,
        NO_SCOPE,
        NO_REGION,
        NOT_FOUND,
        BUSY,
        WRONG_MEDIA,
        WRONG_METHOD,
        NOT_DONE,
        ODD_FILE,
        REFUSED,
        OWN_FAULT,
        SLOW_SENDER,
    )
}


@frozen
class Words:
    """What is wrong and what to do, in one language."""

    title: str
    detail: str


class ServerError(Exception):
    """The server refuses a request.

    Args:
        problem: which of `PROBLEMS`.
        refusal: what stands in the way, when it is a contract or its data.
        headers: to send with the answer.
        arguments: what the problem's texts name.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        refusal: Refusal | None = None,
        headers: Mapping[str, str] | None = None,
        **arguments: object,
    ) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.refusal = refusal
        self.headers = dict(headers or {})
        self.arguments = {name: str(value) for name, value in arguments.items()}

    @property
    def status(self) -> int:
        """The HTTP status."""
        return STATUS[self.problem.code]

    def words(self, language: str) -> Words:
        """The words of the answer, in `sv` or `en`."""
        sv = language == "sv"
        what = (self.problem.sv if sv else self.problem.en).format_map(self.arguments)
        help_ = self.problem.help_sv if sv else self.problem.help_en
        title = TITLES[self.problem.code][0 if sv else 1]
        if self.refusal is not None and self.refusal.detail:
            return Words(title, self.refusal.detail)
        return Words(title, f"{what[:1].upper()}{what[1:]}. {help_[:1].upper()}{help_[1:]}.")


TITLES: Mapping[str, tuple[str, str]] = {
    NOT_JSON.code: ("Innehållet är inte giltig JSON", "The body is not valid JSON"),
    WRONG_SHAPE.code: ("Anropet har fel form", "The request has the wrong shape"),
    TOO_LARGE.code: ("Innehållet är för stort", "The body is too large"),
    ENDED.code: ("Arbetet avbröts vid sin gräns", "The work was ended at its limit"),
    NO_KEY.code: ("Nyckel saknas", "A key is lacking"),
    NO_SCOPE.code: ("Behörighet saknas", "A scope is lacking"),
    NO_REGION.code: ("Beställaren ligger utanför nyckeln", "The buyer is outside the key"),
    NOT_FOUND.code: ("Finns inte", "Not found"),
    BUSY.code: ("Servern är upptagen", "The server is busy"),
    WRONG_MEDIA.code: ("Fel slags innehåll", "The wrong kind of body"),
    WRONG_METHOD.code: ("Fel metod", "The wrong method"),
    NOT_DONE.code: ("Jobbet har inget resultat", "The job has no result"),
    ODD_FILE.code: ("Filen kan inte tas emot", "The file can't be taken"),
    REFUSED.code: ("Avtalet eller underlaget kan inte användas", "The contract or its data can't be used"),
    OWN_FAULT.code: ("Ett fel i servern", "A fault of the server"),
    SLOW_SENDER.code: ("Innehållet kom inte fram", "The body did not arrive"),
}
"""A title in Swedish and English: the same whenever it is the same problem."""
