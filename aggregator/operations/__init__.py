"""Operations: keeping it running.  Starts crawls, shows how they go, makes projects, answers questions of people."""
