"""The citizen's side, one file per arrow: receive → turn → gate → draft → filing → progress → handoff → reply."""
