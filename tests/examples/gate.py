def gate(x):
    return x * x.sigmoid()
