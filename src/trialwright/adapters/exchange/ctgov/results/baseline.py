"""Baseline characteristics: the registry's standard measures and those of the study. Read `Baseline`."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.adapters.exchange.ctgov.results.choices import Dispersion, MeasureParam, StandardMeasure
from trialwright.adapters.exchange.ctgov.results.measures import Denom, Group, MeasureClass
from trialwright.adapters.exchange.ctgov.results.values import Words


@dataclass(frozen=True)
class BaselineMeasure:
    """One characteristic."""

    title: Words[StandardMeasure] | None = None
    description: str = ""
    population_description: str = ""
    param_type: MeasureParam | None = None
    dispersion_type: Dispersion | None = None
    unit_of_measure: str = ""
    calculate_pct: bool | None = None
    denom_units_selected: str = ""
    denoms: tuple[Denom, ...] = ()
    classes: tuple[MeasureClass, ...] = ()


@dataclass(frozen=True)
class Baseline:
    """The table of those who were to be described."""

    population_description: str = ""
    type_units_analyzed: str = ""
    groups: tuple[Group, ...] = ()
    denoms: tuple[Denom, ...] = ()
    measures: tuple[BaselineMeasure, ...] = ()
