"""Two-stage designs equal those that were published, and nothing between them is missed.

The rows are those of tables 1 and 2 of R. Simon, Optimal two-stage designs for phase II clinical trials, Controlled
Clinical Trials 1989;10:1-10: r1/n1, r/n and the expected size when the drug is inactive.
"""

from itertools import pairwise

import pytest

from trialwright.core import estimation as e

# p0 p1 alpha beta | optimal, expected size | minimax, expected size
SIMON_1989 = """
    0.05 0.25 0.10 0.10 |    0/9    2/24  14.5 |   0/13    2/20  16.4
    0.05 0.25 0.05 0.20 |    0/9    2/17  12.0 |   0/12    2/16  13.8
    0.05 0.25 0.05 0.10 |    0/9    3/30  16.8 |   0/15    3/25  20.4
    0.10 0.30 0.10 0.10 |   1/12    5/35  19.8 |   1/16    4/25  20.4
    0.10 0.30 0.05 0.20 |   1/10    5/29  15.0 |   1/15    5/25  19.5
    0.10 0.30 0.05 0.10 |   2/18    6/35  22.5 |   2/22    6/33  26.2
    0.20 0.40 0.10 0.10 |   3/17   10/37  26.0 |   3/19   10/36  28.3
    0.20 0.40 0.05 0.20 |   3/13   12/43  20.6 |   4/18   10/33  22.3
    0.20 0.40 0.05 0.10 |   4/19   15/54  30.4 |   5/24   13/45  31.2
    0.30 0.50 0.10 0.10 |   7/22   17/46  29.9 |   7/28   15/39  35.0
    0.30 0.50 0.05 0.20 |   5/15   18/46  23.6 |   6/19   16/39  25.7
    0.30 0.50 0.05 0.10 |   8/24   24/63  34.7 |   7/24   21/53  36.6
    0.40 0.60 0.10 0.10 |   7/18   22/46  30.2 |  11/28   20/41  33.8
    0.40 0.60 0.05 0.20 |   7/16   23/46  24.5 |  17/34   20/39  34.4
    0.40 0.60 0.05 0.10 |  11/25   32/66  36.0 |  12/29   27/54  38.1
    0.50 0.70 0.10 0.10 |  11/21   26/45  29.0 |  11/23   23/39  31.0
    0.50 0.70 0.05 0.20 |   8/15   26/43  23.5 |  12/23   23/37  27.7
    0.50 0.70 0.05 0.10 |  13/24   36/61  34.0 |  14/27   32/53  36.1
    0.60 0.80 0.10 0.10 |   6/11   26/38  25.4 |  18/27   24/35  28.5
    0.60 0.80 0.05 0.20 |   7/11   30/43  20.5 |   8/13   25/35  20.8
    0.60 0.80 0.05 0.10 |  12/19   37/53  29.5 |  15/26   32/45  35.9
    0.70 0.90 0.10 0.10 |    6/9   22/28  17.8 |  11/16   20/25  20.1
    0.70 0.90 0.05 0.20 |    4/6   22/27  14.8 |  19/23   21/26  23.2
    0.70 0.90 0.05 0.10 |  11/15   29/36  21.2 |  13/18   26/32  22.7
    0.05 0.20 0.10 0.10 |   0/12    3/37  23.5 |   0/18    3/32  26.4
    0.05 0.20 0.05 0.20 |   0/10    3/29  17.6 |   0/13    3/27  19.8
    0.05 0.20 0.05 0.10 |   1/21    4/41  26.7 |   1/29    4/38  32.9
    0.10 0.25 0.10 0.10 |   2/21    7/50  31.2 |   2/27    6/40  33.7
    0.10 0.25 0.05 0.20 |   2/18    7/43  24.7 |   2/22    7/40  28.8
    0.10 0.25 0.05 0.10 |   2/21   10/66  36.8 |   3/31    9/55  40.0
    0.20 0.35 0.10 0.10 |   5/27   16/63  43.6 |   6/33   15/58  45.5
    0.20 0.35 0.05 0.20 |   5/22   19/72  35.4 |   6/31   15/53  40.4
    0.20 0.35 0.05 0.10 |   8/37   22/83  51.4 |   8/42   21/77  58.4
    0.30 0.45 0.10 0.10 |   9/30   29/82  51.4 |  16/50   25/69  56.0
    0.30 0.45 0.05 0.20 |   9/27   30/81  41.7 |  16/46   25/65  49.6
    0.30 0.45 0.05 0.10 |  13/40  40/110  60.8 |  27/77   33/88  78.5
    0.40 0.55 0.10 0.10 |  16/38   40/88  54.5 |  18/45   34/73  57.2
    0.40 0.55 0.05 0.20 |  11/26   40/84  44.9 |  28/59   34/70  60.1
    0.40 0.55 0.05 0.10 |  19/45  49/104  64.0 |  24/62   45/94  78.9
    0.50 0.65 0.10 0.10 |  18/35   47/84  53.0 |  19/40   41/72  58.0
    0.50 0.65 0.05 0.20 |  15/28   48/83  43.7 |  39/66   40/68  66.1
    0.50 0.65 0.05 0.10 |  22/42  60/105  62.3 |  28/57   54/93  75.0
    0.60 0.75 0.10 0.10 |  21/34   47/71  47.1 |  25/43   43/64  54.4
    0.60 0.75 0.05 0.20 |  17/27   46/67  39.4 |  18/30   43/62  43.8
    0.60 0.75 0.05 0.10 |  21/34   64/95  55.6 |  48/72   57/84  73.2
    0.70 0.85 0.10 0.10 |  14/20   45/59  36.2 |  15/22   40/52  36.8
    0.70 0.85 0.05 0.20 |  14/19   46/59  30.3 |  16/23   39/49  34.4
    0.70 0.85 0.05 0.10 |  18/25   61/79  43.4 |  33/44   53/68  48.5
    0.80 0.95 0.10 0.10 |    5/7   27/31  20.8 |    5/7   27/31  20.8
    0.80 0.95 0.05 0.20 |    7/9   26/29  17.7 |    7/9   26/29  17.7
    0.80 0.95 0.05 0.10 |  16/19   37/42  24.4 |  31/35   35/40  35.3
"""


