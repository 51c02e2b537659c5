"""Jobs: progress, errors file, crash and resume, cancel."""

import pytest


@pytest.fixture(autouse=True)
def fresh():
    from notebook import app

    app.STEPS.clear()
    app.CRASH_AT.clear()
    return app


def test_a_job_runs_to_its_end(api, run_jobs):
    started = api.post("/counts")
    assert (started.status_code, started.json["status"]) == (202, "waiting")
    assert run_jobs() == 1
    job = api.get(f"/jobs/{started.json['id']}").json
    assert (job["status"], job["done"], job["total"], job["failed"]) == ("done", 4, 4, 1)
    assert job["result"] == {"counted": 4}
    errors = api.get(f"/jobs/{job['id']}/errors")
    assert errors.text.splitlines() == [
        "title,error_row,error_field,error_code,error_message",
        "'=row 2,2,title,odd,Is two.",
    ]


def test_a_job_that_dies_in_a_step_goes_on_from_the_step_before(api, run_jobs, fresh, clock):
    fresh.CRASH_AT.append(3)
    job_id = api.post("/counts").json["id"]
    assert run_jobs() == 1
    assert api.get(f"/jobs/{job_id}").json["status"] == "waiting"
    assert run_jobs() == 0
    clock.advance(seconds=2)
    assert run_jobs() == 1
    assert fresh.STEPS == [1, 2, 3, 3, 4]
    assert api.get(f"/jobs/{job_id}").json["status"] == "done"
    assert sorted(n["title"] for n in api.get("/notes").json["data"]) == ["row 1", "row 2", "row 3", "row 4"]


def test_a_cancelled_job_does_nothing_more(api, run_jobs, fresh):
    job_id = api.post("/counts").json["id"]
    assert api.post(f"/jobs/{job_id}/cancel").json["status"] == "cancelled"
    assert api.post(f"/jobs/{job_id}/cancel").json["code"] == "job_ended"
    assert run_jobs() == 0
    assert fresh.STEPS == []


def test_a_paused_job_waits_until_it_is_resumed(api, run_jobs):
    job_id = api.post("/counts").json["id"]
    assert api.post(f"/jobs/{job_id}/pause").json["status"] == "paused"
    assert run_jobs() == 0
    assert api.post(f"/jobs/{job_id}/resume").json["status"] == "waiting"
    assert run_jobs() == 1


def test_jobs_of_others_are_out_of_reach(api, user):
    job_id = api.post("/counts").json["id"]
    assert api.get(f"/jobs/{job_id}", as_=user(reach="own")).status_code == 404
    assert api.get("/jobs", as_=user(reach="own")).json["data"] == []
