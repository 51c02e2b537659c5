# ruff: noqa: E402 - eventlet patches before anything else is imported
"""A nameko service of somebody else, which knows nothing of the chassis: `foreign.py <file>`."""

import eventlet

eventlet.monkey_patch()

import os
import sys
from pathlib import Path

import yaml
from nameko.events import event_handler
from nameko.runners import ServiceRunner

CONFIG = """
DECLARE_EVENT_EXCHANGES: false
SERIALIZERS:
  cloudevents: {encoder: json.dumps, decoder: json.loads, content_type: application/cloudevents+json,
                content_encoding: utf-8}
ACCEPT: [json, cloudevents]
"""


class Foreign:
    name = "foreign"

    @event_handler("shop", "thing.made")
    def made(self, event):
        with Path(sys.argv[1]).open("a") as file:
            file.write(event["id"] + "\n")


runner = ServiceRunner(yaml.safe_load(CONFIG) | {"AMQP_URI": os.environ["AMQP_URL"]})
runner.add_service(Foreign)
runner.start()
sys.stdout.write("started\n")
sys.stdout.flush()
runner.wait()
