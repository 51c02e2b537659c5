import subprocess
import sys

import pytest
from house import eventually


@pytest.mark.fault
def test_what_is_published_before_a_worker_ever_started_is_heard(house):
    words = [sys.executable, "-W", "ignore", "-m", "chassis", "topology", "depot"]
    for _ in range(2):
        subprocess.run(words, env=house.environment, check=True)
    house.start("relay", "shop")
    house.emit()
    eventually(lambda: house.waiting("depot.inbox") == 1)
    house.start("worker", "depot")
    house.all_applied_once()
