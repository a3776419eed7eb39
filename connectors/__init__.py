"""One folder per channel; `base.py` says what a channel is, `registry.py` which ones are configured."""
