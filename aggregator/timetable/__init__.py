"""When what runs: jobs in, the times of their runs out.

`config.py` reads the jobs, `operations/schedule.py` runs them; here it is only said when.  No clock is asked and no
process started: `now` is an argument.
"""

from aggregator.timetable.jobs import Job, MaintenanceOptions, checked
from aggregator.timetable.planning import firings, first_firing, next_firing

__all__ = ["Job", "MaintenanceOptions", "checked", "firings", "first_firing", "next_firing"]
