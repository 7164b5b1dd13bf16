"""Virtual patients: a seed and rehearsal.yaml -> the same events that a site's staff would enter.

    language, reading   rehearsal.yaml: what it may say, and what is wrong in it
    chance, person      chance by name; the latent truth about a patient
    typist, forms       what a site types of it, with units, rounding and slips; mending corrects some of them
    opening, screening, visits, treatment, specimens, ending    the trial, day by day, on the calendar of `world`
    answers             what is asked of the rules: nothing is judged here
    book                what happened -> what is saved, and when

Everything is marked simulated by the ledger it is written to. Read `rehearse`.
"""

from __future__ import annotations

from collections.abc import Callable

from trialwright.adapters.simulation.answers import Answers, Dosing, Entering, Going, Planned
from trialwright.adapters.simulation.book import submissions
from trialwright.adapters.simulation.chance import Chance
from trialwright.adapters.simulation.language import Rehearsal
from trialwright.adapters.simulation.opening import open_trial
from trialwright.adapters.simulation.reading import read_rehearsal
from trialwright.adapters.simulation.world import Setting, World

__all__ = [
    "Answers",
    "Dosing",
    "Entering",
    "Going",
    "Planned",
    "Rehearsal",
    "Setting",
    "World",
    "read_rehearsal",
    "rehearse",
    "submissions",
]


def rehearse(setting: Setting, seed: int, patients: int, told: Callable[[int], None] = lambda steps: None) -> World:
    """Run the trial from its first day to its last until `patients` are registered and followed to the end."""
    world = World(setting, Chance(f"{setting.rehearsal.rehearsal}|{seed}"), patients, told=told)
    open_trial(world)
    world.run()
    return world
