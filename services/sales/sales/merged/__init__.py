"""People of contacts who became one."""
