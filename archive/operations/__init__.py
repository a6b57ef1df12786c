"""Operations on a whole archive: check, backup, compact, takedown."""
