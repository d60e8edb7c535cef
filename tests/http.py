"""The requests of the tests: httpx, which reads the machine's certificates once for all of them.

By itself it reads them for every request, 50 ms of a core: the answer of a daemon takes less.
"""

import ssl
from functools import partial

import httpx

trusted = ssl.create_default_context()
request = partial(httpx.request, verify=trusted)
get = partial(request, "GET")
