"""What the tests of clauses settled for many ledgers at once share: four parties, and what each of them is given."""

from __future__ import annotations

from contextlib import closing

from sets_case import DATA, HEAD, Data, program, settled

from avtal.engines.lite import LiteEngine

WORDS = {
    "rate": "kr optional",
    "share": "% optional",
    "code": "code optional",
    "due": "date optional",
    "flag": "yes_no optional",
    "score": "number optional",
}
OWN = """
table own : p code -> {}
  | p | rate | share | code | due | flag | score |
  | N | 7.5 kr | 25% | A | 2012-01-31 | yes | 3 |
  | S | | | | | | |
  | W | -2 kr | 110% | B1 | 2012-03-01 | no | 0 |
  | E | 4 kr | 50% | C | 2012-02-29 | yes | -2.5 |

table periods : p code -> v kr
  | p | from | to | v |
  | N | 2012-01-01 | 2012-06-30 | 1 kr |
  | N | 2012-07-01 | | 2 kr |
  | S | | | 3 kr |
  | W | 2012-02-01 | | 4 kr |

"""
OWN = OWN.format(", ".join(f"{name} {kind}" for name, kind in WORDS.items()))
"""What the four providers are given: one everything, one nothing, two what lies outside."""

PARTIES = HEAD.replace(
    '  provider "South" code "S"\n',
    '  provider "South" code "S"\n  provider "West" code "W"\n  provider "East" code "E"\n',
)
PARAMS = "".join(f"param {name} : {kind}\n" for name, kind in WORDS.items())
PARAMS += "param nothing : number optional\n"
GIVEN = "\n".join(f"{name} (own[contract.provider].{name})" for name in WORDS)


def both(text: str, head: str = PARTIES, data: Data = DATA) -> None:
    """Settle as it is settled for many ledgers, busy or not; `settled` compares with the reference evaluator."""
    one = program(OWN + text, head)
    for busy in (True, False):
        with closing(Engine(busy=busy)) as engine:
            settled(one, engine, data)


class Engine(LiteEngine):
    """SQLite that is said to be at work, or not."""

    def __init__(self, *, busy: bool) -> None:
        super().__init__()
        self.busy = busy

    def idle(self) -> bool:
        """Whether it has done all."""
        return not self.busy
