"""Message → reading: kind, topic, urgency, facts, title, and whether to trust them. The door is `understander`."""
