"""Who gets what when all that is a user's passes to others."""

from chassis.handovers import share_out
from chassis.ids import uuid7


def test_a_team_has_its_taker_and_the_rest_goes_in_turn():
    north, south = uuid7(), uuid7()
    teams = [None, north, south, None, None]
    assert share_out(0, teams, ["ann", "bo"], {str(north): "cy"}) == ["ann", "cy", "bo", "ann", "bo"]
    assert share_out(1, [None, None], ["ann", "bo"], {}) == ["bo", "ann"]
