def split(total, weights):
    """Shares of a total by weights, in their order.

    Raises ValueError where there are no weights, one is below 0, or all are 0.
    """
    weights = list(weights)
    if not weights:
        raise ValueError("no weights")
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight below 0")
    whole = sum(weights)
    if whole == 0:
        raise ValueError("all weights are 0")
    return [int(total * weight / whole) for weight in weights]
