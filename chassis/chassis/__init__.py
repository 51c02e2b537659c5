"""The chassis: what every Quintet service stands on. It knows no business word.

A service declares itself (`chassis.service`), its tables (`chassis.db`), its routes (`chassis.http`), the events it
sends (`chassis.events`) and hears (`chassis.bus`), and its long work (`chassis.jobs`).
`docs/add-a-service.md` builds one.
"""
