"""民声 Minsheng: citizens say it once in a chat; it becomes a case that is answered."""
