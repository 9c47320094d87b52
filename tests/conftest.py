"""What all tests share.

Generated examples are the same in every build, so that a red build is always about the change. To look for new
ones: `pytest --hypothesis-profile=explore`.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("build", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=5000, deadline=None, print_blob=True)
settings.load_profile("build")
