"""What a checked rule set means: typed tables, rules in order of calculation, vetoes, payments, checks.

The checker builds it; both evaluators, the explainer, the snapshot and the exports read it. Everything is frozen and
resolved: a name has become a path of links and a column, every expression carries its type, every unit has been
checked. Nothing here calculates.

Values, the same in both evaluators:

- numbers are exact rationals, money is in 元 here (columns hold whole fen because the column's step is 1/100);
- yes/no is bool, choices and texts are str, dates are day ordinals, periods are `Period`;
- a value may be *missing*: an empty cell, a link that leads nowhere, a rule that is not applicable to the row (限于).
  Missing travels through operators (left operand first). `Otherwise` (否则) catches it. A missing value that reaches
  the end of a rule on an applicable row is an error that names the row; so are a division by zero and the average or an
  extreme of nothing, which nothing catches.
- operands are looked at from left to right, and the first that is missing or an error decides;
- 且/或 look at the right operand only where the left one leaves the matter open; `Choose` (如果) only at the branch
  it takes: what is not looked at cannot be an error;
- a condition (限于, 其中, 当, 必须, 提示) holds where it is true: a missing one does not hold, an error stays an error.
"""

from rules.language.program.document import CADENCE as CADENCE
from rules.language.program.document import Chain as Chain
from rules.language.program.document import Interpretation as Interpretation
from rules.language.program.document import Program as Program
from rules.language.program.document import Scheme as Scheme
from rules.language.program.nodes import Aggregate as Aggregate
from rules.language.program.nodes import Among as Among
from rules.language.program.nodes import Arithmetic as Arithmetic
from rules.language.program.nodes import Choose as Choose
from rules.language.program.nodes import Compare as Compare
from rules.language.program.nodes import Const as Const
from rules.language.program.nodes import CurrentPeriod as CurrentPeriod
from rules.language.program.nodes import DateFunction as DateFunction
from rules.language.program.nodes import Extreme as Extreme
from rules.language.program.nodes import Key as Key
from rules.language.program.nodes import Logic as Logic
from rules.language.program.nodes import Negate as Negate
from rules.language.program.nodes import Node as Node
from rules.language.program.nodes import Not as Not
from rules.language.program.nodes import Otherwise as Otherwise
from rules.language.program.nodes import PeriodDay as PeriodDay
from rules.language.program.nodes import Ranking as Ranking
from rules.language.program.nodes import RateRead as RateRead
from rules.language.program.nodes import Read as Read
from rules.language.program.nodes import Round as Round
from rules.language.program.nodes import Rounding as Rounding
from rules.language.program.nodes import RunDay as RunDay
from rules.language.program.nodes import Slices as Slices
from rules.language.program.rates import Band as Band
from rules.language.program.rates import Rate as Rate
from rules.language.program.rates import RateVersion as RateVersion
from rules.language.program.rules import Case as Case
from rules.language.program.rules import Formula as Formula
from rules.language.program.rules import Gather as Gather
from rules.language.program.rules import Part as Part
from rules.language.program.rules import Return as Return
from rules.language.program.rules import RuleHead as RuleHead
from rules.language.program.rules import Sentence as Sentence
from rules.language.program.rules import Share as Share
from rules.language.program.rules import ShareFact as ShareFact
from rules.language.program.rules import Split as Split
from rules.language.program.rules import Step as Step
from rules.language.program.rules import Tie as Tie
from rules.language.program.settlement import ApprovedTotals as ApprovedTotals
from rules.language.program.settlement import Check as Check
from rules.language.program.settlement import Disbursement as Disbursement
from rules.language.program.settlement import Payment as Payment
from rules.language.program.settlement import Roster as Roster
from rules.language.program.settlement import RosterRule as RosterRule
from rules.language.program.settlement import VetoEffect as VetoEffect
from rules.language.program.tables import PRIOR as PRIOR
from rules.language.program.tables import Column as Column
from rules.language.program.tables import GroupKey as GroupKey
from rules.language.program.tables import Link as Link
from rules.language.program.tables import Order as Order
from rules.language.program.tables import Table as Table
from rules.language.program.types import ACCOUNT as ACCOUNT
from rules.language.program.types import BOOL as BOOL
from rules.language.program.types import CHOICE as CHOICE
from rules.language.program.types import CODE as CODE
from rules.language.program.types import DATE as DATE
from rules.language.program.types import FEN as FEN
from rules.language.program.types import ID_NUMBER as ID_NUMBER
from rules.language.program.types import NUMBER as NUMBER
from rules.language.program.types import PERIOD as PERIOD
from rules.language.program.types import TEXT as TEXT
from rules.language.program.types import Basis as Basis
from rules.language.program.types import Type as Type
