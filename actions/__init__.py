"""Rasa custom actions, thin: slots → command. They run inside the worker, and under `rasa run actions` as well."""