def published() -> list[tuple[tuple[float, ...], list[str], list[str]]]:
    rows = [row.split("|") for row in SIMON_1989.strip().splitlines()]
    return [(tuple(map(float, asked.split())), optimal.split(), minimax.split()) for asked, optimal, minimax in rows]


@pytest.mark.parametrize(("asked", "optimal", "minimax"), published(), ids=lambda cell: str(cell[0]))
def test_both_designs_are_those_of_simon_1989(asked, optimal, minimax):
    found = e.simon_two_stage(*asked)
    for design, (first, last, expected) in ((found.optimal, optimal), (found.minimax, minimax)):
        assert str(design) == f"{first}, {last}"
        # Printed with one decimal, a half rounded either way.
        assert design.expected_n == pytest.approx(float(expected), abs=0.0501 + 1e-3)
        assert design.alpha <= asked[2]
        assert design.power >= 1 - asked[3]


@pytest.mark.parametrize("asked", [(0.10, 0.30, 0.05, 0.20), (0.05, 0.20, 0.05, 0.20), (0.20, 0.40, 0.05, 0.10)])
def test_an_admissible_design_is_best_for_its_weights_and_every_weight_has_one(asked):
    """Jung and others 2004: no weight of the greatest size against the expected one finds a better design."""
    admissible = e.admissible_designs(*asked)
    both = e.simon_two_stage(*asked)
    assert (admissible[0].design, admissible[-1].design) == (both.minimax, both.optimal)
    assert (admissible[0].most, admissible[-1].least) == (1.0, 0.0)
    for smaller, larger in pairwise(admissible):
        assert smaller.least == larger.most > larger.least
    for one in admissible:
        weight = (one.least + one.most) / 2
        cost = [weight * other.design.n + (1 - weight) * other.design.expected_n for other in admissible]
        assert min(cost) == pytest.approx(weight * one.design.n + (1 - weight) * one.design.expected_n)


# The 90% limits that the R package PhIIdesign expects in its own tests, in percent with two decimals.
@pytest.mark.parametrize(
    ("r1", "n1", "r", "n", "lower", "upper"),
    [
        (1, 14, 4, 21, 9.94, 38.71),
        (2, 15, 4, 22, 9.78, 38.87),
        (1, 14, 5, 25, 11.09, 38.00),
        (1, 12, 5, 26, 10.83, 38.15),
        (1, 11, 5, 27, 10.59, 38.71),
        (1, 11, 5, 28, 10.26, 38.21),
        (1, 10, 5, 29, 10.16, 40.07),
    ],
)
def test_the_limits_of_koyama_and_chen_are_those_that_another_program_prints(r1, n1, r, n, lower, upper):
    design = e.SimonDesign(r1, n1, r, n, 0.0, 0.0, 0.0, 0.0)
    found = e.koyama_chen(design, 0.10, responders=r + 1, evaluated=n, level=0.90)
    assert (100 * found.lower, 100 * found.upper) == pytest.approx((lower, upper), abs=0.0101)
