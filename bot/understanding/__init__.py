"""Message → reading: kind, topic, urgency, facts, title, and whether to trust them."""

from bot.understanding.understander import Understander

__all__ = ["Understander"]
