rate = 1
if rate
    pass
