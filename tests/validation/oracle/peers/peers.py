"""Makes python.csv beside it: what lifelines, statsmodels and scipy answer to asked.csv, called as their manuals show.

Run `python peers.py` in this folder where the three are installed; the project needs neither lifelines nor statsmodels.
"""

import csv
import warnings

import lifelines
import numpy as np
import pandas as pd
import scipy
import statsmodels
from lifelines.utils import median_survival_times
from scipy import stats
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight

warnings.simplefilter("ignore")
np.random.seed(1)  # lifelines moves tied times at random
LIFELINES, STATSMODELS = f"lifelines {lifelines.__version__}", f"statsmodels {statsmodels.__version__}"
SCIPY = f"scipy {scipy.__version__}"


def median(times, events):
    fitted = lifelines.KaplanMeierFitter().fit(times, events)
    limits = median_survival_times(fitted.confidence_interval_)
    yield LIFELINES, (fitted.median_survival_time_, limits.iloc[0, 0], limits.iloc[0, 1])
    curve = SurvfuncRight(times, events)
    yield STATSMODELS, (curve.quantile(0.5), *curve.quantile_ci(0.5, method="cloglog"))


def hazards(times, events, x):
    table = pd.DataFrame({"time": times, "event": events, "x": x})
    yield LIFELINES, (lifelines.CoxPHFitter().fit(table, "time", "event").params_["x"],)
    yield STATSMODELS, (PHReg(times, x[:, None], status=events).fit().params[0],)


def incidence(times, causes):
    fitted = lifelines.AalenJohansenFitter(seed=1).fit(times, causes, event_of_interest=1)
    at = fitted.cumulative_density_.loc[:6.01].iloc[-1, 0]
    yield LIFELINES, (at, np.sqrt(np.ravel(fitted.variance_.loc[:6.01].iloc[-1])[0]))


def spearman(a, b):
    yield SCIPY, tuple(stats.spearmanr(a, b))


def kendall(a, b):
    yield SCIPY, tuple(stats.kendalltau(a, b))


def mann_whitney(a, b):
    yield SCIPY, tuple(stats.mannwhitneyu(a, b))


def signed_rank(before, after):
    found = stats.wilcoxon(after - before, alternative="two-sided")
    yield SCIPY, (found.statistic, found.pvalue)


def fisher(first, second):
    found = stats.fisher_exact([first.astype(int), second.astype(int)])
    yield SCIPY, (found.pvalue, found.statistic)


def as_word(value):
    return "NA" if value is None or not np.isfinite(value) else repr(float(value))


with open("asked.csv", encoding="utf-8") as asked, open("python.csv", "w", encoding="utf-8") as out:
    out.write("id,what,program,answers\n")
    for row in csv.DictReader(asked):
        cells = [row[name].split() for name in ("first", "second", "third") if row[name]]
        columns = [np.array([float(word) for word in cell]) for cell in cells]
        for program, answers in globals()[row["what"]](*columns):
            out.write(f"{row['id']},{row['what']},{program},{' '.join(map(as_word, answers))}\n")
