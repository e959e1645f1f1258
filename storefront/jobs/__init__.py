"""Work that is done later: rows written with the change that needs them, claimed under a lease.

Knows when and how often; refuses to know what.
"""

from storefront.jobs.models import Job, JobState
from storefront.jobs.queue import enqueue, every, handler, retry
from storefront.jobs.worker import LeaseLost, drain, ending, work

__all__ = ["Job", "JobState", "LeaseLost", "drain", "ending", "enqueue", "every", "handler", "retry", "work"]
