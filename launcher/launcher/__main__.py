print("launcher: not yet")
