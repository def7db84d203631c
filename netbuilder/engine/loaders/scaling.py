"""Numbers brought to one size, by what the samples that are trained on show alone."""


def standardise(train, kept):
    """Shift and scale each column to mean 0 and spread 1 where it is trained on."""
    mean, spread = train.mean(0), train.std(0, correction=0)
    spread[spread == 0] = 1
    return (train - mean) / spread, (kept - mean) / spread
