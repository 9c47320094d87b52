"""`avtal serve`: the same questions as on the command line, asked over HTTP.

The process that listens never reads a stranger's contract or data itself: `pool` hands each question to a child process
that can be killed (`nursery` starts them, `work` answers). Litestar and uvicorn are imported here and nowhere else.
"""
